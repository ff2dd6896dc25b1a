"""The kill harness in short: a handful of kills of every kind, on invented days, with one and with three processes."""

from pathlib import Path

import pytest

from tests.kill.harness import Harness, expected_keys, papers_of
from tests.kill.targets import ConsoleTarget

ITEM = """<item><title>Invented system {number}</title><link>https://arxiv.org/abs/2606.{number:05}</link>
<description>arXiv:2606.{number:05}v1 Announce Type: {kind} \nAbstract: We present system {number}. It is invented.
</description><guid isPermaLink="false">oai:arXiv.org:2606.{number:05}v1</guid><category>cs.AI</category>
<pubDate>{date} 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"""
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0"><channel>
<title>cs.AI updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.AI</link><description>cs.AI</description>
<pubDate>{date} 00:00:00 -0400</pubDate>{entries}</channel></rss>"""
KINDS = ("new", "new", "cross", "replace")


def feed(date: str, first: int, count: int) -> str:
    """A small day in the form of arXiv's RSS."""
    numbers = range(first, first + count)
    items = [ITEM.format(number=number, date=date, kind=KINDS[number % len(KINDS)]) for number in numbers]
    return FEED.format(date=date, entries="".join(items))


DAYS = [feed("Mon, 01 Jun 2026", 1, 24), feed("Tue, 02 Jun 2026", 101, 60)]


def test_the_expected_keys_are_those_of_new_and_cross_papers() -> None:
    day, papers = papers_of(DAYS[0])
    assert (day, len(papers)) == ("2026-06-01", 18)
    assert "console:every|card|2606.00001|plain" in expected_keys(DAYS, ConsoleTarget())


@pytest.mark.parametrize("processes", [1, 3])
async def test_nothing_is_lost_and_nothing_posted_twice(tmp_path: Path, processes: int) -> None:
    harness = Harness(tmp_path, DAYS, processes=processes, kills=8, delay=0.02, seed=processes)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double) == (set(), set()), str(outcome)
    never = [kind for kind in harness.kinds if not outcome.kills[kind]]
    assert not never, f"no process died at {never}: {outcome}"


async def test_a_model_is_paid_once_however_often_the_process_dies(tmp_path: Path) -> None:
    harness = Harness(tmp_path, DAYS[:1], processes=2, kills=5, delay=0.05, seed=4, with_model=True)
    outcome = await harness.run(vanish=1 / 3)
    assert (outcome.lost, outcome.double) == (set(), set()), str(outcome)
    assert outcome.papers <= outcome.calls <= outcome.most_calls, str(outcome)
    assert outcome.kills.total() >= 3, str(outcome)
