"""What Discord is sent for each post we have, in files that were read before they were kept, and as people read it.

`COPECHECK_TEST_WRITE_GOLDEN=1` writes them anew; read them before you keep them.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.asked import Standing
from bot.core.dispute import Dispute
from bot.core.edition import ClosedEdition, EditionKey, Fate
from bot.core.errors import MalformedId
from bot.core.follow import Follow, Origin
from bot.core.paper import ArxivId
from bot.core.people import Shown, Tally, WeekFacts
from bot.core.post import Place, Post, PostKey, PostKind, PostRef
from bot.core.present import Sheet, card, full_analysis
from bot.core.present_answer import help_screen, judged, paged, refused
from bot.core.present_edition import digest, late, listing, opening
from bot.core.present_follow import preview
from bot.core.present_talk import Asked as To
from bot.core.present_talk import answer_post, talk_post
from bot.core.question import Answered, AnswerOutcome, Question, QuestionKind, Reading, ReadSentence, Said
from bot.core.report import make_report, report_post
from bot.core.week import IsoWeek
from bot.demo.load import written_example
from bot.platforms.discord.limits import CHARACTERS, faults
from bot.platforms.discord.markup import message_payload
from bot.text.tex import readable
from tests.fakes.discord_markdown import Node, read
from tests.fakes.verdicts import analysis, lens, paper, sheet

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "discord"
HERE = Place("discord", "1030000000000000001")
DAY = date(2026, 6, 2)
FOLLOW = Follow("letters", HERE, ("cs.AI", "cs.CY"))
DRAFT = replace(FOLLOW, is_draft=True, origin=Origin.COMMAND)
AT = datetime(2026, 6, 2, 9, tzinfo=UTC)
KINDS = {
    "opening": PostKind.OPENING,
    "list": PostKind.LIST,
    "digest": PostKind.DIGEST,
    "late": PostKind.LATE,
    "report": PostKind.REPORT,
    "talk": PostKind.ANSWER,
}

TITLES = (
    ("Kilns That Learn: Forecasting the Drying of Clay", "Forecasts a kiln and forgets the potter."),
    ("On $k$-Regular Fences and the *Shape* of Fields", "Proves a fence for fields that nobody owns."),
    ("PostBot_v2: Sorting Letters with __init__ Scripts", "Sorts the letters of those who still write them."),
    ("[Re] Does a Clerk Need Sleep?", "Repeats a study of clerks without asking one."),
    ("Bounds of $O(n \\log n)$ for Queues at Counters", "Makes the queue shorter by calling it bounded."),
    ("Who Reads the Reader? Audits of Automated Mail", "Audits the machine with the machine."),
    ("A* Search over Archives", "Finds the file and loses the archivist."),
)


def one(number: int, *, scan: bool = False) -> Sheet:
    title, headline = TITLES[number]
    of = paper(title=title, id=ArxivId(f"2606.{number + 1:05}"))
    return replace(sheet(of, analysis(of, headline=headline), scan=scan), readable=readable)


def example() -> Sheet:
    shown = written_example(lens())
    return Sheet(shown.paper, shown.verdict, lens(), "cs.AI", shown.day, readable)


def gone() -> Sheet:
    return sheet(paper(comment="This paper has been withdrawn by the author due to an error in Lemma 3"))


def edition(fates: dict[Fate, int], part: int = 1) -> ClosedEdition:
    return ClosedEdition(EditionKey("letters", DAY, part), FOLLOW, AT, fates)


def a_report() -> Post:
    shown = []
    for number in range(4):
        made = one(number)
        shown.append(Shown(made.paper, replace(made.verdict, paper=made.paper.id, score=70 - number), DAY, AT))
    votes = {
        (ArxivId("2606.00001"), "discontinuity"): Tally(3, 4),
        (ArxivId("2606.00003"), "discontinuity"): Tally(5, 1),
    }
    return report_post(
        make_report(IsoWeek(2026, 23), WeekFacts(tuple(shown), votes)), {"discontinuity": lens()}, readable
    )


def page(number: int) -> Post:
    return paged(full_analysis(example()), CHARACTERS, number, "analysis 2611.99901 discontinuity")


def an_answer() -> Post:
    standing = PostRef(HERE, "1030000000000000009")
    return judged(example(), standing_at=standing, sharing=True, tally=Tally(3, 1))


def a_talk_answer() -> Post:
    reading = Reading(
        (
            ReadSentence(41, "3.2 Baselines", "We compare against a *linear* baseline of Ng & Co."),
            ReadSentence(77, "A Prompts", "Each prompt was sent once."),
        ),
        is_part=True,
        basis_words="2 of 310 sentences of the full text (arXiv's HTML)",
        known=310,
    )
    says = (
        Said("It is compared with a linear baseline, and with nothing else.", (41,)),
        Said("Prompts were not repeated.", (77,)),
    )
    found = Answered(
        says, "A straw man, tied with care.", AnswerOutcome.ANSWERED, one(0).verdict.provenance, dropped=1
    )
    question = Question(one(0).paper, lens(), QuestionKind.ASK, "What is it compared with?")
    return answer_post(question, reading, found, readable, To(PostRef(HERE, "1030000000000000009")))


def a_disputed_card() -> Post:
    dispute = Dispute(
        "e", HERE, "g", "discord:1", ArxivId("2606.00001"), "discontinuity", "fallacy", "No.", PostRef(HERE, "9")
    )
    return card(one(0), Tally(3, 1), dispute)


MADE: dict[str, Callable[[], Post]] = {
    "card": lambda: card(example(), Tally(3, 1)),
    "card_scan": lambda: card(one(0, scan=True)),
    "card_withdrawn": lambda: card(gone()),
    "analysis_1": lambda: page(1),
    "analysis_2": lambda: page(2),
    "answer_standing": an_answer,
    "answer_share": lambda: judged(one(2), standing_at=None, sharing=True, tally=Tally(0, 0)),
    "opening": lambda: opening(edition({Fate.POSTED: 5, Fate.LISTED: 326})),
    "list": lambda: listing(edition({}), [*map(one, range(7)), gone()]),
    "list_scan": lambda: listing(edition({}), [one(number, scan=True) for number in range(7)]),
    "digest": lambda: digest(
        edition({Fate.POSTED: 2, Fate.LISTED: 9}), [one(0, scan=True), one(4, scan=True)],
        [one(number, scan=True) for number in (1, 2, 3, 5, 6)],
    ),
    "digest_model": lambda: digest(edition({Fate.POSTED: 2, Fate.LISTED: 2}), [one(0), one(3)], [one(1), one(2)]),
    "late": lambda: late(edition({Fate.LISTED: 4}, part=2)),
    "report": a_report,
    "card_disputed": a_disputed_card,
    "talk_opening": lambda: talk_post(one(0).paper, lens(), readable, has_model=True),
    "talk_answer": a_talk_answer,
    "help": lambda: help_screen(Standing.MEMBER),
    "refusal": lambda: refused(MalformedId("That is not an arXiv id.", "Try 2611.01234 or a link to arxiv.org/abs.")),
    "follow_preview": lambda: preview(
        DRAFT, DAY, one(5), "It leaves out the most of 331.", "331 announced on 2 June 2026, 5 would be cards."
    ),
}  # fmt: skip


def message(name: str) -> dict[str, Any]:
    made = MADE[name]()
    kind = KINDS.get(name.partition("_")[0], PostKind.CARD)
    is_private = made.kind is PostKind.ANSWER and not name.startswith("talk")
    key = None if is_private else PostKey(HERE, kind, "2606.00001", "discontinuity")
    return message_payload(
        made, key, site_url="https://arxiv.org", link=lambda ref: "https://discord.com/channels/1/2/3"
    )


# -- as people read it

PREFIXES = {"heading": "## ", "small": "   ", "quote": "│ ", "list": "• "}


def shown(node: Node) -> str:
    inside = "".join(shown(one) for one in node.children) if node.kind not in ("text", "code") else node.target
    if node.kind == "link":
        return f"{inside} ↗"
    return PREFIXES.get(node.kind, "") + inside


def as_read(body: dict[str, Any]) -> str:
    blocks = []
    for part in body["components"][0]["components"]:
        if part["type"] == 10:
            blocks.append("".join(shown(node) for node in read(part["content"])))
        elif part["type"] == 14:
            blocks.append("─" * 60)
        else:
            blocks.append(
                " ".join(f"[{'» ' if one['style'] == 1 else ''}{one['label']}]" for one in part["components"])
            )
    return "\n\n".join(blocks) + "\n"


@pytest.mark.parametrize("name", MADE)
def test_a_message_is_what_was_read_and_kept(name: str) -> None:
    body = message(name)
    assert faults(body) == []
    for ending, text in (("json", json.dumps(body, indent=2, ensure_ascii=False) + "\n"), ("txt", as_read(body))):
        file = GOLDEN / f"{name}.{ending}"
        if os.environ.get("COPECHECK_TEST_WRITE_GOLDEN"):
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")


def test_every_kept_file_is_of_a_message() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(MADE)


def test_the_pages_of_the_example_are_all_kept() -> None:
    assert page(2).text != page(1).text
    assert page(3) == page(2)
