"""The console's posts: JSON Lines, append-only, one write a line, on the disk before a post counts as made.

Several processes may append. A last line that a kill tore is left out on reading, and ended before the next one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.core.post import Post, PostKey, PostRef


class Journal:
    """The file, and an index of its keys that grows with it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._refs: dict[str, PostRef] = {}
        self._read_to = 0
        self.length = 0

    def append(self, record: dict[str, Any]) -> None:
        """Write one line and wait for the disk. `OSError` when that cannot be."""
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, b"\n" + line if torn else line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def find(self, key: PostKey) -> PostRef | None:
        """Where the post of that key stands."""
        for record in self._new_records():
            if record.get("type") == "post":
                made = PostKey.parse(record["key"])
                self._refs.setdefault(record["key"], PostRef(made.place, record["id"], record["thread"]))
        return self._refs.get(str(key))

    def _new_records(self) -> Iterator[dict[str, Any]]:
        """The whole lines since the last look."""
        try:
            with self.file.open("rb") as file:
                file.seek(self._read_to)
                data = file.read()
        except FileNotFoundError:
            return
        whole, _, _ = data.rpartition(b"\n")
        self._read_to += len(whole) + 1 if whole else 0
        for line in whole.split(b"\n"):
            self.length += 1
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def post_record(ref: PostRef, key: PostKey, post: Post, at: str, kind: str) -> dict[str, Any]:
    """A post (or an edit) as a line of the file; `type` is `post` or `edit`, `at` a moment in UTC."""
    return {
        "type": kind,
        "id": ref.id,
        "key": str(key),
        "digest": key.digest,
        "place": str(key.place),
        "thread": ref.thread,
        "kind": post.kind,
        "at": at,
        "notification": post.notification,
        "lines": [
            {
                "role": line.role,
                "spans": [
                    {"text": span.text, "style": span.style} | ({"paper": str(span.paper)} if span.paper else {})
                    for span in line.spans
                ],
            }
            for line in post.lines
        ],
        "buttons": [button.action for button in post.buttons],
    }
