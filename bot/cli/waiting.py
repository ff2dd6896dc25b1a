"""What waits, in words for who runs the bot: how much of each kind of work, and why."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.jobs.job import Job
    from bot.ports.store import Store

# What waits in each queue, in words; polls always do, and looks are for what is named here.
WAITS = {
    "judge": "paper to judge",
    "edition": "day to post",
    "deliver": "post to send",
    "answer": "answer to give",
    "remark": "remark to answer",
}
# What is done in each queue.
WORK = {
    "poll": "read a feed",
    "look": "ask arXiv",
    "judge": "judge",
    "edition": "make a day's posts",
    "deliver": "send",
    "answer": "answer a command",
    "remark": "answer a remark",
}
REASONS_SHOWN = 3
PAPERS_SHOWN = 3


def counted_words(counts: Mapping[str, int]) -> str:
    """`2 papers to judge, 1 answer to give` of how many are open by queue; empty where nothing is."""
    return ", ".join(_counted(counts[name], words) for name, words in WAITS.items() if counts.get(name))


def _counted(count: int, words: str) -> str:
    thing, _, rest = words.partition(" ")
    return f"{count} {thing}{'' if count == 1 else 's'} {rest}"


async def waiting_lines(store: "Store") -> list[str]:
    """What is left for the next start, and why; nothing where nothing is left."""
    from bot.core.jobs.job import JobState, Queue

    counted = await store.count_jobs()
    words = counted_words({queue: count for (queue, state), count in counted.items() if state is JobState.OPEN})
    if not words:
        return []
    causing = (Queue.LOOK, Queue.JUDGE, Queue.DELIVER, Queue.EDITION)
    reasons = dict.fromkeys([noted.words for queue in causing for noted in await store.reasons(queue, REASONS_SHOWN)])
    why = [f"  Why: {'; '.join(reasons)}."] if reasons else []
    return [f"Still waiting, and kept for the next start: {words}.", *why]


def about_words(job: "Job") -> str:
    """What a job is about, for people: its category, its follow and day, its papers, where its post or answer goes."""
    from bot.core.follows.edition import EditionKey
    from bot.core.jobs.job import Queue
    from bot.core.papers.arxiv_id import arxiv_ids

    if job.queue is Queue.POLL:
        return job.key
    if job.queue is Queue.EDITION:
        key = EditionKey.parse(job.key)
        return f"{key.follow}, {key.day}" + (f", part {key.part}" if key.part > 1 else "")
    named = arxiv_ids(" ".join((job.key, *map(str, job.payload.get("papers", ())))))
    papers = list(dict.fromkeys(map(str, named)))
    more = [f"{len(papers) - PAPERS_SHOWN} more"] if len(papers) > PAPERS_SHOWN else []
    sent = [f"in {job.lane}"] if job.queue is Queue.DELIVER and job.lane else []
    return ", ".join((*papers[:PAPERS_SHOWN], *more, *sent))
