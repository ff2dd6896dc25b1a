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

from bot.core.commands.event import Role
from bot.core.commands.people import Shown, Tally, WeekFacts
from bot.core.errors import MalformedId
from bot.core.follows.edition import ClosedEdition, Disposition, EditionKey, Stands
from bot.core.follows.follow import Follow, Origin
from bot.core.follows.report import make_report, report_post
from bot.core.follows.week import IsoWeek
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, Post, PostKey, PostKind, PostRef
from bot.core.present.about import about_lines
from bot.core.present.analysis import full_analysis
from bot.core.present.answer import answer, help_screen, judged, paged, refused, run
from bot.core.present.card import card
from bot.core.present.discussion import talk_post
from bot.core.present.edition import day_menu, digest, digest_menu, late, listing, opening
from bot.core.present.follow import preview
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.verdict import PremiseFinding, PremiseLabel
from bot.demo.load import written_example
from bot.platforms.discord.posting.limits import CHARACTERS
from bot.platforms.discord.posting.markup import message_payload
from bot.text.tex import readable
from tests.fakes.discord_markdown import Node, read
from tests.fakes.talks import a_talk_answer, objection
from tests.fakes.verdicts import lens, paper, sheet, short
from tests.platforms.discord_limits import faults

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


def one(number: int, *, scan: bool = False) -> PaperView:
    title, headline = TITLES[number]
    of = paper(title=title, id=ArxivId(f"2606.{number + 1:05}"))
    return replace(sheet(of, said=short(of, headline=headline), scan=scan), readable=readable)


def example() -> PaperView:
    shown = written_example(lens())
    return PaperView(shown.paper, shown.verdict, lens(), "cs.AI", shown.day, readable)


def gone() -> PaperView:
    return sheet(paper(comment="This paper has been withdrawn by the author due to an error in Lemma 3"))


def edition(fates: dict[Disposition, int], part: int = 1) -> ClosedEdition:
    return ClosedEdition(EditionKey("letters", DAY, part), FOLLOW, AT, fates)


def a_report() -> Post:
    shown = []
    for number in range(4):
        made = one(number)
        premises = (PremiseFinding("work", PremiseLabel.HOLDS),)
        judged = replace(made.verdict, paper=made.paper.id, score=70 - number, premises=premises)
        shown.append(Shown(made.paper, judged, DAY, AT))
    votes = {
        (ArxivId("2606.00001"), "discontinuity"): Tally(3, 4),
        (ArxivId("2606.00003"), "discontinuity"): Tally(5, 1),
    }
    lenses = {"discontinuity": lens()}
    report = make_report(IsoWeek(2026, 23), WeekFacts(tuple(shown), votes), lenses)
    return report_post(report, lenses, readable, ("cs.AI", "cs.CL"))


def page(number: int) -> Post:
    return paged(full_analysis(example()), CHARACTERS, number, "analysis 2611.99901 discontinuity")


def an_answer() -> Post:
    standing = PostRef(HERE, "1030000000000000009")
    return judged(example(), standing_at=standing, sharing=True, tally=Tally(3, 1))


def key_of(name: str) -> PostKey:
    kind = KINDS.get(name.partition("_")[0], PostKind.CARD)
    return PostKey(HERE, kind, "2606.00001", "discontinuity")


MADE: dict[str, Callable[[], Post]] = {
    "card": lambda: card(example(), Tally(3, 1)),
    "card_scan": lambda: card(one(0, scan=True)),
    "card_withdrawn": lambda: card(gone()),
    "analysis_1": lambda: page(1),
    "analysis_2": lambda: page(2),
    "answer_standing": an_answer,
    "answer_share": lambda: judged(one(2), standing_at=None, sharing=True, tally=Tally(0, 0)),
    "opening": lambda: opening(
        edition({Disposition.POSTED: 5, Disposition.LISTED: 326}), day_menu([*map(one, range(7))], key_of("opening"))
    ),
    "opening_first": lambda: opening(
        edition({Disposition.POSTED: 1, Disposition.LISTED: 1}),
        day_menu([one(1)], key_of("opening_first")),
        about_lines(lens(), ("discontinuity", "plain"), has_model=True),
    ),
    "about": lambda: answer(
        about_lines(lens(), ("discontinuity", "plain"), has_model=True), [run("Its questions", "lens show plain")]
    ),
    "list": lambda: listing(edition({}), [*map(one, range(7)), gone()], key_of("list")),
    "list_scan": lambda: listing(
        edition({}), [one(number, scan=True) for number in range(7)], key_of("list_scan"), 230
    ),
    "digest": lambda: digest(
        replace(edition({Disposition.POSTED: 2, Disposition.LISTED: 9}), stands=Stands(2, 3, 6)),
        [one(0, scan=True), one(4, scan=True)],
        digest_menu([one(number, scan=True) for number in (0, 4, 1, 2, 3, 5, 6)], 2, key_of("digest")),
    ),
    "digest_model": lambda: digest(
        edition({Disposition.POSTED: 2, Disposition.LISTED: 2}),
        [one(0), one(3)],
        digest_menu([one(0), one(3), one(1), one(2)], 2, key_of("digest_model")),
    ),
    "late": lambda: late(edition({Disposition.LISTED: 4}, part=2)),
    "report": a_report,
    "card_disputed": lambda: card(one(0), Tally(3, 1), objection(HERE)),
    "talk_opening": lambda: talk_post(one(0).paper, lens(), readable, has_model=True, reads_along=True),
    "talk_answer": lambda: a_talk_answer(one(0), HERE),
    "help": lambda: help_screen(Role.MEMBER),
    "refusal": lambda: refused(MalformedId("That is not an arXiv id.", "Try 2611.01234 or a link to arxiv.org/abs.")),
    "follow_preview": lambda: preview(
        DRAFT,
        DAY,
        one(5),
        "Of 331 papers, this one leaves out most.",
        "331 announced on 2 June 2026, 5 would be cards.",
        has_model=True,
    ),
}


def message(name: str) -> dict[str, Any]:
    made = MADE[name]()
    is_private = made.kind is PostKind.ANSWER and not name.startswith("talk")
    key = None if is_private else key_of(name)
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


def pressed(one: dict[str, Any]) -> str:
    """A button, or a select with its options."""
    if one["type"] == 2:
        return f"[{'» ' if one['style'] == 1 else ''}{one['label']}]"
    options = (f"  {option['label']} — {option.get('description', '')}" for option in one["options"])
    return "\n".join((f"▾ {one['placeholder']}", *options))


def as_read(body: dict[str, Any]) -> str:
    blocks = []
    for part in body["components"][0]["components"]:
        if part["type"] == 10:
            blocks.append("".join(shown(node) for node in read(part["content"])))
        elif part["type"] == 14:
            blocks.append("─" * 60)
        else:
            blocks.append(" ".join(map(pressed, part["components"])))
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
