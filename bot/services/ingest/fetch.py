"""What is not known yet is fetched by jobs of the looking queue: whoever waits for arXiv holds up nobody else.

One hand after another takes such jobs, communities in turn; a command or remark that needs one comes back later.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.core.commands.acts import Act, ActKind, ActLimits
from bot.core.commands.event import Actor
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.people import wait_words
from bot.core.errors import PaperNotFound, Refused
from bot.core.fulltext.fulltext import FullText
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId, Paper
from bot.ports.fulltext import TextSource
from bot.ports.store import Store

if TYPE_CHECKING:
    from bot.services.commands.context import CommandContext

FIND, TEXT, CATEGORY = "find", "full text", "category"
UNKNOWN_KEPT = timedelta(days=1)
FIRST_POLL, LATER_POLL, LAST_POLL = timedelta(seconds=0.5), timedelta(seconds=3), timedelta(seconds=30)
GIVEN_UP = (JobState.FAILED, JobState.DROPPED)
DUE_WITHIN = timedelta(seconds=3)
URGENT = -1.0


async def find_paper(means: "CommandContext", event: str, asker: Actor, paper: ArxivId) -> Paper | Job:
    """The paper, or the job that looks it up. Look-ups are counted before they are made.

    `PaperNotFound` when arXiv knows none, which is remembered for a day; `Refused` over the day's limit.
    """
    store, now = means.store, means.clock.now()
    known = await store.paper(paper)
    if known is not None:
        return known
    if await store.is_unknown(paper, UNKNOWN_KEPT):
        raise unknown(paper)
    act = Act(event, ActKind.LOOK, asker, now.date())
    if await store.count_act(act, ActLimits(means.limits.answers_person)) is not None:
        raise Refused("You have reached today's limit of papers looked up at arXiv.", wait_words(now))
    payload = {FIND: str(paper), "papers": [str(paper)]}
    job = await _job(store, f"{FIND}/{now:%Y-%m-%d}/{paper}", payload, Payer.of(asker, Cause.COMMAND))
    if job.state is JobState.DONE:
        raise unknown(paper)
    return job


async def find_text(
    store: Store, texts: TextSource, paper: Paper, payer: Payer | None, asked_at: datetime
) -> FullText | Job:
    """The full text that is kept, or the job that fetches it, opened again where what it fetched was not kept.

    What a fault that may pass has left is read by who asked before it was fetched; for who asks later, arXiv is asked.
    """
    kept = await texts.kept_text(paper)
    if kept is not None and kept.is_final:
        return kept
    key, payload = f"{TEXT}/{paper.id}v{paper.version}", {TEXT: str(paper.id), "papers": [str(paper.id)]}
    last = await store.find_job(Queue.LOOK, key)
    if last is not None and last.state in GIVEN_UP and last.ended_at and last.ended_at.date() < asked_at.date():
        await store.reopen(Queue.LOOK, [key])  # "tomorrow", as was said
    job = await _job(store, key, payload, payer)
    if job.state is not JobState.DONE:
        return job
    if kept is not None and job.ended_at is not None and job.ended_at >= asked_at:
        return kept
    await store.reopen(Queue.LOOK, [key])
    return await _job(store, key, payload, payer)


async def category_job(store: Store, category: str, now: datetime, payer: Payer) -> Job:
    """The job that reads a category's feed for a preview."""
    return await _job(store, f"{CATEGORY}/{category}/{now:%Y-%m-%dT%H}", {CATEGORY: category, "papers": []}, payer)


async def _job(store: Store, key: str, payload: Mapping[str, object], payer: Payer | None) -> Job:
    payers = (payer,) if payer else ()
    await store.add_jobs([NewJob(Queue.LOOK, key, payload, priority=URGENT, payers=payers)])
    job = await store.find_job(Queue.LOOK, key)
    if job is None or job.state in GIVEN_UP:
        raise Refused("arXiv could not be asked for that.", "Try again tomorrow.")
    return job


def is_late(job: Job, now: datetime) -> bool:
    """Whether a job was put off: arXiv cannot be asked just now."""
    return job.is_put_off(now + DUE_WITHIN)


def wait_for(job: Job, since: datetime, now: datetime) -> timedelta:
    """When to look again whether it is done: ever later, within bounds."""
    if is_late(job, now):
        return min(job.due_at - now, LAST_POLL)
    return min(max((now - since) / 8, FIRST_POLL), LATER_POLL)


def unknown(paper: ArxivId) -> PaperNotFound:
    """arXiv knows no such paper."""
    return PaperNotFound(f"arXiv knows no paper {paper}.", "Check the number, or search on arxiv.org.")
