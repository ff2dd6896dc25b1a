"""A place that takes no posts: what is for it waits, whoever manages it hears of it once, and it goes on by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.errors import PlaceClosed
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.connection import PlaceOutage
from bot.core.posts.post import Place, Post, PostKey, PostRef
from bot.services.runtime.inbox import StoredInbox
from bot.services.runtime.scheduler import JobSignal
from tests.services.talk import PLACE, Stage, Talk, talking

CLOSED = PlaceClosed("Send Messages is missing in #main.", "Give it to CopeCheck's role.")


class Shut(Stage):
    """A platform on which one place takes nothing while it is shut."""

    def __init__(self) -> None:
        super().__init__()
        self.shut = {PLACE}

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        if key.place in self.shut:
            raise CLOSED
        return await super().send(key, post, thread)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as talk:
        talk.stage = Shut()
        talk.wire()
        yield talk


async def share(talk: Talk, number: int) -> None:
    """A card that somebody shares: the shortest way to a post."""
    await talk.know(number)
    assert "moment" in await talk.last(f"share 2606.{number:05} discontinuity")


def notices(talk: Talk) -> list[str]:
    return [key for key in talk.stage.posts if "|notice|" in key]


async def closures(talk: Talk) -> list[PlaceOutage]:
    return list(await talk.store.closures())


async def test_t8_what_is_for_a_closed_place_waits_and_an_admin_is_told_once(talk: Talk) -> None:
    await share(talk, 1)
    await share(talk, 2)
    for _ in range(5):
        talk.clock.forward(minutes=16)
        await talk.work()
    assert [key.split("|")[0] for key in notices(talk)] == ["stage:@owner"]
    (words,) = talk.stage.posts[notices(talk)[0]]
    assert "I cannot post in #main: Send Messages is missing" in words.text
    assert "Give it to CopeCheck's role." in words.text
    assert await talk.store.count_waiting(Queue.DELIVER, str(PLACE)) == 2


async def test_everything_goes_out_when_it_is_mended_and_the_next_closure_is_told_again(talk: Talk) -> None:
    await share(talk, 1)
    await share(talk, 2)
    talk.stage.shut = set()  # type: ignore[attr-defined]
    await talk.inbox.mended(PLACE)
    await talk.work()
    assert {key for key in talk.stage.posts if "|card|" in key} == {
        "stage:main|card|2606.00001|discontinuity",
        "stage:main|card|2606.00002|discontinuity",
    }
    assert await closures(talk) == []
    talk.stage.shut = {PLACE}  # type: ignore[attr-defined]
    talk.clock.forward(minutes=16)
    await share(talk, 3)
    assert len(notices(talk)) == 2


async def test_a_server_that_comes_back_with_all_its_channels_is_one_question(talk: Talk) -> None:
    await share(talk, 1)
    await share(talk, 2)
    talk.stage.shut = set()  # type: ignore[attr-defined]
    asked: list[str] = []

    class Counting:
        """The store, and what it was asked."""

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(talk.store, name)

    inbox = StoredInbox(Counting(), JobSignal(), {}, SystemClock(), has_model=True)  # type: ignore[arg-type]
    await inbox.mended(*(Place("stage", f"channel {number}") for number in range(1500)), PLACE)
    assert asked == ["closures", "wake"]
    await talk.work()
    assert len([key for key in talk.stage.posts if "|card|" in key]) == 2


async def test_without_word_from_the_platform_a_closed_place_is_looked_at_again(talk: Talk) -> None:
    await share(talk, 1)
    talk.stage.shut = set()  # type: ignore[attr-defined]
    await talk.work()
    assert not [key for key in talk.stage.posts if "|card|" in key], "not before a minute has passed"
    talk.clock.forward(minutes=1)
    await talk.work()
    assert [key for key in talk.stage.posts if "|card|" in key]


async def test_who_made_the_follow_is_told_and_not_the_owner(talk: Talk) -> None:
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain", who="dora")
    await share(talk, 2)
    assert [key.split("|")[0] for key in notices(talk)] == ["stage:@dora"]


async def test_where_who_made_the_follow_takes_no_word_the_owner_is_told_instead(talk: Talk) -> None:
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain", who="dora")
    talk.stage.shut |= {Place("stage", "@dora")}  # type: ignore[attr-defined]
    await share(talk, 2)
    for _ in range(3):
        talk.clock.forward(minutes=16)
        await talk.work()
    (told,) = notices(talk)
    assert told.startswith("stage:@owner|")
    assert "I cannot post in #main" in talk.stage.posts[told][0].text


async def test_a_forgotten_person_is_told_nothing_and_their_follow_stays(talk: Talk) -> None:
    await talk.announce(1)
    await talk.say("follow add cs.AI lens=plain", who="dora")
    assert await talk.store.forget_person("stage:dora") >= 1
    (follow,) = await talk.store.follows()
    assert follow.by == ""


async def test_status_says_since_when_nothing_can_be_posted_and_why(talk: Talk) -> None:
    await share(talk, 1)
    assert "Nothing can be posted since" in await talk.last("status")
    assert "Give it to CopeCheck's role." in await talk.last("status")


async def test_a_notice_that_nobody_can_read_ends_there(talk: Talk) -> None:
    closed = talk.stage
    await share(talk, 1)
    closed.posts.clear()
    closed.shut = {PLACE, *(await closed.admins(PLACE))}  # type: ignore[attr-defined]
    talk.clock.forward(minutes=16)
    await share(talk, 2)
    closures_now = await closures(talk)
    assert [one.place for one in closures_now] == [str(PLACE)]
    failed = await talk.jobs(Queue.DELIVER, JobState.FAILED)
    assert all("|notice|" in job.key for job in failed)


async def test_a_place_is_opened_by_forgetting_it(talk: Talk) -> None:
    await share(talk, 1)
    await talk.store.forget_place(PLACE)
    assert await closures(talk) == []


async def test_waits_grow_but_stay_within_bounds(talk: Talk) -> None:
    await share(talk, 1)
    (job,) = await talk.jobs(Queue.DELIVER)
    assert timedelta(seconds=50) < job.due_at - talk.clock.now() <= timedelta(minutes=1)
    for _ in range(8):
        talk.clock.forward(minutes=15)
        await talk.work()
    (job,) = await talk.jobs(Queue.DELIVER)
    assert timedelta(minutes=14) < job.due_at - talk.clock.now() <= timedelta(minutes=15)
