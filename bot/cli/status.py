"""`copecheck status`: how each feed and platform is, what was posted, what waits, and what is missing."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.operate import moment_words, opened_store
from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

NOBODY = (
    "Nobody follows anything yet. Add a [[follows]] table to the settings (`copecheck init`), "
    "or type follow add in a channel while `copecheck run` works."
)

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.core.connection import Closure, SeenConnection
    from bot.core.follow import Follow


def status(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """How each feed is, what was posted of each day, what waits, and what is missing."""
    settings = settings_for(context, config, store)
    facts = asyncio.run(_gather_status(settings, wanted=store is not None))
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
    else:
        _show_status(facts)


async def _gather_status(settings: "Settings", *, wanted: bool) -> dict[str, Any]:
    """Everything that status says, as plain values."""
    from bot.app import describe_analyst
    from bot.core.phrase import joined
    from bot.core.present_edition import edition_line, truth_line
    from bot.core.present_status import held_words, telling
    from bot.core.work import JobState, Queue

    faults = settings.platforms.console.faults
    async with opened_store(settings, wanted=wanted) as store:
        stored = {one.name: one for one in await store.follows()}
        follows = list((stored | {one.name: one.follow() for one in settings.follows}).values())
        followed = {category for one in follows for category in one.categories}
        known = {feed.category: feed for feed in await store.feed_states()}
        feeds = [known.get(name) or await store.feed_state(name) for name in sorted(followed | set(known))]
        editions = await store.editions(10)
        counts = await store.count_jobs()
        failed = await store.list_jobs((JobState.FAILED,), limit=10)
        analyst = await describe_analyst(settings, store)
        waits_for = list(await store.reasons(Queue.JUDGE, 3))
        connected, closed = await store.connections(), await store.closures()
    return {
        "feeds": [
            {
                "category": feed.category,
                "says": truth_line(feed),
                "outcome": feed.outcome,
                "detail": feed.detail,
                "failures": feed.failures,
                "day": feed.day.isoformat() if feed.day else None,
                "missed": [day.isoformat() for day in feed.missed],
                "checked_at": moment_words(feed.checked_at),
                "next_check_at": moment_words(feed.next_check_at),
            }
            for feed in feeds
        ],
        "editions": [
            {
                "follow": edition.key.follow,
                "day": edition.key.day.isoformat(),
                "part": edition.key.part,
                "says": joined((edition_line(edition), held_words(edition, closed))),
                "fates": {str(fate): count for fate, count in edition.fates.items()},
            }
            for edition in editions
        ],
        "follows": [_follow(one) for one in follows],
        "queues": _queues(counts),
        "failed": [{"id": job.id, "key": job.key, "reason": job.reason} for job in failed],
        "analyst": analyst,
        "waits_for": waits_for,
        "connections": [_connection(one) for one in telling(connected, datetime.now(UTC))],
        "closures": [_closure(one) for one in closed],
        "console_faults": faults.model_dump() if faults else None,
    }


def _connection(seen: "SeenConnection") -> dict[str, Any]:
    """How a process is connected, in words and values."""
    from bot.core.present_status import connection_words

    told = seen.connection
    moments = {"since": moment_words(seen.since), "seen_at": moment_words(seen.seen_at)}
    says = connection_words(seen, datetime.now(UTC))
    kept = {"platform": told.platform, "state": str(told.state), "detail": told.detail, "worker": seen.worker}
    return kept | moments | {"good": told.state.is_good, "says": says}


def _closure(closure: "Closure") -> dict[str, Any]:
    """A place that takes no posts."""
    from bot.core.present_status import closure_words

    return {"place": closure.place, "since": moment_words(closure.since), "says": closure_words(closure)}


def _follow(follow: "Follow") -> dict[str, Any]:
    """A follow and how it stands."""
    from bot.core.present_follow import state_words
    from bot.core.schedule import eastern_day

    state = state_words(follow, eastern_day(datetime.now(UTC)))
    kept = {"paused": follow.paused, "from": follow.origin, "state": state}
    return {"name": follow.label, "place": str(follow.place)} | kept


def _queues(counts: Mapping[Any, int]) -> dict[str, dict[str, int]]:
    queues: dict[str, dict[str, int]] = {}
    for (queue, state), count in counts.items():
        queues.setdefault(str(queue), {})[str(state)] = count
    return queues


# What waits in each queue, in words; polls always do.
WAITS = {"judge": "paper to judge", "edition": "day to post", "deliver": "post to send", "answer": "answer to give"}


def _counted(count: int, words: str) -> str:
    one, _, rest = words.partition(" ")
    return f"{count} {one}{'' if count == 1 else 's'} {rest}"


def _show_status(facts: dict[str, Any]) -> None:
    from bot.cli.paint import results

    console = results()
    if facts["console_faults"]:
        console.print(f"FAULTS ARE ON in [platforms.console.faults]: {facts['console_faults']}", style="bold red")
    if not facts["follows"]:
        console.print(NOBODY)
    for feed in facts["feeds"]:
        console.print(feed["says"], style="red" if feed["failures"] else "bold")
        console.print(
            f"  last look {feed['checked_at'] or 'never'}, next {feed['next_check_at'] or 'at once'}", style="dim"
        )
    for edition in facts["editions"]:
        console.print(f"{edition['follow']}  {edition['says']}")
    for follow in facts["follows"]:
        console.print(f"follow {follow['name']} in {follow['place']}: {follow['state']}", style="dim")
    for one in facts["connections"]:
        console.print(one["says"], style="" if one["good"] else "red")
    for closed in facts["closures"]:
        console.print(f"{closed['place']}: {closed['says']}", style="red")
    waiting = {name: facts["queues"].get(name, {}).get("open", 0) for name in WAITS}
    said = [_counted(count, WAITS[name]) for name, count in waiting.items() if count]
    console.print(f"waiting: {', '.join(said) or 'nothing'}")
    for reason in facts["waits_for"]:
        console.print(f"papers wait to be judged: {reason}", style="red" if "stopped" in reason else "")
    for job in facts["failed"]:
        console.print(f"failed: job {job['id']} {job['key']}: {job['reason']}", style="red")
    console.print(f"analyst: {facts['analyst']}", style="dim")
