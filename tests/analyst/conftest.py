"""A model's desk: the real openai package, a fake server on loopback, and a real store on disk."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.analyst.endpoints.chat import Chat
from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.verdicts.llm import LlmAnalyst
from bot.clock import SystemClock
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.call import Budget, PastCall
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict, Wait
from bot.lenses.load import load_lenses
from bot.store.database.tables import calls
from bot.store.sql import SqlStore
from tests.fakes.clock import StandingClock
from tests.fakes.openai_server import FakeOpenAi
from tests.store.making import Skew

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
ABSTRACT = (
    "Letters are still sorted by hand. We present system 5, which sorts them by reading the address. It is right for "
    "97.3% of 12,000 letters. Nobody checks what it sends."
)
PLENTY = Budget(10_000_000, 100.0)


def paper(number: int = 5, abstract: str = ABSTRACT, **changes: Any) -> Paper:
    """An invented paper whose abstract has four sentences."""
    text = abstract.replace("system 5", f"system {number}")
    plain: dict[str, Any] = {
        "id": ArxivId(f"2606.{number:05}"),
        "version": 1,
        "title": f"Invented sorter {number}",
        "abstract": text,
    }
    return Paper(**(plain | {"authors": "A. Author", "categories": ("cs.AI",)} | changes))


class Desk:
    """The analyst with its server and store; `judge()` as the judging step would ask."""

    def __init__(self, server: FakeOpenAi, store: SqlStore, skew: Skew) -> None:
        self.server = server
        self.store = store
        self.skew = skew
        self.clock = StandingClock(NOON)
        self.lens: Lens = load_lenses(None)["discontinuity"]
        self.budget = PLENTY
        self.endpoints = [self.endpoint()]
        self._chat = Chat(SystemClock())

    def endpoint(self, **changes: Any) -> Endpoint:
        plain: dict[str, Any] = {
            "base_url": self.server.base_url,
            "model": "fake/model",
            "timeout": timedelta(seconds=60),
        }
        return Endpoint(**(plain | changes))

    @property
    def analyst(self) -> LlmAnalyst:
        return LlmAnalyst(self.endpoints, self.budget, self.clock, self._chat)

    async def judge(self, of: Paper | None = None) -> Verdict | Wait:
        return await self.analyst.judge(of or paper(), self.lens, self.store)

    async def verdict(self, of: Paper | None = None) -> Verdict:
        answer = await self.judge(of)
        assert isinstance(answer, Verdict), answer
        return answer

    async def wait(self, of: Paper | None = None) -> Wait:
        answer = await self.judge(of)
        assert isinstance(answer, Wait), answer
        return answer

    async def rows(self) -> Sequence[PastCall]:
        """Every call so far."""
        async with self.store._database.read() as connection:
            prompts = (await connection.execute(calls.select().order_by(calls.c.id))).all()
        found = [one for prompt in {row.prompt for row in prompts} for one in await self.store.calls_of(prompt)]
        return sorted(found, key=lambda one: one.id)

    async def close(self) -> None:
        await self._chat.close()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    skew = Skew()
    store = SqlStore(str(tmp_path / "store.db"), skew=skew)
    await store.open()
    async with FakeOpenAi() as server:
        desk = Desk(server, store, skew)
        yield desk
        await desk.close()
    await store.close()
