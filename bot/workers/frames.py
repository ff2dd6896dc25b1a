"""How parent and worker talk: a length of eight bytes, then so many bytes; a request is a pickle, a reply is JSON.

The parent's own values go down as they are; what comes up is a stranger's word, for whoever made the text may have got
hold of the worker: it is bounded here, and `bot.workers.replies` checks every part of it.
"""

import json
import pickle
import struct
from typing import Any, BinaryIO

LENGTH = struct.Struct(">Q")
MOST_ASKED = 1 << 30
# What a template answers where it did not do as ordered: no process and no exit code has such a number.
NO_WORKER = 0
NOT_MINE = 256


def request(task: str, seconds: float, arguments: tuple[Any, ...]) -> bytes:
    """A request as it goes to a worker."""
    return _framed(pickle.dumps((task, seconds, arguments), protocol=pickle.HIGHEST_PROTOCOL))


def reply(value: object) -> bytes:
    """A reply as it comes from one."""
    return _framed(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))


def next_request(channel: BinaryIO) -> tuple[str, float, tuple[Any, ...]] | None:
    """The next request; None when the parent is gone."""
    head = channel.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    body = channel.read(size)
    if size > MOST_ASKED or len(body) < size:
        return None
    task, seconds, arguments = pickle.loads(body)  # noqa: S301 - from the parent alone
    return task, seconds, arguments


def _framed(body: bytes) -> bytes:
    return LENGTH.pack(len(body)) + body
