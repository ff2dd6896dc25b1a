"""The console's posts: JSON Lines, append-only, one write a line, on the disk before a post counts as made.

Several processes may append. A last line that a kill tore is left out on reading, and ended before the next one.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.core.errors import SendUnknown
from bot.core.hostile.hygiene import json_text
from bot.core.posts.post import Post, PostKey, PostRef, Span


class Journal:
    """The file, and an index of its keys that grows with it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._refs: dict[str, PostRef] = {}
        self._heads: dict[str, str] = {}
        self._read_to = 0

    def append(self, record: dict[str, Any]) -> None:
        """Write one line and wait for the disk. `OSError`: nothing was written; `SendUnknown`: it may not be kept."""
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            _write_line(descriptor, size, encode(record))
            try:
                os.fsync(descriptor)
                if size == 0:
                    _sync_folder(self.file.parent)
            except OSError as error:
                raise SendUnknown(f"The disk of {self.file} failed: {error.strerror}.", "Check the disk.") from error
        finally:
            os.close(descriptor)

    def find(self, key: PostKey) -> PostRef | None:
        """Where the post of that key stands."""
        self._read_on()
        return self._refs.get(str(key))

    def head(self, post_id: str) -> str:
        """The first line of the post of that id; empty when there is no such post."""
        if post_id not in self._heads:
            self._read_on()
        return self._heads.get(post_id, "")

    def _read_on(self) -> None:
        for record in self._new_records():
            try:
                if record["type"] == "post":
                    self._remember(record)
            except (KeyError, TypeError, ValueError, IndexError):
                continue  # a line that somebody else wrote

    def _remember(self, record: dict[str, Any]) -> None:
        ref = PostRef(PostKey.parse(record["key"]).place, str(record["id"]), record["thread"])
        self._refs.setdefault(record["key"], ref)
        if ref.thread is None:
            self._heads[ref.id] = "".join(str(span["text"]) for span in record["lines"][0]["spans"])

    def _new_records(self) -> Iterator[dict[str, Any]]:
        """The records since the last look. A line without an end counts when it is whole, and is read again."""
        try:
            file = self.file.open("rb")
        except FileNotFoundError:
            return
        with file:
            if os.fstat(file.fileno()).st_size < self._read_to:
                self._read_to, self._refs, self._heads = 0, {}, {}
            file.seek(self._read_to)
            for line in file:
                if line.endswith(b"\n"):
                    self._read_to += len(line)
                record = decode(line)
                if record is not None:
                    yield record


def _write_line(descriptor: int, size: int, line: bytes) -> None:
    """One write, behind the end of a torn line if there is one; a short write (a full disk) is taken back."""
    if size > 0 and os.pread(descriptor, 1, size - 1) != b"\n":
        line = b"\n" + line
    written = os.write(descriptor, line)
    if written != len(line):
        os.ftruncate(descriptor, size)
        raise OSError(28, "No space left on device")


def _sync_folder(folder: Path) -> None:
    """A new file is kept only when its folder is, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def encode(record: dict[str, Any]) -> bytes:
    """A record as a line of the file."""
    return json_text(record).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any] | None:
    """The record of a line; None for one that is torn or not ours."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def post_record(ref: PostRef, key: PostKey, post: Post, at: str, *, is_edit: bool = False) -> dict[str, Any]:
    """A post as a record: `type` is `post` or `edit`, `at` a moment in UTC, `thread` the id of the thread's post."""
    return {
        "type": "edit" if is_edit else "post",
        "id": ref.id,
        "key": str(key),
        "digest": key.digest,
        "place": str(key.place),
        "thread": ref.thread,
        "kind": post.kind,
        "at": at,
        "notification": post.notification,
        "lines": [{"role": line.role, "spans": [_span(span) for span in line.spans]} for line in post.lines],
        "buttons": [button.action for button in post.buttons],
    }


def _span(span: Span) -> dict[str, str]:
    link = {"paper": str(span.paper)} if span.paper else {}
    return {"text": span.text, "style": span.style, **link}
