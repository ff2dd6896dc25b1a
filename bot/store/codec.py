"""Frozen dataclasses <-> JSON text, by cattrs."""

import asyncio
import json
from collections.abc import Sequence
from datetime import time
from functools import cache
from typing import Any, TypeVar

from cattrs import Converter
from cattrs.preconf.json import make_converter

from bot.core.paper import ArxivId

T = TypeVar("T")


@cache
def _converter() -> Converter:
    converter = make_converter()
    converter.register_unstructure_hook(time, time.isoformat)
    converter.register_structure_hook(time, lambda text, _kind: time.fromisoformat(text))
    converter.register_unstructure_hook(ArxivId, str)
    converter.register_structure_hook(ArxivId, lambda text, _kind: ArxivId(text))
    return converter


def dumps(value: Any) -> str:
    """A dataclass (or plain value) as JSON text."""
    return json.dumps(_converter().unstructure(value), ensure_ascii=False, separators=(",", ":"))


def loads(text: str, kind: type[T]) -> T:
    """The value of that kind that `dumps` wrote."""
    return _converter().structure(json.loads(text), kind)


async def loads_many(texts: Sequence[str], kind: type[T]) -> list[T]:
    """Many values, decoded in a thread, so that the event loop keeps turning."""
    return await asyncio.to_thread(lambda: [loads(text, kind) for text in texts])
