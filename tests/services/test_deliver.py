"""A post goes out once: whatever the platform does, whenever the process dies."""

import collections
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.errors import LookUnavailable, PlaceClosed, PostGone, PostRejected, SendUnknown
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.posts.post import Post, PostKey, PostKind, PostRef
from bot.platforms.console import ConsolePlatform
from tests.fakes.worlds import PLACE, announce, batch, follow, paper
from tests.services.conftest import LEASE, World


def records(file: Path, kind: str = "post") -> list[dict[str, Any]]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [one for one in map(json.loads, lines) if one["type"] == kind]


def keys(file: Path) -> list[str]:
    return [str(one["key"]) for one in records(file)]


async def a_day(world: World, count: int = 3, **changes: Any) -> None:
    follows = [follow(mode="every", limit=50, **changes)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, count + 1)]), follows)
    await world.drain(Queue.JUDGE, Queue.EDITION)


async def test_every_paper_is_posted_once_in_the_order_of_its_rank(world: World) -> None:
    await a_day(world)
    await world.drain(Queue.DELIVER)
    assert len(keys(world.journal)) == len(set(keys(world.journal))) == 3
    await world.drain(forward=timedelta(hours=1))
    assert len(keys(world.journal)) == 3


async def test_a_post_whose_connection_dropped_is_looked_for_and_not_sent_again(world: World) -> None:
    await a_day(world)
    world.fail(drop_after=1.0)
    await world.drain(Queue.DELIVER)
    assert len(keys(world.journal)) == 1, "nothing else goes to the place while an ending is unknown"
    for _ in range(9):
        await world.drain(Queue.DELIVER, forward=timedelta(minutes=1))
    assert len(keys(world.journal)) == len(set(keys(world.journal))) == 3
    assert (await world.store.count_jobs())[Queue.DELIVER, JobState.DONE] == 3


async def test_t7_killed_between_send_and_confirm_the_post_is_adopted(world: World) -> None:
    await a_day(world, count=1)
    (job,) = await world.store.claim(Queue.DELIVER, 5, LEASE)
    key = PostKey.parse(job.key)
    post = Post(PostKind.CARD, "made by the process that died", ())
    await world.platform.send(key, post, None)
    await world.drain(Queue.DELIVER, forward=LEASE + timedelta(seconds=1))
    assert keys(world.journal) == [job.key]
    sent = await world.store.sent(key)
    assert sent is not None
    assert sent.ref.id == records(world.journal)[0]["id"]


async def test_t7_killed_before_the_send_the_post_goes_out_after_the_lease(world: World) -> None:
    await a_day(world, count=1)
    await world.store.claim(Queue.DELIVER, 5, LEASE)
    await world.drain(Queue.DELIVER)
    assert keys(world.journal) == []
    await world.drain(Queue.DELIVER, forward=LEASE + timedelta(seconds=1))
    assert len(keys(world.journal)) == 1


async def test_a_refusal_before_any_effect_is_tried_again_without_a_look(world: World) -> None:
    class Counting(ConsolePlatform):
        looks = 0

        async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
            Counting.looks += 1
            return await super().find(key, thread)

    await a_day(world, count=1)
    world.fail(refuse=1.0)
    await world.drain(Queue.DELIVER)
    world.use(Counting(world.journal, paint=None, faults=None, clock=world.clock))
    await world.drain(Queue.DELIVER, forward=timedelta(minutes=1))
    assert len(keys(world.journal)) == 1
    assert Counting.looks == 0


@pytest.mark.parametrize("fault", ["refuse", "rate_limited"])
async def test_what_the_platform_refuses_waits_with_its_reason(world: World, fault: str) -> None:
    await a_day(world, count=1)
    world.fail(**{fault: 1.0})
    await world.drain(Queue.DELIVER)
    (job,) = await world.store.list_jobs((JobState.OPEN,), Queue.DELIVER)
    assert "fault of the settings" in job.reason


async def test_t8_a_post_that_is_rejected_for_good_fails_alone(world: World) -> None:
    class Rejecting(ConsolePlatform):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            if key.subject == "2606.00002":
                raise PostRejected("Too long.", "Shorten it.")
            return await super().send(key, post, thread)

    await a_day(world)
    world.use(Rejecting(world.journal, paint=None, faults=None, clock=world.clock))
    await world.drain(Queue.DELIVER)
    assert len(keys(world.journal)) == 2
    (failed,) = await world.store.list_jobs((JobState.FAILED,))
    assert "Too long. Shorten it." in failed.reason
    world.use(ConsolePlatform(world.journal, paint=None, faults=None, clock=world.clock))
    assert await world.store.retry_job(failed.id)
    await world.drain(Queue.DELIVER)
    assert len(keys(world.journal)) == 3, "a rejected post is not lost: it goes out when it is mended"


async def test_t8_a_closed_place_keeps_everything_until_it_is_mended(world: World) -> None:
    class Closed(ConsolePlatform):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            raise PlaceClosed("The channel is gone.", "Make it again.")

    await a_day(world)
    world.use(Closed(world.journal, paint=None, faults=None, clock=world.clock))
    await world.drain(Queue.DELIVER)
    assert keys(world.journal) == []
    world.use(ConsolePlatform(world.journal, paint=None, faults=None, clock=world.clock))
    for _ in range(3):
        await world.drain(Queue.DELIVER, forward=timedelta(hours=1))
    assert len(keys(world.journal)) == 3


async def test_t9_a_restart_within_a_minute_posts_nothing_twice(world: World) -> None:
    await a_day(world)
    await world.drain(Queue.DELIVER)
    await announce(world.store, batch([paper(number) for number in range(1, 4)]), await world.store.follows())
    await world.drain(forward=timedelta(minutes=1))
    assert len(keys(world.journal)) == 3


async def test_t5_a_new_version_edits_the_old_post_and_posts_nothing(world: World) -> None:
    from bot.services.ingest.poll import judging

    await a_day(world, count=1)
    await world.drain(Queue.DELIVER)
    changed = paper(1, abstract="We present something else. It fails on long inputs.", title="Retitled", version=2)
    await world.store.put_papers([changed])
    await world.store.add_jobs([judging(changed, "plain")])
    await world.drain()
    assert len(keys(world.journal)) == 1
    (edit,) = records(world.journal, "edit")
    assert edit["key"] == keys(world.journal)[0]
    assert "Retitled" in json.dumps(edit)


async def test_t5_a_new_version_with_the_same_text_is_not_judged_again(world: World) -> None:
    from bot.services.ingest.poll import judging

    await a_day(world, count=1)
    await world.drain(Queue.DELIVER)
    judged = list(world.analyst.judged)
    same = paper(1, version=2)
    await world.store.put_papers([same])
    await world.store.add_jobs([judging(same, "plain")])
    await world.drain()
    assert world.analyst.judged == judged
    assert records(world.journal, "edit") == []


async def test_posts_of_a_thread_hang_under_their_opening(world: World) -> None:
    follows = [follow(mode="top", cards=1)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 5)]), follows)
    await world.drain()
    kinds = collections.Counter(str(one["kind"]) for one in records(world.journal))
    assert kinds == {"opening": 1, "card": 1, "list": 1}
    opening, card, listing = records(world.journal)
    assert (opening["kind"], card["kind"], listing["kind"]) == ("opening", "card", "list")
    assert listing["thread"] == opening["id"]
    assert card["thread"] is None
    assert str(PLACE) == opening["place"]


async def test_lists_whose_opening_line_was_rejected_do_not_flood_the_channel(world: World) -> None:
    class Rejecting(ConsolePlatform):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            if key.kind is PostKind.OPENING:
                raise PostRejected("Not this.", "Mend it.")
            return await super().send(key, post, thread)

    follows = [follow(mode="top", cards=1)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, 5)]), follows)
    world.use(Rejecting(world.journal, paint=None, faults=None, clock=world.clock))
    await world.drain()
    card, listing = records(world.journal)
    assert (card["kind"], listing["kind"], listing["thread"]) == ("card", "list", None), "one message for the other"
    world.use(ConsolePlatform(world.journal, paint=None, faults=None, clock=world.clock))
    (failed,) = await world.store.list_jobs((JobState.FAILED,), Queue.DELIVER)
    assert await world.store.retry_job(failed.id)
    await world.drain(Queue.DELIVER)
    assert [one["kind"] for one in records(world.journal)] == ["card", "list", "opening"]


async def test_a_verdict_that_changed_while_its_post_was_in_flight_is_edited_in(world: World) -> None:
    from bot.services.ingest.poll import judging

    class Slow(ConsolePlatform):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            changed = paper(1, abstract="We present something else.", title="Changed in flight", version=2)
            await world.store.put_papers([changed])
            await world.store.add_jobs([judging(changed, "plain")])
            await world.drain(Queue.JUDGE)
            return await super().send(key, post, thread)

    await a_day(world, count=1)
    world.use(Slow(world.journal, paint=None, faults=None, clock=world.clock))
    await world.drain(Queue.DELIVER)
    await world.drain(Queue.DELIVER)
    assert len(keys(world.journal)) == 1
    (edit,) = records(world.journal, "edit")
    assert "Changed in flight" in json.dumps(edit)


async def test_an_adopted_post_is_written_again_for_a_verdict_may_have_come_while_it_was_in_doubt(
    world: World,
) -> None:
    await a_day(world, count=1)
    (job,) = await world.store.claim(Queue.DELIVER, 5, LEASE)
    key = PostKey.parse(job.key)
    await world.platform.send(key, Post(PostKind.CARD, "unread (model)", ()), None)
    await world.drain(Queue.DELIVER, forward=LEASE + timedelta(seconds=1))
    assert [one["key"] for one in records(world.journal)] == [job.key]
    assert [one["key"] for one in records(world.journal, "edit")] == [job.key]


async def test_an_adopted_post_of_a_changed_paper_is_written_again(world: World) -> None:
    await a_day(world, count=1)
    (job,) = await world.store.claim(Queue.DELIVER, 5, LEASE)
    key = PostKey.parse(job.key)
    await world.platform.send(key, Post(PostKind.CARD, "of the old text", ()), None)
    await world.store.put_papers([paper(1, version=2)])
    await world.drain(Queue.DELIVER, forward=LEASE + timedelta(seconds=1))
    assert [one["key"] for one in records(world.journal, "edit")] == [job.key]


async def test_an_edit_of_a_post_that_somebody_deleted_is_over_and_waits_for_nobody(world: World) -> None:
    class Deleted(ConsolePlatform):
        async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
            raise PostGone("The post was deleted.", "It is not made again.")

    await a_day(world, count=1)
    await world.drain(Queue.DELIVER)
    (card,) = [str(one["key"]) for one in records(world.journal) if one["kind"] == "card"]
    world.use(Deleted(world.journal, paint=None, faults=None, clock=world.clock))
    await world.store.add_jobs([NewJob(Queue.DELIVER, f"edit|{card}|votes 60 1", {"edit": card})])
    await world.drain(Queue.DELIVER)
    assert await world.store.list_jobs((JobState.FAILED, JobState.OPEN), Queue.DELIVER) == []
    assert [str(one["key"]) for one in records(world.journal)] == [card]


async def test_a_paper_that_goes_back_to_its_first_text_is_judged_again(world: World) -> None:
    from bot.services.ingest.poll import judging

    await a_day(world, count=1)
    await world.drain(Queue.DELIVER)
    for version, text in ((2, "We present something else."), (3, paper(1).abstract)):
        now = paper(1, abstract=text, version=version)
        await world.store.put_papers([now])
        await world.store.add_jobs([judging(now, "plain")])
        await world.drain()
    assert world.analyst.judged == ["2606.00001"] * 3


@pytest.mark.parametrize("fault", ["refuse", "rate_limited"])
async def test_a_platform_that_never_takes_a_post_is_asked_less_and_less_often(world: World, fault: str) -> None:
    await a_day(world, count=1)
    world.fail(**{fault: 1.0})
    for _ in range(12):
        await world.drain(Queue.DELIVER, forward=timedelta(minutes=11))
    due = await world.store.next_due([Queue.DELIVER])
    assert due is not None
    assert due > timedelta(minutes=1)
    assert keys(world.journal) == []


async def test_a_platform_that_can_never_be_asked_is_asked_less_and_less_often(world: World) -> None:
    class Deaf(ConsolePlatform):
        """Sends whose ending is never known, and no memory of them."""

        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            raise SendUnknown("the connection dropped")

        async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
            raise LookUnavailable("not now")

    await a_day(world, count=1)
    world.use(Deaf(world.journal, paint=None, faults=None, clock=world.clock))
    for _ in range(12):
        await world.drain(Queue.DELIVER, forward=timedelta(minutes=11))
    due = await world.store.next_due([Queue.DELIVER])
    assert due is not None
    assert due > timedelta(minutes=1)
