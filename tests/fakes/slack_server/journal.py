"""What the bot brought about, a JSON line an effect, written at the moment of the effect.

A test that kills the bot counts keys here: a key that stands twice under `posted` is a double post.
"""

import asyncio
import collections
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

Effect = dict[str, Any]


def key_of(metadata: dict[str, Any] | None) -> str | None:
    """The key in a message's metadata, None when it carries none."""
    payload = (metadata or {}).get("event_payload") or {}
    key = payload.get("key")
    return key if isinstance(key, str) else None


def read_journal(path: Path) -> list[Effect]:
    """Every whole line of a journal, also while it is being written."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def posted_keys(effects: list[Effect]) -> collections.Counter[str]:
    """How often each key was posted."""
    return collections.Counter(one["key"] for one in effects if one["effect"] == "posted" and one["key"])


class Journal:
    """The effects so far, in memory and (with a path) on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self.effects: list[Effect] = []
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None
        self._changed = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()

    def write(self, effect: str, **facts: Any) -> None:
        """Record an effect now."""
        entry = {"effect": effect, "at": time.time(), **facts}
        self.effects.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
        telling = asyncio.get_running_loop().create_task(self._tell())
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    def of(self, effect: str, **facts: Any) -> list[Effect]:
        """The effects of that kind with those facts."""
        return [
            one
            for one in self.effects
            if one["effect"] == effect and all(one.get(name) == value for name, value in facts.items())
        ]

    @property
    def keys(self) -> collections.Counter[str]:
        return posted_keys(self.effects)

    async def until(self, wanted: Callable[["Journal"], bool], *, seconds: float = 10.0) -> None:
        """Wait for the effects that are wanted; TimeoutError when they do not come."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(lambda: wanted(self))

    async def first(self, effect: str, *, seconds: float = 10.0, **facts: Any) -> Effect:
        """The first effect of that kind, waited for."""
        await self.until(lambda journal: bool(journal.of(effect, **facts)), seconds=seconds)
        return self.of(effect, **facts)[0]

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
