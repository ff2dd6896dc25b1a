"""A day of several hundred papers, as Discord gets it: the posts are few, and whole."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from bot.core.follows.edition import (
    Announced,
    ClosedEdition,
    EditionFacts,
    EditionKey,
    PlannedPost,
    SeenPost,
    what_stands,
)
from bot.core.follows.follow import Follow
from bot.core.follows.plan import PostRoom, plan
from bot.core.papers.arxiv_id import arxiv_ids
from bot.core.papers.paper import AnnounceType, ArxivId
from bot.core.posts.post import Place, Post, PostKey, PostKind
from bot.core.present.card import card
from bot.core.present.edition import day_menu, digest, digest_menu, listing, opening
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.verdict import TouchedTrade
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.posting.limits import components_of
from bot.platforms.discord.posting.markup import message_payload
from tests.fakes.verdicts import evidence, paper, sheet, short
from tests.platforms.discord_limits import faults

DAY = date(2026, 6, 2)
MOST = DiscordPlatform.capacity
ROOM = PostRoom(10, MOST.list_lines, MOST.title_lines, MOST.digest_characters)
WORDS = (
    "Letters, Clerks and the Agents that Answer: On the Drying of Clay in Kilns_v2 [Extended] for Queues at Counters "
)


def of_the_day(number: int, *, by_model: bool = False) -> PaperView:
    """A paper as days have them: titles of 30 to 150 signs, headlines of up to 120; three of ten touch a trade."""
    title = (WORDS * 2)[: 30 + number * 7 % 121].strip()
    first = ("We study " + WORDS.lower() * 3)[: 60 + number * 13 % 201].strip()
    of = paper(id=ArxivId(f"2606.{number:05}"), title=title, abstract=f"{first}. It works. It is fast.")
    name = f"trade {number * 7 % 29}"
    trades = (TouchedTrade(name, "clerks"),) if number % 10 < 3 else ()
    said = short(of, headline=(WORDS * 2)[: 60 + number * 11 % 61].strip()) if by_model else None
    telling = evidence(of, 1)[0]
    return sheet(of, said=said, scan=not by_model, trades=trades, telling=telling, interest=100 - number % 100)


@pytest.mark.parametrize(("by_model", "messages"), [(False, 4), (True, 23)])
def test_a_day_of_331_papers_is_a_few_posts_in_which_every_line_is_whole(by_model: bool, messages: int) -> None:
    sheets = {one.paper.id: one for one in (of_the_day(n, by_model=by_model) for n in range(1, 332))}
    announced = tuple(Announced(one.paper, AnnounceType.NEW, ("cs.AI",), one.verdict) for one in sheets.values())
    follow = Follow("f", Place("discord", "1"), ("cs.AI",))
    key = EditionKey("f", DAY)
    made = plan(EditionFacts(key, follow, announced, 0, 0, None, True), ROOM)
    assert len(made.posts) <= messages
    seen = [SeenPost(one.key.kind, tuple(map(str, one.papers)), one.opened, True, False) for one in made.posts]
    fates = dict(Counter(made.fates.values()))
    stands = what_stands([str(one) for one in sheets], seen)
    day = ClosedEdition(key, follow, datetime(2026, 6, 2, 14, tzinfo=UTC), fates, {}, stands)
    stood: Counter[ArxivId] = Counter()
    for planned in made.posts:
        them = [sheets[one] for one in planned.papers]
        shown = post_of(planned, day, them)
        stood += Counter(read(shown, planned.key))
    assert max(stood.values()) == 1
    assert len(stood) == stands.posted + stands.listed == 331 - stands.by_search
    assert (stands.by_search == 0) is by_model


def post_of(planned: PlannedPost, day: ClosedEdition, them: list[PaperView]) -> Post:
    menu = [sheet for sheet in them if sheet.paper.id in planned.menu]
    match planned.key.kind:
        case PostKind.DIGEST:
            return digest(day, them[: planned.opened], digest_menu(them, planned.opened, planned.key))
        case PostKind.OPENING:
            return opening(day, day_menu(menu, planned.key))
        case PostKind.CARD:
            return card(them[0])
    return listing(day, them, planned.key, planned.opened)


def read(post: Post, key: PostKey) -> list[ArxivId]:
    """The papers that a message links to; nothing in it is over, dropped or shorter than it was meant to be."""
    made = message_payload(post, key, site_url="https://arxiv.org", link=lambda ref: None)
    assert faults(made) == []
    assert any(key.digest in str(one.get("custom_id")) for one in components_of(made))
    text = "\n".join(one["content"] for one in components_of(made) if one["type"] == 10)
    assert "fit here" not in text
    assert text.count("…") == post.text.count("…")
    return [one for line in text.splitlines() if "](<" in line for one in arxiv_ids(line.rpartition("](<")[2])]
