"""A day of several hundred papers without a model, as Discord gets it: every paper stands in one post, and whole."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from bot.core.arxiv_id import arxiv_ids
from bot.core.edition import Announced, ClosedEdition, EditionFacts, EditionKey
from bot.core.follow import Follow
from bot.core.paper import AnnounceType, ArxivId
from bot.core.plan import Room, plan
from bot.core.post import Place, Post, PostKind
from bot.core.present import Sheet
from bot.core.present_edition import digest, listing
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.limits import components_of, faults
from bot.platforms.discord.markup import message_payload
from tests.fakes.verdicts import paper, sheet

DAY = date(2026, 6, 2)
MOST = DiscordPlatform.capacity
ROOM = Room(10, MOST.list_lines, MOST.digest_characters)
WORDS = (
    "Letters, Clerks and the Agents that Answer: On the Drying of Clay in Kilns_v2 [Extended] for Queues at Counters "
)


def of_the_day(number: int) -> Sheet:
    """A paper as days have them: titles of 30 to 150 signs, first sentences of 60 to 260."""
    title = (WORDS * 2)[: 30 + number * 7 % 121].strip()
    first = ("We study " + WORDS.lower() * 3)[: 60 + number * 13 % 201].strip()
    return sheet(
        paper(id=ArxivId(f"2606.{number:05}"), title=title, abstract=f"{first}. It works. It is fast."), scan=True
    )


@pytest.mark.parametrize("cards", [1, 3, 5])
def test_every_paper_of_a_day_stands_in_one_post_and_is_whole(cards: int) -> None:
    sheets = {one.paper.id: one for one in map(of_the_day, range(1, 332))}
    announced = tuple(Announced(one.paper, AnnounceType.NEW, ("cs.AI",), one.verdict) for one in sheets.values())
    follow = Follow("f", Place("discord", "1"), ("cs.AI",), cards=cards)
    key = EditionKey("f", DAY)
    made = plan(EditionFacts(key, follow, announced, 0, 0, None, True), ROOM)
    day = ClosedEdition(key, follow, datetime(2026, 6, 2, 14, tzinfo=UTC), dict(Counter(made.fates.values())))
    assert made.posts[0].opened == cards
    stands: Counter[ArxivId] = Counter()
    for planned in made.posts:
        them = [sheets[one] for one in planned.papers]
        is_digest = planned.key.kind is PostKind.DIGEST
        shown = digest(day, them[: planned.opened], them[planned.opened :]) if is_digest else listing(day, them)
        stands += Counter(read(shown))
    assert stands == Counter(dict.fromkeys(sheets, 1))


def read(post: Post) -> list[ArxivId]:
    """The papers that a message links to; nothing in it is over, dropped or shorter than it was meant to be."""
    made = message_payload(post, None, site_url="https://arxiv.org", link=lambda ref: None)
    assert faults(made) == []
    text = "\n".join(one["content"] for one in components_of(made) if one["type"] == 10)
    assert "fit here" not in text
    assert text.count("…") == post.text.count("…")
    return [one for line in text.splitlines() if "](<" in line for one in arxiv_ids(line.rpartition("](<")[2])]
