"""The store over SQLAlchemy: SQLite in one file by default, PostgreSQL for several machines."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from bot.core.errors import StoreError
from bot.store.database.backup import copy_sqlite
from bot.store.database.clock import ClockRepository
from bot.store.database.database import Database, named
from bot.store.database.gate import GateRepository
from bot.store.database.repository import unshielded
from bot.store.database.retention import RetentionRepository
from bot.store.jobs.calls import CallRepository
from bot.store.jobs.dead_workers import DeadWorkerRepository
from bot.store.jobs.figures import FigureRepository
from bot.store.papers.texts import TextRepository
from bot.store.people.disputes import DisputeRepository
from bot.store.people.forgetting import ForgettingRepository


class SqlStore(
    DisputeRepository,
    CallRepository,
    TextRepository,
    ForgettingRepository,
    RetentionRepository,
    GateRepository,
    ClockRepository,
    DeadWorkerRepository,
    FigureRepository,
):
    """Everything that is remembered (`ports.Store`).

    `url` is a path or SQLAlchemy URL; `skew` shifts the database's clock, for tests.
    """

    def __init__(self, url: str, *, skew: Callable[[], timedelta] | None = None) -> None:
        self._database = Database(url, skew)

    @property
    def named(self) -> str:
        """Where the store is, for people: without a password."""
        return named(self._database.url)

    @property
    def is_there(self) -> bool:
        """Whether there is something to open; of a server only opening it tells."""
        return self._database.path is None or Path(self._database.path).exists()

    @unshielded
    async def open(self, *, upgrade: bool = False) -> None:
        """Connect; `StoreError` when that cannot be: `OldStore` where the tables are older and no `upgrade` is due."""
        await self._database.open(upgrade=upgrade)

    @unshielded
    async def close(self) -> None:
        """Let go of all connections."""
        await self._database.close()

    def urgently(self) -> AbstractContextManager[None]:
        """What is asked inside the block goes before what is not: somebody waits for it."""
        return self._database.urgently()

    @unshielded
    async def backup(self, path: str) -> None:
        """A consistent copy while others write (SQLite); `StoreError` with the remedy elsewhere."""
        if not self._database.path:
            raise StoreError("This store is no SQLite file.", "Copy a PostgreSQL store with pg_dump.")
        await copy_sqlite(self._database.path, path)
