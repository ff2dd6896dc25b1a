"""A job as a row of the table, and a row as a job."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.store.database.repository import NOTHING_NOTED, moment, storable, why_of

REASON_LENGTH = 1000


def as_row(job: NewJob, now: float) -> dict[str, Any]:
    """A job to add, as a row."""
    return {
        "queue": job.queue,
        "key": job.key,
        "lane": job.lane,
        "paper": job.payload.get("paper"),
        "lens": job.payload.get("lens"),
        "payload": as_payload(job.payload),
        "priority": job.priority,
        "state": JobState.OPEN,
        "due": now + job.delay.total_seconds(),
        "leased": False,
        "attempts": 0,
        "settled": 0,
        "added": now,
        "faults": 0,
    } | NOTHING_NOTED


def as_payload(values: Mapping[str, Any]) -> str:
    """A payload as it is stored."""
    return json.dumps(dict(values), separators=(",", ":"))


def reason_words(words: str) -> str:
    """A platform's or server's words, in a form that any database stores."""
    return storable(words)[:REASON_LENGTH]


def as_job(row: Row[Any]) -> Job:
    """A row as a job."""
    return Job(
        id=row.id,
        queue=Queue(row.queue),
        key=row.key,
        payload=json.loads(row.payload),
        attempt=row.attempts,
        doubtful=row.attempts > row.settled + 1,
        lane=row.lane,
        state=JobState(row.state),
        due_at=moment(row.due),
        added_at=moment(row.added),
        reason=row.reason,
        priority=row.priority,
        why=why_of(row.why),
        faults=row.faults,
        ended_at=None if row.ended is None else moment(row.ended),
        is_under_way=bool(row.leased),
    )
