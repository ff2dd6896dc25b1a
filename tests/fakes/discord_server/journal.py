"""What took effect, written at that moment, one JSON line each, so that it can be compared with what was meant."""

import json
import os
import re
from pathlib import Path
from typing import Any, TextIO

from tests.fakes.discord_server.state import Message

DIGEST = re.compile(r"^cc1\|([0-9a-f]{25})\|")


class Journal:
    """Lines in memory, and in a file where one is given; with `fsync` a line is on the disk before the answer goes."""

    def __init__(self, path: Path | None = None, *, fsync: bool = False) -> None:
        self.lines: list[dict[str, Any]] = []
        self._fsync = fsync
        self._file: TextIO | None = None if path is None else path.open("a", encoding="utf-8")

    def write(self, effect: str, at: float, **fields: Any) -> None:
        """One effect."""
        line = {"effect": effect, "at": round(at, 3), **fields}
        self.lines.append(line)
        if self._file is not None:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            if self._fsync:
                os.fsync(self._file.fileno())

    def write_message(self, effect: str, at: float, message: Message, **fields: Any) -> None:
        """An effect on a message, with the digests of the keys found in its custom ids."""
        self.write(
            effect,
            at,
            channel=str(message.channel_id),
            message=str(message.id),
            private=message.is_private,
            nonce=message.nonce,
            digests=digests_of(message),
            custom_ids=message.custom_ids,
            **fields,
        )

    def of(self, effect: str) -> list[dict[str, Any]]:
        """The lines of one kind."""
        return [line for line in self.lines if line["effect"] == effect]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def digests_of(message: Message) -> list[str]:
    """Each key once, in order."""
    found = [match[1] for match in map(DIGEST.match, message.custom_ids) if match]
    return list(dict.fromkeys(found))


def read_journal(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a journal's file; a last line that was cut off is left out."""
    whole = path.read_text(encoding="utf-8").split("\n")[:-1]
    return [json.loads(line) for line in whole]
