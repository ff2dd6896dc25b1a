"""Opening, migrating, refusing, copying: what happens before and around the rows."""

import asyncio
import gc
import importlib.resources
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.core.errors import CopeCheckError, SettingsError, StoreError
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.ports.store import Store
from bot.store.database.database import HEAD
from bot.store.database.repository import Repository, shielded, unshielded
from bot.store.database.tables import metadata
from bot.store.sql import SqlStore
from tests.store.making import LEASE, announce, batch, paper


async def refusal(url: str) -> CopeCheckError:
    try:
        store = SqlStore(url)
        await store.open()
    except CopeCheckError as error:
        return error
    await store.close()
    raise AssertionError(f"{url} was opened")


def test_the_sql_store_is_a_store() -> None:
    def takes(store: Store) -> Store:
        return store

    assert takes(SqlStore("copecheck.db"))


async def test_what_was_stored_is_there_after_opening_again(store: SqlStore, url: str) -> None:
    await announce(store, batch([1]))
    again = SqlStore(url)
    await again.open()
    assert await again.paper(paper(1).id) == paper(1)
    await again.close()


async def test_the_migrations_make_exactly_the_tables_that_the_program_uses(store: SqlStore) -> None:
    def differences(connection: Connection) -> list[object]:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        return [one for one in found if "verdict_search" not in repr(one)]  # the full-text index is made by hand

    async with store._database.write() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_the_one_that_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(importlib.resources.files("bot.store") / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_a_store_that_is_newer_than_the_program_is_refused_with_a_remedy(store: SqlStore, url: str) -> None:
    async with store._database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    error = await refusal(url)
    assert "newer CopeCheck" in str(error)
    assert error.remedy == "Update the program."


@pytest.mark.parametrize("size", [1, 100, 5000])
async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, size: int) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"buy milk " * size)
    error = await refusal(str(path))
    assert "file is not a database" in error.what
    assert error.remedy
    assert path.read_bytes() == b"buy milk " * size


async def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE songs (title TEXT)")
        theirs.commit()
    error = await refusal(str(path))
    assert "another program" in error.what
    with closing(sqlite3.connect(path)) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


async def test_a_folder_or_a_path_without_one_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "copecheck.db"):
        error = await refusal(str(path))
        assert error.what.startswith(f"The store {path} cannot be opened")


@pytest.mark.parametrize("url", ["mysql://x/y", "http://[x", "", ":memory:", "sqlite://", "oracle://x"])
async def test_a_url_of_no_use_is_refused_with_a_remedy(url: str) -> None:
    assert (await refusal(url)).remedy


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    error = await refusal("postgresql://someone:secret@127.0.0.1:1/copecheck")
    assert "cannot be opened" in error.what
    assert "secret" not in str(error)


@pytest.mark.parametrize("name", ["a?b.db", "a#b.db", "a%20b.db", "a b.db"])
async def test_a_path_is_a_path_whatever_is_in_it(tmp_path: Path, name: str) -> None:
    store = SqlStore(str(tmp_path / name))
    await store.open()
    await store.close()
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize(
    "url", ["postgresql://h/x?user=u&password=hunter2", "postgresql://u:hunter2@h/x", "postgresql://u:p%40hunter2@h/x"]
)
def test_a_store_is_named_without_its_password(url: str) -> None:
    assert "hunter2" not in SqlStore(url).named
    assert "h/x" in SqlStore(url).named


def test_a_url_whose_port_is_none_is_wrong_settings() -> None:
    with pytest.raises(SettingsError, match="neither a path nor a URL"):
        SqlStore("postgresql://u:p@h:notaport/x")


async def test_what_fails_after_its_caller_has_gone_is_told_to_nobody(tmp_path: Path) -> None:
    begun, told = asyncio.Event(), []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: told.append(what))

    @shielded
    async def fails() -> None:
        begun.set()
        await asyncio.sleep(0.01)
        raise ValueError("too late")

    task = asyncio.create_task(fails())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    del task
    gc.collect()
    assert told == []


async def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    with pytest.raises(StoreError, match="not open"):
        await store.follows()
    await store.close()


async def test_a_damaged_store_fails_in_our_words(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    async with store._database.write() as connection:
        await connection.execute(text("DROP TABLE follows"))
    with pytest.raises(StoreError, match="no such table"):
        await store.follows()
    await store.close()


async def test_opening_from_three_tasks_at_once_makes_the_tables_once(url: str) -> None:
    stores = [SqlStore(url) for _ in range(3)]
    await asyncio.gather(*(store.open() for store in stores))
    assert [await store.add_jobs([NewJob(Queue.POLL, "cs.AI")]) for store in stores] == [1, 0, 0]
    await asyncio.gather(*(store.close() for store in stores))


async def test_a_committed_row_survives_power_loss_by_the_files_settings(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    for connect in (store._database.write, store._database.read):
        async with connect() as connection:
            settings = [
                (await connection.execute(text(f"PRAGMA {name}"))).scalar()
                for name in ("journal_mode", "synchronous", "busy_timeout")
            ]
            assert settings == ["wal", 2, 30_000]
    await store.close()


async def test_cancelled_work_leaves_the_store_usable(store: SqlStore) -> None:
    await store.add_jobs([NewJob(Queue.JUDGE, str(number)) for number in range(300)])

    async def work() -> None:
        while claimed := await store.claim(Queue.JUDGE, 1, LEASE):
            await store.end(claimed[0])

    for round_number in range(10):
        tasks = [asyncio.create_task(work()) for _ in range(3)]
        await asyncio.sleep(0.0007 * round_number)
        for task in tasks:
            task.cancel()
        async with asyncio.timeout(60):  # a connection cut off in the middle would hold the write lock
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            await store.add_jobs([NewJob(Queue.POLL, "cs.AI")])
        assert all(isinstance(one, asyncio.CancelledError) for one in ended)
    async with asyncio.timeout(60):
        await work()
    counted = await store.count_jobs()
    assert sum(counted.values()) == 301
    assert counted.get((Queue.JUDGE, JobState.OPEN), 0) <= 30  # at most one lease a cancelled worker


# copies


async def test_a_copy_is_made_while_others_write(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "with space?#%.db"))
    await store.open()
    await announce(store, batch(range(1, 300)))
    target = tmp_path / "copy.db"
    writing = asyncio.create_task(announce(store, batch(range(300, 600))))
    await store.backup(str(target))
    await writing
    await store.close()
    assert [name for name in os.listdir(tmp_path) if name.startswith("copy")] == ["copy.db"]
    copy = SqlStore(str(target))
    await copy.open()
    counted = await copy.count_jobs()
    assert counted[(Queue.JUDGE, JobState.OPEN)] in (299, 599)
    await copy.close()


async def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    store = SqlStore(str(tmp_path / "copecheck.db"))
    await store.open()
    target = tmp_path / "precious.txt"
    target.write_text("precious")
    with pytest.raises(StoreError, match="already there"):
        await store.backup(str(target))
    assert target.read_text() == "precious"
    with pytest.raises(StoreError, match="could not be written"):
        await store.backup(str(tmp_path / "missing" / "copy.db"))
    await store.close()


async def test_only_a_file_is_copied(store: SqlStore, tmp_path: Path) -> None:
    if store._database.is_sqlite:
        pytest.skip("this store is a file")
    with pytest.raises(StoreError, match="pg_dump"):
        await store.backup(str(tmp_path / "copy.db"))


async def test_a_method_of_the_store_that_nobody_marked_runs_to_its_end_when_its_caller_is_cancelled() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    class Noun(Repository):
        async def write(self) -> None:
            begun.set()
            await asyncio.sleep(0.05)
            ended.set()

        @unshielded
        async def wait(self) -> None:
            await asyncio.Event().wait()

    writing, waiting = asyncio.create_task(Noun().write()), asyncio.create_task(Noun().wait())
    await begun.wait()
    for task in (writing, waiting):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert ended.is_set()
