"""Why a job waits is a column: kept as it was noted, gone with what it was noted of, and read from older stores."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.store.sql import SqlStore
from tests.store.making import claim_one
from tests.store.test_store_migrations import configured

HOUR = timedelta(hours=1)
INSERT = (
    "INSERT INTO jobs (queue, key, payload, priority, state, due, leased, attempts, settled, added, reason) "
    "VALUES (:queue, :key, '{}', 0, 'open', 0, FALSE, 0, 0, 0, :reason)"
)
OLD = {
    "judge|the model is stopped: a asks for payment (402)": WaitReason.MODEL_STOPPED,
    "judge|the day's model budget of 1.00 USD is used up; the next day begins at 00:00 UTC": WaitReason.BUDGET,
    "judge|your share of the day's model budget is used up; the next day begins": WaitReason.PERSON_SHARE,
    "judge|this community's share of the day's model budget is used up": WaitReason.COMMUNITY_SHARE,
    "judge|half of the day's model budget is kept for the day's own papers": WaitReason.BUDGET_KEPT,
    "judge|a wrote no verdict: no reason": WaitReason.MODEL_UNUSABLE,
    "judge|a cannot be reached": WaitReason.MODEL_AWAY,
    "judge|ValueError: see the log": WaitReason.FAULT,
    "judge|arXiv cannot be asked: it is down": WaitReason.ARXIV,
    "judge|something of long ago": WaitReason.UNKNOWN,
    "edition|3 papers wait for the model": WaitReason.MODEL_AWAITED,
    "edition|posts at 02 Jun 09:00 UTC": WaitReason.POSTING_HOUR,
    "edition|waiting for the announcement of cs.AI": WaitReason.ANNOUNCEMENT,
    "deliver|Discord cannot be reached (ClientError). See discord.api_url.": WaitReason.PLATFORM,
    "deliver|KeyError: see the log": WaitReason.FAULT,
}


@pytest.mark.parametrize("why", WaitReason)
async def test_a_reason_is_kept_until_the_job_goes_on(store: SqlStore, why: WaitReason) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, "a")])
    await store.reschedule(await claim_one(store, Queue.JUDGE), HOUR, "words", why)
    (job,) = await store.list_jobs((JobState.OPEN,))
    assert job.noted == NotedReason(why, "words")
    assert await store.reasons(Queue.JUDGE, 3) == [NotedReason(why, "words")]
    await store.retry_job(job.id)
    await store.end(await claim_one(store, Queue.JUDGE), JobState.FAILED, "other words")
    (job,) = await store.list_jobs((JobState.FAILED,))
    assert job.noted == NotedReason(WaitReason.UNKNOWN, "other words")


async def test_what_an_older_version_noted_in_words_is_read(tmp_path: Path) -> None:
    engine, config = create_engine(f"sqlite:///{tmp_path / 'old.db'}"), configured()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0013")
        for noted in OLD:
            row = dict(zip(("queue", "reason"), noted.split("|"), strict=True)) | {"key": noted}
            connection.execute(text(INSERT), row)
        connection.execute(
            text("INSERT INTO fates VALUES ('e', '2606.00001', 'unread', 'the day''s model budget is used up')")
        )
    engine.dispose()
    store = SqlStore(str(tmp_path / "old.db"))
    await store.open(upgrade=True)
    try:
        assert {job.key: job.why for job in await store.list_jobs((JobState.OPEN,))} == OLD
        async with store._database.read() as connection:
            assert (await connection.execute(text("SELECT why FROM fates"))).scalars().all() == ["budget"]
    finally:
        await store.close()
