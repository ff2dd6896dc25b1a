"""What is left when the bot stops, and why."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.ports.store import Store

REASONS_SHOWN = 3


async def waiting_lines(store: "Store") -> list[str]:
    """What is left for the next start, and why; nothing where nothing is left."""
    from bot.core.jobs.job import JobState, Queue
    from bot.core.present.waiting import counted_words

    counted = await store.count_jobs()
    words = counted_words({queue: count for (queue, state), count in counted.items() if state is JobState.OPEN})
    if not words:
        return []
    causing = (Queue.LOOK, Queue.JUDGE, Queue.DELIVER, Queue.EDITION)
    reasons = dict.fromkeys([noted.words for queue in causing for noted in await store.reasons(queue, REASONS_SHOWN)])
    why = [f"  Why: {'; '.join(reasons)}."] if reasons else []
    return [f"Still waiting, and kept for the next start: {words}.", *why]
