"""The bundled day and the written example: in arXiv's form, invented, and true to their own words."""

import re
from datetime import date

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.papers.paper import AnnounceType, Batch, collapse
from bot.core.verdicts.verdict import AnalystKind, Label
from bot.demo.load import bundled_day, written_example
from bot.lenses.load import load_lenses
from bot.services.judging.judge import NoCalls
from bot.sources.saved import SavedSource
from bot.text.split import split
from bot.text.tex import keeps_words, readable
from tests.fakes.verdicts import lens
from tests.fakes.worlds import SetClock


async def bundled() -> Batch:
    batch = (await SavedSource.parse(bundled_day(), "the bundled day").fetch_feed("cs.AI", None, None)).batch
    assert batch is not None
    return batch


async def test_the_bundled_day_is_a_whole_day_of_arxiv_in_new_and_cross_lists() -> None:
    batch = await bundled()
    assert (batch.category, batch.day) == ("cs.AI", date(2026, 11, 2))
    kinds = [entry.type for entry in batch.entries]
    assert len(kinds) == 36
    assert kinds == [AnnounceType.NEW] * kinds.count(AnnounceType.NEW) + [AnnounceType.CROSS] * kinds.count(
        AnnounceType.CROSS
    )
    assert kinds.count(AnnounceType.CROSS) >= 8
    for entry in batch.entries:
        assert (entry.paper.primary == "cs.AI") == (entry.type is AnnounceType.NEW)
        assert "cs.AI" in entry.paper.categories


async def test_nobody_and_nothing_in_the_bundled_day_is_real() -> None:
    assert b"invented" in bundled_day()
    for entry in (await bundled()).entries:
        assert re.fullmatch(r"2611\.99\d{3}", str(entry.paper.id)), "a number that arXiv will not reach"
        assert re.fullmatch(r"[A-Z]\. Author(?:, [A-Z]\. Author)*", entry.paper.authors)
        assert not re.search(r"https?://|@", entry.paper.abstract)


async def test_its_abstracts_are_as_long_as_abstracts_and_in_the_stored_form() -> None:
    batch = await bundled()
    assert len({entry.paper.title for entry in batch.entries}) == 36
    for entry in batch.entries:
        assert 4 <= len(split(entry.paper.abstract)) <= 9
        assert collapse(entry.paper.abstract) == entry.paper.abstract


async def test_some_of_it_is_tex_and_all_of_it_can_be_read() -> None:
    texts = [text for entry in (await bundled()).entries for text in (entry.paper.title, entry.paper.abstract)]
    assert len([text for text in texts if readable(text) != text]) >= 6
    assert all(keeps_words(text, readable(text)) for text in texts)


async def test_the_lens_touches_its_papers_differently() -> None:
    for through in load_lenses(None).values():
        analyst = ScanAnalyst(SetClock())
        scores = [(await analyst.judge(entry.paper, through, NoCalls())).score for entry in (await bundled()).entries]  # type: ignore[union-attr]  # a scan never waits
        assert len(set(scores)) >= 8
        assert max(scores.count(score) for score in scores) <= 18


def test_the_written_example_says_that_it_was_written() -> None:
    example = written_example(lens())
    assert example.verdict.provenance.analyst is AnalystKind.WRITTEN
    assert example.verdict.provenance.model is None
    assert str(example.paper.id).startswith("2611.99")


def test_every_claim_of_the_example_points_at_a_sentence_of_its_abstract() -> None:
    example = written_example(lens())
    short, analysis, abstract = example.verdict.short, example.verdict.analysis, example.paper.abstract
    assert short is not None
    assert short.fallacy is not None
    assert analysis is not None
    assert analysis.fallacy is not None
    assert set(short.omissions) <= {one.item for one in example.verdict.labelled(Label.ABSENT)}
    cited = [*short.fallacy.evidence, *analysis.dissection.evidence, *analysis.fallacy.evidence]
    cited += [one for assumption in analysis.assumptions for one in assumption.evidence]
    cited += [one for finding in example.verdict.findings for one in finding.evidence]
    assert all(abstract[one.start : one.end] == one.words for one in cited)
    assert all(assumption.evidence for assumption in analysis.assumptions)
    assert all(one.evidence for one in example.verdict.labelled(Label.ADDRESSED))
    assert all(one.reason for one in example.verdict.labelled(Label.NOT_APPLICABLE))


def test_the_example_keeps_to_the_products_rules() -> None:
    through = lens()
    verdict = written_example(through).verdict
    short, analysis = verdict.short, verdict.analysis
    assert short is not None
    assert short.fallacy is not None
    assert analysis is not None
    lengths = [len(text) for text in (short.headline, short.does, short.fallacy.line, analysis.closing)]
    assert all(length <= most for length, most in zip(lengths, (120, 140, 160, 100), strict=True))
    assert 1 <= len(analysis.assumptions) <= 5
    assert 1 <= len(analysis.classes) <= 3
    assert {one.name for one in analysis.classes} <= {one.name for one in through.classes}
    words = " ".join((analysis.dissection.text, analysis.social_function, analysis.verdict)).lower()
    assert "the paper does not" not in words
