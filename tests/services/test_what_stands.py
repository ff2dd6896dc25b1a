"""`status` counts what stands: never what was planned, and it says what waits and why."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import PlatformDown
from bot.core.follows.edition import SeenPost, Stands, what_stands
from bot.core.jobs.job import Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.jobs.wait_words import told_cause
from bot.core.posts.post import Place, PostKind
from bot.core.present.status_lines import edition_line, figures_now
from tests.fakes.worlds import announce, batch, follow, paper
from tests.services.conftest import World
from tests.services.talk import PLACE, Talk, talking
from tests.services.test_deliver import records
from tests.services.test_places_that_are_closed import Shut
from tests.services.test_plainer import Picky, a_day, papers_in, picky


async def line_of(world: World) -> str:
    (edition,) = await world.store.editions()
    assert sum(figures_now(edition).values()) == sum(edition.fates.values()), "the figures add up"
    return edition_line(edition).partition(": ")[2]


async def test_while_nothing_is_out_nothing_is_posted(world: World) -> None:
    await a_day(world)
    await world.drain(Queue.JUDGE, Queue.EDITION)
    assert await line_of(world) == "30 announced, 30 read, 0 posted, 0 listed, 30 waiting to be posted"
    await world.drain(Queue.DELIVER)
    assert await line_of(world) == "30 announced, 30 read, 2 posted, 28 listed"


async def test_a_group_of_a_list_that_goes_on_in_the_next_is_headed_as_going_on(world: World) -> None:
    picky(world, lambda key, post: False)
    await a_day(world)
    await world.drain()
    lists = [post for post in records(world.journal) if post["kind"] == "list"]
    heads = ["".join(span["text"] for span in post["lines"][0]["spans"]) for post in lists]
    assert len(heads) == 3
    assert heads[1:] == [f"{heads[0]}, continued"] * 2


async def test_of_an_opening_line_that_no_form_saves_one_list_stands_and_the_rest_is_reached_by_search(
    world: World,
) -> None:
    picky(world, lambda key, post: key.kind is PostKind.OPENING)
    await a_day(world)
    await world.drain()
    assert await line_of(world) == "30 announced, 30 read, 2 posted, 12 listed, 16 by search"


async def test_a_digest_that_is_out_counts_its_opened_papers_as_posted_and_what_is_in_no_list_as_found_by_search(
    world: World,
) -> None:
    picky(world, lambda key, post: False, scan=True)
    await a_day(world)
    await world.drain()
    digest = records(world.journal)[0]
    opened = [row for row in digest["lines"] if row["role"] == "title"]
    rest = 30 - len(opened)
    assert await line_of(world) == (f"30 announced, 30 read, {len(opened)} posted, 0 listed, {rest} by search")


async def test_a_place_without_threads_gets_no_more_than_its_limit_and_the_rest_is_reached_by_search(
    world: World,
) -> None:
    console = picky(world, lambda key, post: False)
    console.threads = False
    follows = [follow(mode="top", cards=5)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 301)]), follows)
    await world.drain()
    posts = records(world.journal)
    assert [str(one["kind"]) for one in posts] == ["opening", *["card"] * 5, *["list"] * 4]
    listed = len(papers_in(world)) - 5
    assert listed == 48
    assert f"5 posted, {listed} listed, {295 - listed} by search" in await line_of(world)
    assert "300 announced · 5 here · 48 in the thread · 247 by search" in str(posts[0])


async def test_what_is_parted_in_a_place_without_threads_stays_one_message(world: World) -> None:
    console = picky(world, lambda key, post: key.kind is PostKind.LIST and len(post.lines) > 2)
    console.threads = False
    await a_day(world, 20, limit=4)
    await world.drain()
    assert len(records(world.journal)) <= 4
    shown = len(papers_in(world))
    assert f" listed, {20 - shown} by search" in await line_of(world)


@pytest.mark.parametrize("is_silent", [True, False])
async def test_while_nobody_can_say_whether_there_are_threads_a_day_is_planned(world: World, is_silent: bool) -> None:
    class Down(Picky):
        async def has_threads(self, place: Place) -> bool:
            if is_silent:
                await asyncio.Event().wait()
            raise PlatformDown("The platform cannot be reached.")

    console = Down(world.journal, paint=None, faults=None, clock=world.clock)
    world.use(console.refuse(lambda key, post: False))
    await a_day(world, 3)
    await world.drain()
    assert len(papers_in(world)) == 3


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        made.stage = Shut()
        made.stage.shut = set()
        made.wire()
        yield made


async def a_followed_day(talk: Talk) -> None:
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain mode=top cards=1")
    await talk.say("follow on cs.AI")
    await talk.announce(*range(1, 7))
    await talk.say("follow now cs.AI")
    await talk.work()


async def test_of_a_closed_place_status_says_that_nothing_stands_and_afterwards_that_all_does(talk: Talk) -> None:
    talk.stage.shut = {PLACE}  # type: ignore[attr-defined]
    await a_followed_day(talk)
    said = await talk.last("status")
    assert "0 posted, 0 listed, 6 waiting to be posted · what is not out yet waits for the place" in said
    talk.stage.shut = set()  # type: ignore[attr-defined]
    await talk.inbox.mended(PLACE)
    await talk.work()
    said = await talk.last("status")
    assert "6 announced, 6 read, 1 posted, 5 listed" in said
    assert "waits for the place" not in said


async def test_of_a_day_that_is_fully_out_status_says_nothing_of_a_place_that_closed_later(talk: Talk) -> None:
    await a_followed_day(talk)
    talk.stage.shut = {PLACE}  # type: ignore[attr-defined]
    await talk.know(9, "plain")
    await talk.say("share 2606.00009 plain")
    said = await talk.last("status")
    assert "Nothing can be posted since" in said
    assert "1 posted, 5 listed" in said
    assert "what is not out yet" not in said


async def test_status_says_why_posts_wait_without_what_is_the_operators(talk: Talk) -> None:
    await talk.know(9, "plain")
    await talk.inbox.take(talk.asked("share 2606.00009 plain"))
    await talk.work(Queue.ANSWER)
    talk.stage.faults = [PlatformDown("The stage cannot be reached (Connector).", "See stage.api_url.")]
    talk.clock.forward(seconds=1)
    (job,) = await talk.store.claim(Queue.DELIVER, 1, timedelta(seconds=30))
    await talk.steps[Queue.DELIVER](job)
    await talk.inbox.take(asked := talk.asked("status"))
    talk.clock.forward(seconds=1)
    (answering,) = await talk.store.claim(Queue.ANSWER, 1, timedelta(seconds=30))
    await talk.steps[Queue.ANSWER](answering)
    assert "Posts wait: The stage cannot be reached." in talk.heard(asked)[-1].text
    assert "api_url" not in talk.heard(asked)[-1].text


def test_a_paper_whose_post_was_given_up_stands_nowhere_and_one_without_a_post_is_reached_by_search() -> None:
    posts = [
        SeenPost(PostKind.LATE, ("a", "b", "c", "d"), 0, is_out=True, is_open=False),
        SeenPost(PostKind.CARD, ("a",), 0, is_out=True, is_open=False),
        SeenPost(PostKind.OPENING, ("b", "c", "d"), 0, is_out=True, is_open=False),
        SeenPost(PostKind.DIGEST, ("b", "c", "e"), 2, is_out=False, is_open=True),
        SeenPost(PostKind.LIST, ("d",), 0, is_out=False, is_open=False),
    ]
    assert what_stands("abcde", posts) == Stands(1, 0, by_search=1, waiting=2, nowhere=1, posts_waiting=1)


def test_a_cause_is_one_sentence_without_brackets() -> None:
    noted = NotedReason(WaitReason.PLATFORM, "Discord cannot be reached (ClientError). See discord.api_url.")
    assert told_cause(noted, is_operator=False) == "Discord cannot be reached."
    assert told_cause(NotedReason(WaitReason.PLACE_CLOSED, "waits"), is_operator=False) == "waits"
    assert told_cause(noted, is_operator=True) == noted.words
