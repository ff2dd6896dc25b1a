"""`copecheck status`: how each feed and platform is, what was posted, what waits, and what is missing."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.operate import known_follows, local_words, moment_words, store_to_read
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for
from bot.clock import SystemClock

NOBODY = (
    "Nobody follows anything yet. Begin with `copecheck init`, or with `copecheck follow add cs.AI --place "
    "console:main`."
)

if TYPE_CHECKING:
    from bot.config.settings import Settings
    from bot.core.follows.follow import Follow
    from bot.core.papers.feed import FeedState
    from bot.core.posts.connection import PlaceOutage, SeenConnection


def status(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """How each feed is, what was posted of each day, what waits, and what is missing.

    Example: copecheck status --json
    """
    settings = settings_for(context, config, store)
    facts = asyncio.run(_gather_status(settings, wanted=store is not None))
    if as_json:
        from bot.cli.paint import show_json

        show_json(facts)
    else:
        _show_status(facts)


async def _gather_status(settings: "Settings", *, wanted: bool) -> dict[str, Any]:
    """Everything that status says, as plain values."""
    from bot.core.jobs.job import JobState, Queue
    from bot.core.jobs.wait_reason import WaitReason
    from bot.core.posts.phrase import joined
    from bot.core.present.connection import held_words, telling
    from bot.core.present.status_lines import edition_line, figures_now
    from bot.core.present.waiting import late_lines
    from bot.models import describe_analyst

    faults = settings.platforms.console.faults
    async with store_to_read(settings, wanted=wanted) as store:
        follows = await known_follows(settings, store)
        followed = {category for follow in follows for category in follow.categories}
        known = {feed.category: feed for feed in await store.feed_states()}
        feeds = [known.get(name) or await store.feed_state(name) for name in sorted(followed)]
        editions = await store.editions(10)
        counts, overdue = await store.count_jobs(), (await store.figures(())).overdue
        failed = await store.list_jobs((JobState.FAILED,), limit=10)
        analyst = await describe_analyst(settings, store)
        waits_for = list(await store.reasons(Queue.JUDGE, 3))
        posting = list(await store.reasons(Queue.DELIVER, 3))
        connected, closed = await store.connections(), await store.closures()
    return {
        "feeds": [_feed(feed) for feed in feeds],
        "editions": [
            {
                "follow": edition.key.follow,
                "label": edition.follow.label,
                "place": str(edition.follow.place),
                "day": edition.key.day.isoformat(),
                "part": edition.key.part,
                "says": joined((edition_line(edition), held_words(edition, closed))),
                "fates": figures_now(edition),
            }
            for edition in editions
        ],
        "follows": [_follow(follow, settings) for follow in follows],
        "queues": _queues(counts),
        "late": late_lines(overdue),
        "failed": [{"id": job.id, "work": str(job.queue), "key": job.key, "reason": job.reason} for job in failed],
        "analyst": analyst,
        "waits_for": [noted.words for noted in waits_for],
        "stopped": [noted.words for noted in waits_for if noted.why is WaitReason.MODEL_STOPPED],
        "posts_wait_for": [noted.words for noted in posting],
        "connections": [_connection(seen_connection) for seen_connection in telling(connected, SystemClock().now())],
        "closures": [_closure(place_outage) for place_outage in closed],
        "console_faults": faults.model_dump() if faults else None,
    }


def _feed(feed: "FeedState") -> dict[str, Any]:
    """How a category's feed is, in words and values."""
    from bot.core.present.status_lines import truth_line

    return {
        "category": feed.category,
        "says": truth_line(feed),
        "outcome": feed.outcome,
        "detail": feed.detail,
        "failures": feed.failures,
        "day": feed.day.isoformat() if feed.day else None,
        "missed": [day.isoformat() for day in feed.missed],
        "lost": [day.isoformat() for day in feed.lost],
        "left_out": list(feed.left_out),
        "checked_at": moment_words(feed.checked_at),
        "next_check_at": moment_words(feed.next_check_at),
    }


def _connection(seen: "SeenConnection") -> dict[str, Any]:
    """How a process is connected, in words and values."""
    from bot.core.present.connection import connection_words

    told = seen.connection
    moments = {"since": moment_words(seen.since), "seen_at": moment_words(seen.seen_at)}
    says = connection_words(seen, SystemClock().now())
    kept = {"platform": told.platform, "state": str(told.state), "detail": told.detail, "worker": seen.worker}
    return kept | moments | {"good": told.state.is_good, "says": says}


def _closure(closure: "PlaceOutage") -> dict[str, Any]:
    """A place that takes no posts."""
    from bot.core.present.connection import closure_words

    return {"place": closure.place, "since": moment_words(closure.since), "says": closure_words(closure)}


def _follow(follow: "Follow", settings: "Settings") -> dict[str, Any]:
    """A follow, how it stands, and when it posts next."""
    from bot.core.papers.calendar import DaysOfYear, eastern_day
    from bot.core.present.status_lines import follow_now, next_post_at, state_words
    from bot.sources.holidays_kept import Holidays

    now, holidays = SystemClock().now(), Holidays(list(map(DaysOfYear.parse, settings.arxiv.no_mailing)))
    kept = {"categories": list(follow.categories), "lens": follow.lens, "paused": follow.paused, "from": follow.origin}
    next_at = moment_words(next_post_at(follow, now, holidays))
    told = {"state": state_words(follow, eastern_day(now)), "next_post_at": next_at}
    return {"name": follow.label, "place": str(follow.place), "says": follow_now(follow, now, holidays)} | kept | told


def _queues(counts: Mapping[Any, int]) -> dict[str, dict[str, int]]:
    queues: dict[str, dict[str, int]] = {}
    for (queue, state), count in counts.items():
        queues.setdefault(str(queue), {})[str(state)] = count
    return queues


def _local(moment: str | None) -> str:
    return local_words(datetime.fromisoformat(moment)) if moment else ""


def _show_status(facts: dict[str, Any]) -> None:
    from bot.cli.paint import results

    console = results()
    if facts["console_faults"]:
        console.print(f"FAULTS ARE ON in [platforms.console.faults]: {facts['console_faults']}", style="bold red")
    if not facts["follows"]:
        console.print(NOBODY, soft_wrap=True)
    for feed in facts["feeds"]:
        console.print(feed["says"], style="red" if feed["failures"] else "bold")
        last, upcoming = (_local(feed[name]) for name in ("checked_at", "next_check_at"))
        console.print(f"  last look {last or 'never'}, next {upcoming or 'at once'}", style="dim")
    for edition in facts["editions"]:
        console.print(f"{edition['label']} in {edition['place']}: {edition['says']}")
    for follow in facts["follows"]:
        console.print(follow["says"], soft_wrap=True)
    for fact in facts["connections"]:
        console.print(fact["says"], style="" if fact["good"] else "red")
    for closed in facts["closures"]:
        console.print(f"{closed['place']}: {closed['says']}", style="red")
    _show_waiting(facts)
    console.print(f"analyst: {facts['analyst']}", style="dim")


def _show_waiting(facts: dict[str, Any]) -> None:
    """What waits and why, what is late, and what failed."""
    from bot.cli.paint import results
    from bot.core.present.waiting import waits_words

    console = results()
    for late in facts["late"]:
        console.print(late, style="red")
    waiting = {name: states.get("open", 0) for name, states in facts["queues"].items()}
    console.print(f"waiting: {waits_words(waiting)}")
    for reason in facts["waits_for"]:
        console.print(f"papers wait to be judged: {reason}", style="red" if reason in facts["stopped"] else "")
    for reason in facts["posts_wait_for"]:
        console.print(f"posts wait: {reason}")
    for job in facts["failed"]:
        console.print(f"failed: job {job['id']} ({job['work']}): {job['reason']}", style="red")
    if facts["failed"]:
        console.print("  copecheck jobs retry ID tries one again, copecheck jobs drop ID gives it up", style="dim")
