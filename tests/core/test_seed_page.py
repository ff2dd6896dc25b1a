"""The page that the bot descends from: as a verdict, printed by us, it has every heading in order and every word."""

import itertools
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.core.papers.paper import ArxivId, Paper
from bot.core.papers.sentence import Evidence, hash_text
from bot.core.posts.post import LineRole
from bot.core.present.analysis import full_analysis
from bot.core.present.card import card
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import score
from bot.core.verdicts.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Basis,
    BasisKind,
    Claim,
    Classification,
    Fallacy,
    Finding,
    Label,
    Provenance,
    ShortFallacy,
    ShortVerdict,
    Verdict,
)
from bot.lenses.load import load_lenses

PAGE = Path(__file__).resolve().parents[3] / "shared" / "seed-page.txt"
HEADINGS = (
    "URL SCAN:",
    "FIRST LINE:",
    "TEXT ANALYSIS: The Mechanical Function of This Paper",
    "The Dissection",
    "The Core Fallacy",
    "Hidden Assumptions",
    "Social Function",
    "Classifications:",
    "The Verdict",
    "The Verdict on the Verdict:",
)


@pytest.fixture(scope="module")
def page() -> str:
    if not PAGE.is_file():
        pytest.skip("the seed page (../shared/seed-page.txt) is not beside this checkout")
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture
def sheet(page: str) -> PaperView:
    return _sheet(page)


def _between(page: str, start: str, end: str) -> str:
    """What stands between two headings, each on a line of its own or at a line's beginning."""
    found = re.search(rf"^{re.escape(start)}\s*$(.*?)^{re.escape(end)}", page, re.DOTALL | re.MULTILINE)
    assert found, start
    return found[1].strip()


def _after(page: str, label: str) -> str:
    found = re.search(rf"^{re.escape(label)} *(.+)$", page, re.MULTILINE)
    assert found, label
    return found[1].strip()


def _analysis(page: str, first: Evidence) -> Analysis:
    dissection, fallacy = (_between(page, *pair) for pair in itertools.pairwise(HEADINGS[3:6]))
    assumed, _, instead = fallacy.partition(". ")
    assumptions = re.findall(r"^ *\d\. (.+?[.])\s+(.+)$", _between(page, HEADINGS[5], HEADINGS[6]), re.MULTILINE)
    classes = re.findall(r"• ([^:(\n]+?)(?::| \(| within) *(.+)$", page, re.MULTILINE)
    assert len(assumptions) == 4
    assert len(classes) == 3
    return Analysis(
        dissection=Claim(dissection, (first,)),
        fallacy=Fallacy(f"{assumed}.", instead, (first,)),
        assumptions=tuple(Assumption(proposition, exposure, (first,)) for proposition, exposure in assumptions),
        social_function=_between(page, HEADINGS[6], HEADINGS[7]),
        classes=tuple(Classification(name.lower(), gloss) for name, gloss in classes),
        verdict=_between(page, HEADINGS[8], HEADINGS[9]),
        closing=_after(page, HEADINGS[9]),
    )


def _short(first: Evidence) -> ShortVerdict:
    line = "Takes deployment friction for a defect. By this thesis, friction was the brake."
    return ShortVerdict(
        "Removes the last friction between chatbots and the jobs they replace, and files it as a bug fix.",
        "Trains dialogue agents on their own conversations, against a simulator tuned to act like real users.",
        ShortFallacy(line, (first,)),
        ("worker", "pays"),
    )


def _verdict(paper: Paper, lens: Lens, page: str) -> Verdict:
    words = paper.abstract
    first = Evidence(paper.id, 1, hash_text(words), 0, len(words), words, 1)
    findings = tuple(Finding(asked.key, Label.ABSENT) for asked in lens.checklist)
    made = Provenance(
        AnalystKind.MODEL, lens.key, lens.fingerprint, datetime(2026, 5, 27, tzinfo=UTC), "minimax/minimax-m2.7"
    )
    return Verdict(
        paper=paper.id,
        version=1,
        paper_hash=paper.text_hash,
        basis=Basis(BasisKind.ABSTRACT, len(words), len(words)),
        first_line=first,
        findings=findings,
        score=score(findings, lens, BasisKind.ABSTRACT),
        interest=60,
        provenance=made,
        short=_short(first),
        analysis=_analysis(page, first),
    )


def _sheet(page: str) -> PaperView:
    abstract = _after(page, "FIRST LINE:")
    paper = Paper(ArxivId("2605.99900"), 1, _after(page, "URL SCAN:"), abstract, "A. Author", ("cs.AI",))
    lens = load_lenses(None)["discontinuity"]
    return PaperView(paper, _verdict(paper, lens, page), lens, "cs.AI", date(2026, 5, 27), lambda text: text)


def _words(text: str) -> str:
    return " ".join(text.split())


def test_every_heading_of_the_page_stands_in_its_order(sheet: PaperView) -> None:
    lines = [line.text for line in full_analysis(sheet).lines]
    at = -1
    for heading in HEADINGS:
        at = next(number for number, text in enumerate(lines) if number > at and text.startswith(heading))
    assert lines.index("The Verdict") < at


def test_every_paragraph_of_the_page_is_printed_word_for_word(sheet: PaperView, page: str) -> None:
    printed = _words(full_analysis(sheet).text)
    body = page[page.index("The Dissection") : page.index("No comments yet.")]
    paragraphs = [_words(re.sub(r"^\s*(?:\d\.|•)\s*", "", line)) for line in body.splitlines() if line.strip()]
    assert len(paragraphs) > 15
    for paragraph in paragraphs:
        if paragraph.startswith(("Prestige", "Transition", "Ideological")):
            continue  # the page's classes are notes; ours are the lens's names, with a gloss
        assert paragraph in printed


def test_the_source_line_says_what_the_page_says_and_what_was_read(sheet: PaperView, page: str) -> None:
    source = full_analysis(sheet).lines[0]
    assert source.role is LineRole.SMALL
    on_page = _words(page.splitlines()[1]).replace("·", "").split()
    assert [word for word in source.text.replace("·", "").split() if word in on_page] == on_page
    assert source.text.endswith("abstract only · AI, one lens: discontinuity")


def test_the_card_of_the_page_is_as_the_product_wants_it(sheet: PaperView) -> None:
    post = card(sheet)
    assert len(post.text) < 900
    starts = ("Removes", "From Static", "Does  ", "Core fallacy  ", "FIRST LINE “", "Abstract leaves out ")
    for line, start in zip(post.lines, starts, strict=False):
        assert line.text.startswith(start)
    assert post.lines[-2].text.startswith("The authors are not the villains. They are the executioners who")
    assert post.lines[-1].text.startswith("arXiv cs.AI · 27 May 2026 · minimax/minimax-m2.7 · abstract only")
    assert post.notification == post.lines[0].text
