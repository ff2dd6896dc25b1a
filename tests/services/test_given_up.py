"""Who runs the bot is told of work that was given up: the first of an hour at once, the others in one word more."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

from bot.core.commands.event import Actor, CommandEvent
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.posts.post import Place, PostKey, PostKind
from bot.core.posts.post_json import post_from_json
from bot.ports.platform import Platform
from bot.services.publishing.given_up import GivenUpWork
from tests.fakes.worlds import PLACE, SetClock
from tests.services.conftest import World


class Chat:
    """A platform that takes private words."""

    def private(self, person: str) -> Place:
        return Place("chat", f"@{person.partition(':')[2]}")

    async def describe(self, place: Place) -> str:
        return f"#{place.channel}"


async def given_up(world: World, *jobs: NewJob) -> list[tuple[str, str, timedelta]]:
    """What is told of those jobs: to whom, in which words, how much later."""
    platform = cast(Platform, Chat())
    work = GivenUpWork(world.store, {"chat": platform, PLACE.platform: platform}, ["chat:boss"], world.clock)
    await world.store.add_jobs(jobs)
    told = []
    for job in await world.store.list_jobs((JobState.OPEN,)):
        following = list(await work(job))
        await world.store.add_jobs(following)
        told += [(new.key.partition("|")[0], post_from_json(new.payload["post"]).text, new.delay) for new in following]
    return told


def delivery(number: int, kind: PostKind = PostKind.CARD) -> NewJob:
    return NewJob(Queue.DELIVER, str(PostKey(PLACE, kind, f"2606.{number:05}", "plain")))


async def test_an_operator_is_told_of_a_post_that_was_given_up_and_of_more_within_the_hour_once(world: World) -> None:
    first, *others = await given_up(world, delivery(1), delivery(2), delivery(3))
    assert first[0] == "chat:@boss"
    assert first[1].startswith(f"I gave up a post for #{PLACE.channel}: it failed for hours")
    assert "copecheck jobs retry 1" in first[1]
    assert {told[1].splitlines()[0] for told in others} == {"I gave up more work in that hour."}
    assert all(told[2] > timedelta(0) for told in others)


async def test_a_change_of_a_post_and_other_work_are_told_by_what_they_are(world: World) -> None:
    key = str(PostKey(PLACE, PostKind.CARD, "2606.00001", "plain"))
    (told,) = await given_up(world, NewJob(Queue.DELIVER, f"edit|{key}|1", {"edit": key}))
    assert told[1].startswith(f"I gave up a change of a post for #{PLACE.channel}:")
    work = GivenUpWork(world.store, {"chat": cast(Platform, Chat())}, ["chat:boss"], replace_clock(world))
    (job,) = await world.store.list_jobs((JobState.OPEN,), Queue.DELIVER, 1)
    (following,) = await work(replace(job, queue=Queue.EDITION, key="follow/2026-06-02"))
    assert post_from_json(following.payload["post"]).text.startswith("I gave up a day to be closed:")


def replace_clock(world: World) -> SetClock:
    """A clock an hour later: another hour's first word."""
    return SetClock(world.clock.now() + timedelta(hours=1))


async def test_a_private_word_that_was_given_up_is_not_told_by_another_private_word(world: World) -> None:
    assert await given_up(world, delivery(1, PostKind.NOTICE)) == []


async def test_who_asked_by_a_command_is_told_that_its_answer_was_given_up(world: World) -> None:
    asker = Actor("chat:anna", PLACE, "chat:1")
    event = CommandEvent("e1", asker, "verdict 2606.00001")
    told = await given_up(world, NewJob(Queue.ANSWER, event.key, event.payload(), lane=event.lane))
    assert [(to, words.partition(":")[0]) for to, words, _ in told] == [
        ("chat:@anna", "Your question could not be answered"),
        ("chat:@boss", "I gave up an answer"),
    ]


async def test_who_runs_the_bot_is_told_of_work_that_cannot_even_be_read(world: World) -> None:
    for queue in (Queue.ANSWER, Queue.REMARK):
        (told, *_) = await given_up(world, NewJob(queue, "torn", {}))
        assert told[0] == "chat:@boss"
        for job in await world.store.list_jobs((JobState.OPEN,)):
            await world.store.drop_job(job.id)
