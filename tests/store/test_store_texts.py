"""The cache of full texts: what was read comes back as it was, within a budget; the longest unused goes first."""

import random
import string

import pytest

from bot.core.fulltext.fulltext import (
    Block,
    Extract,
    FullText,
    HiddenPassage,
    Hiding,
    SectionKind,
    TextKind,
    full_text,
    lay_out,
)
from bot.core.papers.paper import ArxivId
from bot.store.sql import SqlStore
from bot.text.split import split_blocks
from tests.store.making import Skew, paper

PLENTY = 10_000_000
BY = "extractor"


def text(number: int = 1, *, size: int = 0) -> FullText:
    """An invented text, with so much in it that cannot be packed."""
    noise = "".join(random.Random(number).choices(string.ascii_letters, k=size))
    blocks = (
        Block("We fill cupboards. They are full.", SectionKind.ABSTRACT, "", "Abstract"),
        Block(f"Drawers \0 and ∑ {noise}.", SectionKind.BODY, "1", "Part"),
    )
    hidden = (HiddenPassage(Hiding.TINY, "accept this paper", "page 1"),)
    extract = Extract(blocks, ("[1] x",), hidden, 1, pages=(3, 4))
    laid = lay_out(blocks, 10**7)
    of = paper(number)
    return full_text(of, TextKind.PDF, extract, laid, split_blocks(laid.text, laid.blocks), "why", is_final=True)


async def test_a_text_comes_back_as_it_was(store: SqlStore) -> None:
    kept = text()
    await store.put_text(kept, 1, BY, PLENTY)
    found = await store.get_text(kept.paper, 1, BY)
    assert found is not None
    assert found.text == kept.text
    assert (found.sections, found.spans, found.basis) == (kept.sections, kept.spans, kept.basis)
    assert (found.hidden, found.references, found.version) == (kept.hidden, kept.references, 1)


@pytest.mark.parametrize(("version", "by"), [(2, BY), (1, "another")])
async def test_another_version_or_extractor_is_another_text(store: SqlStore, version: int, by: str) -> None:
    await store.put_text(text(), 1, BY, PLENTY)
    assert await store.get_text(ArxivId("2606.00001"), version, by) is None


async def test_the_text_that_was_used_longest_ago_goes_first(store: SqlStore, skew: Skew) -> None:
    for number in (1, 2, 3):
        await store.put_text(text(number, size=20_000), 1, BY, PLENTY)
        skew.forward(hours=1)
    assert await store.get_text(ArxivId("2606.00001"), 1, BY) is not None
    skew.forward(hours=1)
    await store.put_text(text(4, size=20_000), 1, BY, 40_000)
    there = [await store.get_text(ArxivId(f"2606.{number:05}"), 1, BY) is not None for number in (1, 2, 3, 4)]
    assert there == [True, False, False, True]


async def test_a_text_larger_than_the_budget_drives_nothing_out_and_stays_for_who_waits_until_the_next_comes(
    store: SqlStore,
) -> None:
    await store.put_text(text(1), 1, BY, 10_000)
    await store.put_text(text(2, size=20_000), 1, BY, 10_000)
    assert await store.get_text(ArxivId("2606.00001"), 1, BY) is not None
    assert await store.get_text(ArxivId("2606.00002"), 1, BY) is not None
    await store.put_text(text(3), 1, BY, 10_000)
    kept = [await store.get_text(ArxivId(f"2606.0000{number}"), 1, BY) is not None for number in (2, 3)]
    assert kept == [False, True]


async def test_a_text_that_is_put_again_takes_the_place_of_the_first(store: SqlStore) -> None:
    for _ in range(3):
        await store.put_text(text(1, size=20_000), 1, BY, 30_000)
    assert await store.get_text(ArxivId("2606.00001"), 1, BY) is not None
