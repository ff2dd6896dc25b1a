"""An examination over a real store: asked once, gone on with later, ended when nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.analyst.answers.llm import LlmAnswerer
from bot.analyst.answers.quoting import QuotingAnswerer
from bot.analyst.endpoints.endpoint import Endpoint
from bot.core.evaluation.known_questions import Expected, KnownQuestion, Source, Tried, quiz_figures
from bot.core.evaluation.trials import Ending
from bot.core.papers.paper import ArxivId
from bot.core.verdicts.call import Budget, Usage
from bot.lenses.load import load_lenses
from bot.services.evaluation.examine import Examinee, QuestionSheet, question_sheets_of
from bot.services.evaluation.trial_runner import TrialRunner
from bot.store.sql import SqlStore
from tests.fakes.clock import StandingClock
from tests.fakes.openai_server import FakeOpenAi, says, status
from tests.fakes.replies import as_text, good_answer
from tests.fakes.texts import a_paper, a_text
from tests.services.test_evaluate import Noted

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
LENS = load_lenses(None)["plain"]
ID = ArxivId("2606.00005")
QUESTIONS = [
    KnownQuestion(ID, "How many kitchens?", Expected.ANSWERABLE, frozenset({7}), (("40",),)),
    KnownQuestion(ID, "How many towns?", Expected.ANSWERABLE, frozenset({7}), (("three",),)),
]
RIGHT = as_text(good_answer((7,)))


class Room:
    """A server, a store, and whoever is examined."""

    def __init__(self, server: FakeOpenAi, store: SqlStore) -> None:
        self.server, self.store = server, store
        self.budget = Budget(10_000_000, 100.0)
        self.noted = Noted()
        self.stop = asyncio.Event()
        self.rested: list[float] = []
        self.open: list[LlmAnswerer] = []

    def model(self, name: str = "m") -> Examinee:
        endpoint = Endpoint(self.server.base_url, name, timeout=timedelta(seconds=60))
        answerer = LlmAnswerer([endpoint], self.budget, StandingClock(NOON))
        self.open.append(answerer)
        return Examinee(name, answerer, endpoint.key)

    def sheets(self, *examinees: Examinee) -> list[QuestionSheet]:
        return question_sheets_of(examinees, QUESTIONS, {ID: Source(a_paper(), a_text())}, LENS, 1)

    async def rest(self, seconds: float) -> None:
        self.rested.append(seconds)

    async def sit(self, *examinees: Examinee) -> list[Tried]:
        examination = TrialRunner[QuestionSheet, Tried](self.store, concurrency=2, rest=self.rest)
        known, left = await examination.look(self.sheets(*examinees), self.noted)
        return known + await examination.ask(left, self.noted, self.stop)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    store = SqlStore(str(tmp_path / "store.db"))
    await store.open()
    async with FakeOpenAi() as server:
        made = Room(server, store)
        yield made
        for one in made.open:
            await one.close()
    await store.close()


async def test_every_question_is_asked_once_and_known_from_then_on(room: Room) -> None:
    room.server.always = says(RIGHT)
    first = await room.sit(room.model())
    assert len(room.server.asked) == 2
    assert {one.ending for one in first} == {Ending.AT_ONCE}
    again = await room.sit(room.model())
    assert len(room.server.asked) == 2
    key = lambda one: one.question.words  # noqa: E731
    assert [one.answer for one in sorted(again, key=key)] == [one.answer for one in sorted(first, key=key)]
    figures = quiz_figures(again)
    assert (figures.right.part, figures.pointed.part, figures.replies) == (2, 2, 2)
    assert figures.usage == Usage(5200, 1400, 4600, 0.0)


async def test_another_model_is_asked_for_itself(room: Room) -> None:
    room.server.always = says(RIGHT)
    await room.sit(room.model("m"), room.model("n"))
    assert [sent.body["model"] for sent in room.server.asked].count("n") == 2


async def test_what_fits_after_repair_and_what_never_does_are_told_apart(room: Room) -> None:
    room.server.by_title = {"On Cupboards": says("nonsense")}
    found = await room.sit(room.model())
    assert {one.ending for one in found} == {Ending.UNFIT}
    assert len(room.server.asked) == 4
    assert (await room.sit(room.model()))[0].ending is Ending.UNFIT
    assert len(room.server.asked) == 4, "what is over is not paid for again"


async def test_a_server_that_is_away_for_a_moment_is_asked_again(room: Room) -> None:
    room.server.will(status(500))
    found = await room.sit(room.model())
    assert {one.ending for one in found} == {Ending.AT_ONCE}
    assert len(room.rested) == 1


async def test_a_refused_key_leaves_the_rest_for_the_next_start(room: Room) -> None:
    room.server.takes_key = "another"
    found = await room.sit(room.model())
    assert {one.ending for one in found} == {Ending.UNANSWERED}
    assert "refuses the API key" in found[0].reason
    assert quiz_figures(found).unanswered == 2
    room.server.takes_key = None
    await room.store.resume_stopped()
    assert {one.ending for one in await room.sit(room.model())} == {Ending.AT_ONCE}


async def test_when_it_is_stopped_nothing_more_is_begun(room: Room) -> None:
    room.stop.set()
    found = await room.sit(room.model())
    assert {one.ending for one in found} == {Ending.UNANSWERED}
    assert room.server.asked == []


async def test_rules_are_known_without_a_call(room: Room) -> None:
    by_rule = Examinee("quotations", QuotingAnswerer(StandingClock(NOON)))
    known, left = await TrialRunner[QuestionSheet, Tried](room.store).look(room.sheets(by_rule), room.noted)
    assert (len(known), left) == (2, [])
    assert known[0].is_right
    assert known[0].replies == 0
