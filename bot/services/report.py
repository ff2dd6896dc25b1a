"""The weekly report as work: one job a place and week, added by whoever notices first that it is due."""

from collections.abc import Mapping

from bot.core.follow import Follow
from bot.core.post import Place, PostKey, PostKind
from bot.core.schedule import eastern_day
from bot.core.week import due_week, report_moment
from bot.core.work import NewJob, Queue
from bot.ports import Clock, Store

EVERY_LENS = "all"


async def add_reports(store: Store, clock: Clock) -> int:
    """Add the reports that are due now; how many were new. A place's first follow decides hour and zone.

    Due is a report from the hour on Monday until that Monday is over, in the place's zone, and only where something
    was followed before that hour.
    """
    now = clock.now()
    places: dict[Place, Follow] = {}
    for follow in await store.follows():
        is_muted = follow.muted_until is not None and eastern_day(now) < follow.muted_until
        if follow.is_on and follow.report and not is_muted:
            places.setdefault(follow.place, follow)
    jobs: list[NewJob] = []
    for place, follow in places.items():
        week = due_week(now, follow.report_hour, follow.zone)
        if week is None or (follow.made_at and follow.made_at > report_moment(week, follow.report_hour, follow.zone)):
            continue
        key = PostKey(place, PostKind.REPORT, str(week), EVERY_LENS)
        jobs.append(NewJob(Queue.DELIVER, str(key), _payload(follow), lane=str(place)))
    return await store.add_jobs(jobs) if jobs else 0


def _payload(follow: Follow) -> Mapping[str, str]:
    return {"zone": follow.zone, "hour": follow.report_hour.isoformat()}
