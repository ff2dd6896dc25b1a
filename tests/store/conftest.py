"""Each test of the store runs on SQLite, and on PostgreSQL too where a server is named."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.sql import SqlStore
from tests.fakes.postgres import SERVER, fresh_database
from tests.store.making import Skew

KINDS = ["sqlite", "postgres"] if SERVER else ["sqlite"]


@pytest.fixture(params=KINDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty store."""
    if request.param == "sqlite":
        yield str(tmp_path / "copecheck.db")
    else:
        assert SERVER
        async with fresh_database(SERVER) as fresh:
            yield fresh


@pytest.fixture
def skew() -> Skew:
    """The hand on the store's clock."""
    return Skew()


@pytest.fixture
async def store(url: str, skew: Skew, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SqlStore]:
    """An open, empty store; an SQLite file is copied from one that was migrated once."""
    store = SqlStore(url, skew=skew)
    if store._database.is_sqlite:
        shutil.copy(await migrated_file(tmp_path_factory.getbasetemp()), url)
    await store.open()
    yield store
    await store.close()


async def migrated_file(folder: Path) -> str:
    """An SQLite store without rows, made once a session."""
    path = str(folder / "migrated.db")
    if "migrated.db" not in os.listdir(folder):
        store = SqlStore(path)
        await store.open()
        await store.close()
    return path
