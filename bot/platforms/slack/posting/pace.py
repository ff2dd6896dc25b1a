"""When a channel takes its next post, by Slack's own moment of the last one: `ts` says when that came in there.

Our clock and Slack's need not agree: the least that ever passed from a `ts` to its answer's arrival bounds how far
they are apart. A `ts` that lies outside its own request says nothing, and the answer's arrival counts instead.
"""

from collections import deque
from statistics import median

REMEMBERED = 30  # posts: clocks drift apart
MARGIN = 1.005  # gaps: nothing where none is kept
ENOUGH = 8  # trips, from which on they tell how steady the network is
LEAD = 0.9


class Pace:
    """What is learned from the answers to posts, on one clock of ours, in seconds."""

    def __init__(self, gap: float) -> None:
        self._gap = gap
        self._apart: deque[float] = deque(maxlen=REMEMBERED)
        self._trips: deque[float] = deque(maxlen=REMEMBERED)

    def wait(self, ts: str, sent: float, heard: float) -> float:
        """How long after `heard` the next post may be sent to the channel whose last one was sent at `sent`."""
        came_in = self._came_in(ts, sent, heard)
        if came_in is None:
            return self._gap
        return max(0.0, came_in + MARGIN * self._gap - self._lead() - heard)

    def _lead(self) -> float:
        """So much earlier one may be sent, since it travels too: nearly the shortest trip there and back, less by how
        far trips differ; nothing where they waver."""
        if len(self._trips) < ENOUGH:
            return 0.0
        shortest = min(self._trips)
        return max(0.0, LEAD * shortest - (median(self._trips) - shortest))

    def _came_in(self, ts: str, sent: float, heard: float) -> float | None:
        """The latest moment of our clock at which Slack had the post; None where its `ts` does not tell."""
        try:
            told = float(ts)
        except ValueError:
            return None
        self._apart.append(heard - told)
        self._trips.append(heard - sent)
        latest = told + min(self._apart)
        return latest if len(self._apart) > 1 and sent <= latest <= heard else None
