"""Analyses are written for the cards of a day before they are posted, each once, and hold no edition up."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.commands.payer import Payer
from bot.core.follows.edition import Disposition
from bot.core.fulltext.fulltext import FullText
from bot.core.jobs.job import Queue
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, Claim, NoAnalysis, Verdict, Wait
from bot.ports.model import CallLog
from bot.services.judging.analyse import Analyse, analysing
from bot.services.judging.judge import Judge, NoCalls
from tests.fakes.minds import Library
from tests.fakes.worlds import announce, batch, follow, lens, paper
from tests.services.conftest import LEASE, World
from tests.services.test_deliver import records

Says = Callable[[], Analysis | NoAnalysis | Wait]
WRITTEN = Analysis(Claim("It tests."), None, (), "It is read.", (), "Real.", "So it goes.")


class Writer:
    """An analyst that writes what it is told."""

    def __init__(self, world: World, says: Says) -> None:
        self._reader = world.analyst
        self.says = says
        self.wrote: list[str] = []

    async def judge(self, paper: Paper, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        return await self._reader.judge(paper, lens, call_log)

    async def judge_text(self, paper: Paper, full: FullText, lens: Lens, call_log: CallLog) -> Verdict | Wait:
        return await self._reader.judge(paper, lens, call_log)

    async def analyse(
        self, verdict: Verdict, paper: Paper, full: FullText | None, lens: Lens, call_log: CallLog
    ) -> Analysis | NoAnalysis | Wait:
        self.wrote.append(str(paper.id))
        return self.says()

    async def close(self) -> None: ...


def writing(world: World, says: Says) -> Writer:
    """The world with analyses that come out so, at the present moment."""
    writer = Writer(world, says)
    lenses = {"plain": lens("plain")}
    analyse = Analyse(world.store, writer, Library(), NoCalls())
    world.steps[Queue.JUDGE] = Judge(world.store, writer, lenses, NoCalls(), None, analyse)
    world.clock.moment = datetime.now(UTC)
    return writer


async def day(world: World, papers: int = 8) -> None:
    follows = [follow(lens="plain", cards=2)]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, papers + 1)]), follows)


def everything(world: World) -> list[str]:
    return world.journal.read_text(encoding="utf-8").splitlines()


def cards(world: World) -> list[str]:
    return [json.dumps(one) for one in records(world.journal) if one["kind"] == "card"]


async def test_the_cards_of_a_day_have_their_analyses_before_they_are_posted_and_nothing_else_has(world: World) -> None:
    writer = writing(world, lambda: WRITTEN)
    await day(world)
    await world.drain(Queue.JUDGE, Queue.EDITION, Queue.DELIVER)
    assert cards(world) == [], "they wait for their analyses"
    await world.drain(Queue.JUDGE)
    await world.drain(forward=timedelta(seconds=5))
    assert len(cards(world)) == 2
    assert all("So it goes." in text for text in cards(world))
    assert len(writer.wrote) == len(set(writer.wrote)) == 2, "the other six have none"


@pytest.mark.parametrize(
    "says",
    [lambda: NoAnalysis("It contradicts.", disagrees=True), lambda: Wait("the model is away", 600)],
    ids=["contradicts", "put off"],
)
async def test_an_analysis_that_failed_or_is_put_off_leaves_its_card_without_a_closing_line(
    world: World, says: Says
) -> None:
    writing(world, says)
    await day(world)
    await world.drain()
    await world.drain(forward=timedelta(seconds=5))
    assert len(cards(world)) == 2
    assert not any("So it goes." in text for text in cards(world))
    (edition,) = await world.store.editions()
    assert edition.fates[Disposition.POSTED] == 2


async def test_an_analysis_that_nobody_begins_holds_the_edition_no_longer_than_its_close(world: World) -> None:
    writing(world, lambda: WRITTEN)
    await day(world)
    await world.drain()
    assert cards(world) == []
    world.clock.moment += timedelta(hours=3, minutes=1)
    await world.drain(Queue.EDITION, Queue.DELIVER, forward=timedelta(hours=3, minutes=1))
    assert len(cards(world)) == 2
    assert not any("So it goes." in text for text in cards(world))
    await world.drain()
    assert any("So it goes." in text for text in everything(world)), "what comes later is put into the card"


async def test_an_analysis_that_somebody_asks_for_edits_no_list_and_no_opening_line(world: World) -> None:
    writing(world, lambda: WRITTEN)
    await day(world)
    await world.drain()
    await world.drain(Queue.JUDGE)
    await world.drain(forward=timedelta(seconds=5))
    posted = len(everything(world))
    carded = {record["key"].split("|")[2] for record in records(world.journal) if record["kind"] == "card"}
    of = next(paper(number) for number in range(1, 9) if str(paper(number).id) not in carded)
    verdict = await world.store.verdict(of.id, "plain")
    assert verdict is not None
    await world.store.add_jobs([analysing(of, verdict, 0.0, Payer.of_follow(follow(lens="plain")))])
    await world.drain()
    await world.drain(forward=timedelta(seconds=5))
    after = await world.store.verdict(of.id, "plain")
    assert after is not None
    assert after.analysis == WRITTEN
    assert len(everything(world)) == posted, "neither shows any of it, and an edit would mark both as edited"


async def test_a_verdict_that_changed_while_its_analysis_was_written_keeps_what_changed(world: World) -> None:
    from bot.core.verdicts.dispute import without

    writer = writing(world, lambda: WRITTEN)
    await day(world, papers=1)
    await world.drain()
    (job,) = [
        one for one in await world.store.claim(Queue.JUDGE, 5, LEASE) if one.payload.get("analysis") == "2606.00001"
    ]
    before = await world.store.verdict(ArxivId("2606.00001"), "plain")
    assert before is not None
    changed = without(before, "headline")
    assert not await world.store.finish_analysis(job, changed, changed.with_analysis(WRITTEN), ())
    assert await world.store.verdict(ArxivId("2606.00001"), "plain") == before
    assert await world.store.finish_analysis(job, before, before.with_analysis(WRITTEN), ())
    after = await world.store.verdict(ArxivId("2606.00001"), "plain")
    assert after is not None
    assert after.analysis == WRITTEN
    assert writer.wrote == []
