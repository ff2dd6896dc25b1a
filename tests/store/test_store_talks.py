"""Talks, turns and disputes as rows, and a store of before them."""

import importlib.resources
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.core.commands.event import Actor
from bot.core.commands.people import AskedFor, AskLimits
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.discussion.transcript import QuestionJob, Talk, TranscriptEntry
from bot.core.errors import LeaseLost
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.core.verdicts.dispute import Dispute, Ruling
from bot.store.sql import SqlStore
from tests.store.making import LEASE

PLACE = Place("slack", "T1/C1")
PAPER = ArxivId("2606.00001")
TALK = Talk(PLACE, "t", "slack:T1", PAPER, "plain", alone="slack:T1/ann")
KEY = PostKey(PLACE, PostKind.ANSWER, "r1", "plain")


def asking(id: str = "r1", words: str = "What of it?") -> QuestionJob:
    asker = Actor("slack:T1/ann", PLACE, "slack:T1")
    return QuestionJob(Remark(id, asker, words, PostRef(PLACE, "t"), is_addressed=True, reply_to={"token": "x"}))


def turn(one: QuestionJob, *, ours: bool = False) -> TranscriptEntry:
    key = one.remark.key + ("|ours" if ours else "")
    return TranscriptEntry(
        key, PLACE, "t", PAPER, "plain", one.remark.asker.person, one.remark.words, is_ours=ours, sameness=one.sameness
    )


async def begun(store: SqlStore, one: QuestionJob) -> Job:
    await store.add_jobs([NewJob(Queue.REMARK, one.key, one.payload(), lane=one.lane)])
    [job] = await store.claim(Queue.REMARK, 1, LEASE)
    await store.begin_question(job, turn(one), TALK)
    return job


async def test_a_talk_is_kept_by_place_and_thread_and_the_latest_of_a_paper_is_found(store: SqlStore) -> None:
    await store.put_talk(TALK)
    await store.put_talk(replace(TALK, alone="", is_crowd=True))
    assert await store.talk(PLACE, "t") == replace(TALK, alone="", is_crowd=True)
    assert await store.talk(PLACE, "other") is None
    assert await store.talk_about(PLACE, PAPER, "plain") == replace(TALK, alone="", is_crowd=True)
    assert await store.talk_about(Place("slack", "T2/C1"), PAPER, "plain") is None


async def test_an_answer_and_the_end_of_its_job_are_one_commit_and_the_words_stay_in_the_transcript_only(
    store: SqlStore,
) -> None:
    one = asking()
    job = await begun(store, one)
    delivery = NewJob(Queue.DELIVER, str(KEY), {"post": {}})
    assert await store.finish_question(job, one.remark.words, turn(one, ours=True), 0.5, [delivery], KEY)
    assert [said.is_ours for said in await store.turns(PLACE, "t")] == [False, True]
    assert (await store.find_job(Queue.DELIVER, str(KEY))) is not None
    ended = await store.find_job(Queue.REMARK, one.key)
    assert ended is not None
    assert (ended.state, ended.payload["words"], ended.payload["reply_to"]) == (JobState.DONE, "", {})
    found = await store.turn_of_post(KEY)
    assert found is not None
    assert found.paper == PAPER
    with pytest.raises(LeaseLost):
        await store.finish_question(job, "", turn(one, ours=True), 0.5, [], KEY)


async def test_an_answer_to_words_that_are_no_longer_said_is_not_kept(store: SqlStore) -> None:
    one = asking()
    job = await begun(store, one)
    assert await store.change_remark(RemarkEdited("r1", PLACE, "Who pays?"))
    assert not await store.finish_question(job, one.remark.words, turn(one, ours=True), 0.5, [], KEY)
    assert [said.words for said in await store.turns(PLACE, "t")] == ["Who pays?"]


async def test_a_remark_that_is_gone_ends_the_work_whoever_does_it(store: SqlStore) -> None:
    one = asking()
    job = await begun(store, one)
    await store.drop_remark(RemarkDeleted("r1", PLACE))
    with pytest.raises(LeaseLost):
        await store.finish_question(job, one.remark.words, turn(one, ours=True), 0.5, [], KEY)
    assert not await store.turns(PLACE, "t")
    assert not await store.claim(Queue.REMARK, 1, LEASE)


async def test_an_edit_of_an_unknown_remark_is_nothing(store: SqlStore) -> None:
    assert not await store.change_remark(RemarkEdited("r9", PLACE, "Who pays?"))
    await store.drop_remark(RemarkDeleted("r9", PLACE))


async def test_stop_ends_what_is_open_in_that_thread_only(store: SqlStore) -> None:
    await begun(store, asking())
    other = asking("r2")
    other = replace(other, remark=replace(other.remark, thread=PostRef(PLACE, "u")))
    await store.add_jobs([NewJob(Queue.REMARK, other.key, other.payload(), lane=other.lane)])
    assert await store.stop_talk(PLACE, "t")
    assert [job.key for job in await store.list_jobs([JobState.OPEN])] == [other.key]
    talk = await store.talk(PLACE, "t")
    assert talk is not None
    assert talk.is_stopped
    assert not await store.stop_talk(PLACE, "u")


async def test_counts_are_apart_and_money_is_together(store: SqlStore) -> None:
    limits = AskLimits(1, 9, 1.0, 9.0, answers_person=2, answers_thread=1, answers_place=9)
    asker = Actor("slack:T1/ann", PLACE, "slack:T1")
    verdict = AskedFor("e1", asker, PAPER, "plain", date(2026, 6, 2))
    question = replace(verdict, event="e2", is_answer=True, thread="t")
    assert await store.ask_for(verdict, limits) is None
    assert await store.ask_for(question, limits) is None
    assert await store.ask_for(question, limits) is None, "counted once"
    over = await store.ask_for(replace(question, event="e3"), limits)
    assert over is not None
    assert (over.person, over.thread) == (1, 1)
    await store.settle_request("e1", 1.0)
    broke = await store.ask_for(replace(question, event="e4", thread="u"), limits)
    assert broke is not None
    assert (broke.person_usd, broke.thread) == (1.0, 0)


async def test_a_dispute_is_kept_once_and_decided_once(store: SqlStore) -> None:
    new = Dispute("e1", PLACE, "slack:T1", "slack:T1/ann", PAPER, "plain", "fallacy", "No.", PostRef(PLACE, "t"))
    then = [NewJob(Queue.DELIVER, "d", {})]
    assert await store.add_dispute(new, then)
    assert not await store.add_dispute(new, then)
    kept = await store.open_dispute(PLACE, PAPER, "plain")
    assert kept is not None
    assert (kept.claim, kept.thread) == ("fallacy", PostRef(PLACE, "t"))
    assert await store.open_dispute(Place("slack", "T1/C2"), PAPER, "plain") is None
    assert await store.rule(kept.id, Ruling.WITHDRAWN, ()), "also where there is no verdict any more"
    assert not await store.rule(kept.id, Ruling.UPHELD, ())
    assert await store.open_dispute(PLACE, PAPER, "plain") is None


def _written_by_revision(path: Path, revision: str) -> None:
    """A store's file as a program of then would have made it, with one request in it."""
    config = Config()
    config.set_main_option("script_location", str(importlib.resources.files("bot.store") / "migrations"))
    request = {"event": "e1", "person": "slack:T1/ann", "place": str(PLACE), "community": "slack:T1"}
    request |= {"paper": str(PAPER), "lens": "plain", "day": "2026-06-02", "cost": "0", "asked": "0"}
    with sa.create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        names = ", ".join(request)
        values = ", ".join(f":{name}" for name in request)
        connection.execute(sa.text(f"insert into requests ({names}) values ({values})"), request)


async def test_a_store_of_before_talks_is_brought_up_to_date_with_what_it_counted(tmp_path: Path) -> None:
    asker = Actor("slack:T1/ann", PLACE, "slack:T1")
    _written_by_revision(tmp_path / "old.db", "0006")
    store = SqlStore(str(tmp_path / "old.db"))
    await store.open(upgrade=True)
    over = await store.ask_for(AskedFor("e2", asker, PAPER, "plain", date(2026, 6, 2)), AskLimits(1, 9, 9.0, 9.0))
    assert over is not None
    assert over.person == 1
    await store.put_talk(TALK)
    await store.close()
