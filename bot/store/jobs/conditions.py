"""Jobs by what is asked of them in SQL: open, first in its lane, held by an attempt, waited for, wanted in a place."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from bot.core.jobs.job import JobState, Queue
from bot.store.database.tables import jobs
from bot.store.database.tables_turns import payers

OPEN = jobs.c.state == JobState.OPEN

_other = jobs.alias("other")
_begun = and_(jobs.c.attempts > jobs.c.settled, jobs.c.ended.is_(None))
_other_begun = and_(_other.c.attempts > _other.c.settled, _other.c.ended.is_(None))
# What is under way or in doubt goes before a lower id: an operator may have reopened that, or another commit lagged.
_order = or_(and_(_other_begun, ~_begun), and_(or_(_other_begun, ~_begun), _other.c.id < jobs.c.id))
# One that is held goes before all: two in a lane cannot be, and a claim of the second would fail whole.
_precedes = and_(_other.c.id != jobs.c.id, or_(_other.c.leased, and_(~jobs.c.leased, _order)))
HELD = exists().where(_other.c.lane == jobs.c.lane, _other.c.state == JobState.OPEN, _precedes)
HEAD = or_(jobs.c.lane.is_(None), ~HELD)


def is_ours(id: int, attempt: int) -> ColumnElement[bool]:
    """Whether that attempt holds the job."""
    return and_(jobs.c.id == id, jobs.c.attempts == attempt, OPEN, jobs.c.leased)


def is_judged_through(lens: str, now: ColumnElement[float]) -> ColumnElement[bool]:
    """Whether some paper is being judged through that lens, or is about to be."""
    soon = or_(_other.c.leased, _other.c.due <= now)
    return exists().where(_other.c.queue == Queue.JUDGE, _other.c.state == JobState.OPEN, _other.c.lens == lens, soon)


def is_of_many(queue: str) -> ColumnElement[bool]:
    """Whether a queue holds work of more than one community: the ends of an index, and no more of it."""
    first, last = (
        select(end(payers.c.turn)).where(payers.c.queue == queue).scalar_subquery() for end in (func.min, func.max)
    )
    return first != last


def is_wanted_in(place: str) -> Any:
    """Whether a job is done for that place."""
    return exists().where(payers.c.job == jobs.c.id, payers.c.place == place)
