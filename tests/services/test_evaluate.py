"""An evaluation's work against a server that speaks OpenAI's protocol and a real store: asked once, and kept."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.verdicts.llm import LlmAnalyst
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.cli.evaluation.agreement import load_alpha
from bot.core.errors import StoreError
from bot.core.evaluation.gold import gold_from_rows
from bot.core.evaluation.share import Share
from bot.core.evaluation.trials import SCAN, Ending, EvalRun, TrialFigures, figures_of
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.call import Budget, Price
from bot.lenses.load import load_lenses
from bot.services.evaluation.evaluate import Participant, Piece, pieces_of
from bot.services.evaluation.trial_runner import TrialRunner
from bot.store.database.tables import calls
from bot.store.sql import SqlStore
from tests.fakes.clock import StandingClock
from tests.fakes.openai_server import Asked, FakeOpenAi, drops, good, replies, says, status
from tests.fakes.replies import as_text, completion, good_reply

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
PLENTY = Budget(10_000_000, 100.0)
LENS = load_lenses(None)["plain"]
KEYS = [asked.key for asked in LENS.checklist]


def paper(number: int) -> Paper:
    """An invented paper of two sentences."""
    text = f"Letters are sorted by hand. We present system {number}."
    return Paper(ArxivId(f"2606.{number:05}"), 1, f"Invented sorter {number}", text, "A", ("cs.AI",))


class Noted:
    """Remembers what was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, int, int]] = []

    def show(self, name: str, done: int, total: int) -> None:
        self.shown.append((name, done, total))


class Hall:
    """A server, a store, and one judge after the other."""

    def __init__(self, server: FakeOpenAi, store: SqlStore) -> None:
        self.server = server
        self.store = store
        self.budget = PLENTY
        self.rested: list[float] = []
        self.noted = Noted()
        self.stop = asyncio.Event()
        self._open: list[LlmAnalyst] = []

    def judge(self, name: str = "m", runs: int = 2, **changes: Any) -> Participant:
        plain: dict[str, Any] = {"base_url": self.server.base_url, "model": name, "timeout": timedelta(seconds=60)}
        endpoint = Endpoint(**(plain | changes))
        analyst = LlmAnalyst([endpoint], self.budget, StandingClock(NOON))
        self._open.append(analyst)
        return Participant(name, analyst, f"{endpoint.key}|{endpoint.temperature}", runs)

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    async def known(self, pieces: Sequence[Piece]) -> tuple[list[EvalRun], list[Piece]]:
        return await TrialRunner[Piece, EvalRun](self.store).look(pieces, self.noted)

    async def read(self, judge: Participant, papers: int = 1) -> list[EvalRun]:
        """All there is to read, from the store and then from the server."""
        pieces = pieces_of([judge], [paper(number) for number in range(1, papers + 1)], [LENS])
        found, left = await self.known(pieces)
        found += await TrialRunner[Piece, EvalRun](self.store, concurrency=3, rest=self.rest).ask(
            left, self.noted, self.stop
        )
        return sorted(found, key=lambda one: (one.run, one.paper))

    async def close(self) -> None:
        for analyst in self._open:
            await analyst.close()


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    store = SqlStore(str(tmp_path / "store.db"))
    await store.open()
    async with FakeOpenAi() as server:
        hall = Hall(server, store)
        yield hall
        await hall.close()
    await store.close()


def figures(readings: Sequence[EvalRun], labels: dict[str, str] | None = None) -> TrialFigures:
    rows = [
        {"paper": str(paper(1).id), "item": f"plain.{key}", "label": label} for key, label in (labels or {}).items()
    ]
    return figures_of(readings, LENS, gold=gold_from_rows(rows, "labels"), supported={}, alpha=load_alpha())


async def test_every_run_of_a_paper_is_a_call_of_its_own_and_is_known_from_then_on(hall: Hall) -> None:
    judge = hall.judge(runs=3)
    readings = await hall.read(judge, papers=2)
    assert [(one.run, str(one.paper)) for one in readings] == [
        (run, f"2606.{number:05}") for run in (1, 2, 3) for number in (1, 2)
    ]
    assert len(hall.server.asked) == 6
    assert ("asked", 6, 6) in hall.noted.shown
    again, left = await hall.known(pieces_of([hall.judge(runs=3)], [paper(1), paper(2)], [LENS]))
    assert (len(again), left) == (6, [])
    assert len(hall.server.asked) == 6
    more = await hall.read(hall.judge(runs=4), papers=2)
    assert len(more) == 8
    assert len(hall.server.asked) == 8, "a fourth run asks for itself alone"


async def test_another_temperature_another_model_and_daily_work_do_not_share_replies(hall: Hall) -> None:
    await hall.read(hall.judge(runs=1))
    await hall.read(hall.judge(runs=1, temperature=0.7))
    await hall.read(hall.judge("other", runs=1))
    daily = hall.judge(runs=1).analyst
    await daily.judge(paper(1), LENS, hall.store)
    assert len(hall.server.asked) == 4


async def test_what_is_stopped_goes_on_without_a_second_call(hall: Hall) -> None:
    async def last(asked: Asked, request: web.Request) -> web.StreamResponse:
        hall.stop.set()
        return await good(asked, request)

    hall.server.will(good, last)
    judge = hall.judge(runs=2)
    readings = await hall.read(judge, papers=5)
    asked = len(hall.server.asked)
    answered = [one for one in readings if one.verdict]
    assert 2 <= asked == len(answered) < 10, "what was under way is finished, nothing more begun"
    assert {one.reason for one in readings if not one.verdict} == {"the evaluation was stopped"}
    hall.stop.clear()
    readings = await hall.read(hall.judge(runs=2), papers=5)
    assert all(one.verdict for one in readings)
    assert len(hall.server.asked) == 10


async def test_a_reply_that_was_stored_and_never_read_is_not_paid_for_again(hall: Hall) -> None:
    await hall.read(hall.judge(runs=1))
    async with hall.store._database.write() as connection:
        await connection.execute(calls.update().values(outcome="begun"))
    (found,), left = await hall.known(pieces_of([hall.judge(runs=1)], [paper(1)], [LENS]))
    assert (found.ending, left) == (Ending.AT_ONCE, [])
    assert len(hall.server.asked) == 1


async def test_replies_that_fit_at_once_after_repair_and_never_are_told_apart(hall: Hall) -> None:
    hall.server.by_title = {"Invented sorter 3": says("no verdict")}
    hall.server.will(says("nothing"), good)
    judge = hall.judge(runs=1)
    first = await hall.read(judge)
    readings = first + await hall.read(hall.judge(runs=1), papers=3)
    by_paper = {str(one.paper): one for one in readings}
    assert by_paper["2606.00001"].ending is Ending.REPAIRED
    assert by_paper["2606.00002"].ending is Ending.AT_ONCE
    unfit = by_paper["2606.00003"]
    assert (unfit.ending, unfit.replies) == (Ending.UNFIT, 2)
    assert "object" in unfit.reason
    assert hall.rested == [], "what is no verdict is not asked for again"
    counted = figures(list(by_paper.values()))
    assert (counted.at_once, counted.after_repair) == (Share(1, 3), Share(2, 3))
    assert (counted.replies, counted.usage.tokens_in) == (5, 5 * 2600)
    asked = len(hall.server.asked)
    again = await hall.read(hall.judge(runs=1), papers=3)
    assert [one.ending for one in again] == [Ending.REPAIRED, Ending.AT_ONCE, Ending.UNFIT]
    assert again[2].reason == unfit.reason
    assert len(hall.server.asked) == asked, "no verdict is a result too"


async def test_a_server_that_is_away_for_a_moment_is_asked_again(hall: Hall) -> None:
    hall.server.will(status(503), drops)
    (one,) = await hall.read(hall.judge(runs=1))
    assert one.ending is Ending.AT_ONCE
    assert len(hall.rested) == 2


async def test_a_server_that_stays_away_leaves_the_reading_for_the_next_start(hall: Hall) -> None:
    hall.server.always = status(503)
    readings = await hall.read(hall.judge(runs=1), papers=2)
    assert {one.ending for one in readings} == {Ending.UNANSWERED}
    assert "error on its side" in readings[0].reason
    assert figures(readings).unanswered == 2
    _, left = await hall.known(pieces_of([hall.judge(runs=1)], [paper(1), paper(2)], [LENS]))
    assert len(left) == 2


async def test_a_refused_key_stops_that_judge_alone(hall: Hall) -> None:
    hall.server.takes_key = "right"
    wrong, right = hall.judge("wrong", runs=1, api_key="x"), hall.judge("right", runs=1, api_key="right")
    pieces = pieces_of([wrong, right], [paper(number) for number in range(1, 6)], [LENS])
    readings = await TrialRunner[Piece, EvalRun](hall.store, rest=hall.rest).ask(pieces, hall.noted, hall.stop)
    endings = {(one.judge, one.ending) for one in readings}
    assert endings == {("wrong", Ending.UNANSWERED), ("right", Ending.AT_ONCE)}
    assert len(hall.server.asked) == 1 + 5


async def test_a_text_that_is_too_long_for_a_model_is_no_verdict_and_stops_nobody(hall: Hall) -> None:
    hall.server.by_title = {"Invented sorter 1": status(400, "maximum context length exceeded")}
    readings = await hall.read(hall.judge(runs=1), papers=4)
    assert [one.ending for one in readings] == [Ending.UNFIT, *[Ending.AT_ONCE] * 3]
    assert "too long" in readings[0].reason


async def test_a_fault_of_the_store_is_told_as_itself(hall: Hall) -> None:
    class Broken(LlmAnalyst):
        async def judge(self, *_: Any) -> Any:
            raise StoreError("The disk is full.")

    broken = Participant("m", Broken([], PLENTY, StandingClock(NOON)), runs=3)
    pieces = pieces_of([broken], [paper(1), paper(2)], [LENS])
    with pytest.raises(StoreError, match="disk is full"):
        await TrialRunner[Piece, EvalRun](hall.store, concurrency=2).ask(pieces, hall.noted, hall.stop)


async def test_the_days_budget_holds_and_the_rest_is_left(hall: Hall) -> None:
    hall.budget = Budget(10_000_000, 0.05)
    price = Price(0.0, 10.0)
    judge = hall.judge(runs=1, price=price, max_tokens=2000)
    readings = await hall.read(judge, papers=8)
    kept = [one for one in readings if one.verdict]
    assert 0 < len(kept) < 8
    assert (await hall.store.spending()).usd <= 0.05
    assert {one.reason for one in readings if not one.verdict} == {
        "the day's model budget of 0.05 USD is used up; the next day begins at 00:00 UTC"
    }


async def test_the_scan_is_read_beside_the_models_once_and_for_nothing(hall: Hall) -> None:
    scan = Participant(SCAN, ScanAnalyst(StandingClock(NOON)), by_rule=True)
    pieces = pieces_of([scan, hall.judge(runs=3)], [paper(1)], [LENS])
    assert [(piece.contender.name, piece.run) for piece in pieces] == [("scan", 1), ("m", 1), ("m", 2), ("m", 3)]
    known, left = await hall.known(pieces)
    assert [one.judge for one in known] == [SCAN]
    assert len(left) == 3
    assert hall.server.asked == []


def labelled(**labels: str) -> Any:
    """A reply with those labels, every other item absent."""
    found = {
        key: {"label": labels.get(key, "absent"), "cites": [1] if labels.get(key) == "addressed" else [], "reason": ""}
        for key in KEYS
    }
    return replies(checklist=found, headline="Sorts the letters faster now.")


async def test_the_figures_of_a_tiny_case_are_those_one_counts_by_hand(hall: Hall) -> None:
    """Two runs of one paper; ten items a run, of which `what` differs, and `how` is addressed in both."""
    assert len(KEYS) == 10
    hall.server.will(labelled(what="addressed", how="addressed"), labelled(how="addressed"))
    judge = hall.judge(runs=2, price=Price(1.0, 10.0))
    first = await hall.read(hall.judge(runs=1, price=Price(1.0, 10.0)))
    second = [one for one in await hall.read(judge) if one.run == 2]
    counted = figures(first + second, {"what": "present", "how": "present", "problem": "present", "get": "absent"})
    assert (counted.papers, counted.runs, counted.readings) == (1, 2, 2)
    assert counted.labels is not None
    assert (counted.labels.right, counted.labels.of) == (3 + 2, 8)
    assert counted.labels.absent == 2, "what an always-absent judge gets"
    assert (counted.labels.addressed, counted.labels.found, counted.labels.said) == (6, 3, 3)
    # ten pairs, one split: observed 1/10; of 20 labels 3 are addressed: expected 2 x 3 x 17 / (20 x 19)
    assert counted.agreement.alpha == pytest.approx(1 - 0.1 / (2 * 3 * 17 / (20 * 19)))
    assert counted.citing == Share((1 + 2) + (1 + 1), 5), "the fallacy and the findings"
    assert (counted.usage.tokens_in, counted.usage.tokens_out) == (5200, 1400)
    assert counted.usage.usd == pytest.approx(2 * (2600 * 1.0 + 700 * 10.0) / 1_000_000)
    assert counted.headlines is None, "one headline a day has nothing to be like"


async def test_a_model_that_always_says_absent_agrees_with_itself_and_is_right_as_often_as_absent_is(
    hall: Hall,
) -> None:
    hall.server.always = labelled()
    labels = {"what": "present", "how": "present", "problem": "present", "get": "absent"}
    counted = figures(await hall.read(hall.judge(runs=3), papers=2), labels)
    assert counted.agreement.alpha is None
    assert counted.agreement.why == "one label only: absent"
    assert counted.labels is not None
    assert counted.labels.right == counted.labels.absent == 3
    assert counted.labels.of == 12
    assert counted.headlines is not None
    assert (counted.headlines.shared_openings, counted.headlines.overlap) == (1.0, 1.0)


async def test_claims_that_had_to_go_and_fallacies_of_none_are_counted(hall: Hall) -> None:
    async def answer(asked: Asked, _request: web.Request) -> web.StreamResponse:
        reply = good_reply(asked.lens, addressed=("what", "how")) | {"core_fallacy": None}
        reply["checklist"]["how"]["cites"] = []
        return web.json_response(completion(as_text(reply)))

    hall.server.always = answer
    counted = figures(await hall.read(hall.judge(runs=1)))
    assert counted.dropped == 1
    assert counted.citing == Share(1, 2)
    assert counted.fallacy_none == Share(1, 1)
