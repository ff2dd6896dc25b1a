"""What waits, in words for who runs the bot: how much of each kind of work, what each is about, and what is late."""

from collections.abc import Mapping
from datetime import timedelta

from bot.core.follows.edition import EditionKey
from bot.core.jobs.job import Job, Queue
from bot.core.papers.arxiv_id import arxiv_ids

# What waits in each queue, in words; a look at each feed always does.
WAITS = {
    "look": "paper to ask arXiv about",
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
PAPERS_SHOWN = 3
LATE = timedelta(minutes=10)  # a platform that answers has a post within seconds; a restart of one takes minutes


def counted_words(counts: Mapping[str, int]) -> str:
    """`2 papers to judge, 1 answer to give` of how many are open by queue; empty where nothing is."""
    return ", ".join(_counted(counts[name], words) for name, words in WAITS.items() if counts.get(name))


def waits_words(counts: Mapping[str, int]) -> str:
    """`counted_words`; where there is none of it, that nothing waits, but for what comes again and again."""
    rest = "nothing but the next look at each feed" if counts.get(Queue.POLL) else "nothing"
    return counted_words(counts) or rest


def late_lines(overdue: Mapping[str, timedelta]) -> list[str]:
    """How long the oldest work of each kind has waited past its time, where that is long."""
    return [
        f"Late: the oldest {words} has waited for {_duration(overdue[name])}."
        for name, words in WAITS.items()
        if overdue.get(name, LATE) > LATE
    ]


def _duration(time: timedelta) -> str:
    if time.days > 1:
        return f"{time.days} days"
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _counted(count: int, words: str) -> str:
    thing, _, rest = words.partition(" ")
    return f"{count} {thing}{'' if count == 1 else 's'} {rest}"


def about_words(job: Job) -> str:
    """What a job is about, for people: its category, its follow and day, its papers, where its post or answer goes."""
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
