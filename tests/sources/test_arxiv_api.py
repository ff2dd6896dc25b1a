"""The API: results by id and never by position; not found, malformed and withdrawn told apart."""

import json
from pathlib import Path

import pytest

from bot.core.errors import MalformedId, SourceUnavailable
from bot.core.papers.feed import Outcome
from bot.core.papers.paper import ArxivId
from bot.sources.api import parse_api
from tests.fakes.feeds import api_answer, api_error, invent


def test_every_captured_answer_is_read_or_refused_by_name(captures: Path) -> None:
    papers = 0
    for file in sorted((captures / "api").glob("*.xml")):
        if "id_abc" in file.name or "malformed" in file.name or "0000.0000" in file.name:
            continue
        papers += len(parse_api(file.read_bytes(), 0))
    assert papers > 100


def test_a_malformed_id_is_told_with_any_status(captures: Path) -> None:
    for name in ("arxivpy_2026-04_id_abc_s0_m100_http400.xml", "docs_usermanual_error_malformed_id_2007.xml"):
        with pytest.raises(MalformedId, match="incorrect id format"):
            parse_api((captures / "api" / name).read_bytes(), 1)


def test_an_unknown_id_is_missing_from_the_answer(captures: Path) -> None:
    assert parse_api((captures / "api" / "arxivpy_2026-04_id_0808.05394_s0_m100_http200.xml").read_bytes(), 1) == {}
    mixed = captures / "api" / "arxivpy_2026-04_id_0808.05394_1707.08567_s0_m100_http200.xml"
    (found,) = parse_api(mixed.read_bytes(), 2)
    assert found != ArxivId("0808.05394")


def test_a_paper_may_be_called_error_or_0() -> None:
    papers = parse_api(api_answer([invent(1, title="Error"), invent(2, title="0")]), 2)
    assert [paper.title for paper in papers.values()] == ["Error", "0"]


def test_the_primary_category_comes_first_and_the_comment_is_kept() -> None:
    comment = "This paper has been withdrawn by the authors"
    (paper,) = parse_api(api_answer([invent(1, categories=("cs.LG", "cs.AI"), comment=comment)]), 1).values()
    assert (paper.primary, paper.comment, paper.is_withdrawn) == ("cs.LG", comment, True)


def test_another_complaint_is_an_error_and_no_malformed_id() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        parse_api(api_error("max_results must be non-negative"), 1)
    assert caught.value.outcome == Outcome.ERROR_FEED


def test_an_answer_that_lost_papers_is_refused() -> None:
    body = api_answer([invent(1)]).replace(b"totalResults>1<", b"totalResults>3<")
    with pytest.raises(SourceUnavailable) as caught:
        parse_api(body, 3)
    assert caught.value.outcome == Outcome.TRUNCATED


def test_an_entry_without_an_id_is_malformed() -> None:
    with pytest.raises(SourceUnavailable) as caught:
        parse_api(api_answer([invent(1)]).replace(b"abs/2606.00001v1", b"abs/none"), 1)
    assert caught.value.outcome == Outcome.MALFORMED


def test_t16_withdrawals_are_seen_in_comment_and_abstract_by_whomever(captures: Path) -> None:
    files = sorted((captures / "abs").glob("*.abs"))
    assert len(files) >= 4
    for file in files:
        head, abstract = file.read_text(encoding="utf-8", errors="replace").split("\\\\\n")[1:3]
        comment = " ".join(head.partition("Comments: ")[2].split("\n")[0].split())
        (paper,) = parse_api(api_answer([invent(1, comment=comment, abstract=abstract)]), 1).values()
        assert paper.is_withdrawn, file.name


def test_t16_a_mere_mention_is_no_withdrawal(captures: Path) -> None:
    file = captures / "metadata" / "withdrawn_or_mentions_withdrawn.jsonl"
    for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
        (paper,) = parse_api(api_answer([invent(1, comment=row["comment"], abstract=row["abstract"])]), 1).values()
        assert "withdrawn" in (paper.comment or "")
        assert not paper.is_withdrawn
