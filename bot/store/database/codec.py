"""Frozen dataclasses <-> JSON text, by cattrs."""

import asyncio
import json
from collections.abc import Sequence
from datetime import time
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, cast

from cattrs import Converter
from cattrs.preconf.json import make_converter

from bot.core.papers.paper import ArxivId

REMEMBERED: Final = 512  # a day's verdicts, which every follow reads: of about 15 kB each
FEW: Final = 4  # a verdict takes 0.4 ms, and nothing where it is remembered: a trip to a thread takes as long
LONGEST_REMEMBERED: Final = 40_000  # characters: no full text
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
    """The value of that kind that `dumps` wrote: a frozen one, for the latest are kept and given again."""
    return cast(T, _remembered(text, cast(Any, kind)) if len(text) <= LONGEST_REMEMBERED else _structured(text, kind))


def _structured(text: str, kind: Any) -> Any:
    return _converter().structure(json.loads(text), kind)


_remembered = lru_cache(maxsize=REMEMBERED)(_structured)


async def loads_many(texts: Sequence[str], kind: type[T]) -> list[T]:
    """Values, many of them decoded in a thread, so that the event loop keeps turning."""
    if len(texts) <= FEW:
        return [loads(text, kind) for text in texts]
    return await asyncio.to_thread(lambda: [loads(text, kind) for text in texts])
