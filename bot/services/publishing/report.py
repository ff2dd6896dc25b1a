"""The weekly report as work: one job a place and week, added by whoever notices first that it is due."""

from collections.abc import Mapping, Sequence

from bot.core.follows.follow import Follow
from bot.core.follows.week import IsoWeek, due_week
from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.calendar import eastern_day
from bot.core.posts.post import Place, PostKey, PostKind
from bot.ports.store import Clock, Store

EVERY_LENS = "all"


async def add_reports(store: Store, clock: Clock) -> int:
    """Add the reports that are due now; how many were new. A place's first follow decides hour and zone.

    Due is a report from the hour on Monday until that Monday is over, in the place's zone, and only of a week in which
    something was followed there, or stood there.
    """
    now = clock.now()
    places: dict[Place, Follow] = {}
    follows = await store.follows()
    for follow in follows:
        is_muted = follow.muted_until is not None and eastern_day(now) < follow.muted_until
        if follow.is_on and follow.report and not is_muted:
            places.setdefault(follow.place, follow)
    jobs: list[NewJob] = []
    for place, follow in places.items():
        week = due_week(now, follow.report_hour, follow.zone)
        of_place = [follow for follow in follows if follow.place == place]
        if week is None or not await was_here(store, place, week, of_place, follow.zone):
            continue
        key = PostKey(place, PostKind.REPORT, str(week), EVERY_LENS)
        jobs.append(NewJob(Queue.DELIVER, str(key), _payload(follow), lane=str(place)))
    return await store.add_jobs(jobs) if jobs else 0


async def was_here(store: Store, place: Place, week: IsoWeek, follows: Sequence[Follow], zone: str) -> bool:
    """Whether there is a report of that week: something was followed there before it was over, or something stood."""
    begin, end = week.bounds(zone)
    if any(follow.made_at is None or follow.made_at < end for follow in follows if not follow.is_draft):
        return True
    return bool((await store.week(place, begin, end)).shown)


def _payload(follow: Follow) -> Mapping[str, str]:
    return {"zone": follow.zone, "hour": follow.report_hour.isoformat()}
