"""A paper that somebody names in any form: from the store when it is known, else from arXiv's API; and looking again.

arXiv puts the notice of a withdrawal into a paper's comment, which the daily feed does not carry: so papers that stand
somewhere are looked at again, by jobs, when they were replaced and when their verdict is shown after a day.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.core.commands.event import CommandEvent
from bot.core.commands.payer import Cause, Payer
from bot.core.errors import PaperNotFound
from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.calendar import EASTERN
from bot.core.papers.paper import ArxivId, Paper
from bot.ports.store import PaperSource, Store

A_CALL = 100
LOOK_AGAIN_AFTER = timedelta(days=1)


async def look_up(text: str, *, store: Store, source: PaperSource) -> Paper:
    """The paper that `text` names by id, link or DOI; its latest version, remembered.

    `MalformedId` when there is no id in it, `PaperNotFound` when arXiv knows no such paper, `SourceUnavailable` when
    arXiv cannot be asked. A withdrawn paper is found: `Paper.is_withdrawn` tells.
    """
    paper_id, _ = parse_arxiv_id(text)
    known = await store.paper(paper_id)
    if known is not None:
        return known
    found = (await source.fetch_papers([paper_id])).get(paper_id)
    if found is None:
        raise PaperNotFound(f"arXiv knows no paper {paper_id}.", "Check the number, or search on arxiv.org.")
    await store.put_papers([found])
    return found


async def last_look(store: Store, paper: ArxivId) -> datetime | None:
    """When arXiv last said something of the paper: asked by us, or in an announcement; None when it never did."""
    asked_at = (await store.looks([paper])).get(paper)
    day = (await store.latest_days([paper])).get(paper)
    announced_at = datetime.combine(day, time(0), EASTERN).astimezone(UTC) if day else None
    return max(filter(None, (asked_at, announced_at)), default=None)


def is_old(looked_at: datetime | None, now: datetime) -> bool:
    """Whether a paper is looked at again before long."""
    return looked_at is None or now - looked_at > LOOK_AGAIN_AFTER


def looks_at(papers: Sequence[ArxivId], about: str, payers: tuple[Payer, ...]) -> list[NewJob]:
    """The jobs that look at these again, a call of the API each; `about` says why, and tells such jobs apart."""
    names = sorted(map(str, papers))
    calls = [names[at : at + A_CALL] for at in range(0, len(names), A_CALL)]
    return [NewJob(Queue.LOOK, f"{about}/{_fingerprint(call)}", {"papers": call}, payers=payers) for call in calls]


def look_behind(paper: ArxivId, asked: CommandEvent, fixed: Mapping[str, str]) -> NewJob:
    """The job that looks at a paper whose stored verdict was just shown, and tells who asked if it is withdrawn.

    `fixed`: what the question means, so that the second answer is about the same as the first.
    """
    payload = {"papers": [str(paper)], **asked.payload(), "fixed": dict(fixed)}
    return NewJob(Queue.LOOK, f"{asked.key}/{paper}", payload, payers=(Payer.of(asked.asker, Cause.COMMAND),))


def look_daily(paper: ArxivId, today: date, payer: Payer) -> NewJob:
    """The job that looks at a paper, once a day."""
    return NewJob(Queue.LOOK, f"{today.isoformat()}/{paper}", {"papers": [str(paper)]}, payers=(payer,))


def _fingerprint(names: Sequence[str]) -> str:
    return hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
