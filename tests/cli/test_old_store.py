"""A store of an older version: looking leaves it as it is and says so, `run` brings it up to date, after its checks."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bot.store.database.database import HEAD
from tests.cli.test_commands import SETTINGS, arxiv, copecheck, typed  # noqa: F401 - a fixture, by its name

SAYS = "is of an older CopeCheck (tables 0016, here "
REMEDY = "Back it up with `copecheck backup FILE`, then start `copecheck run`: that alone brings it up to date."


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store in the folder, two revisions behind."""
    config = Config()
    config.set_main_option("script_location", "bot.store:migrations")
    engine = create_engine(f"sqlite:///{tmp_path / 'copecheck.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0016")
    engine.dispose()
    return tmp_path / "copecheck.db"


def tables(store: Path) -> str:
    with sqlite3.connect(store) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--json"),
        ("jobs",),
        ("jobs", "drop", "1"),
        ("follow", "list"),
        ("follow", "add", "cs.AI", "--place", "console:main"),
        ("report",),
        ("export",),
        ("forget", "person", "discord:1", "--yes"),
        ("verdict", "2611.99023"),
        ("chat",),
    ],
    ids=" ".join,
)
def test_whatever_does_not_run_the_bot_leaves_an_old_store_as_it_is(old: Path, arguments: tuple[str, ...]) -> None:
    said = copecheck(old.parent, *arguments)
    assert (said.returncode, SAYS in said.stderr, REMEDY in said.stderr) == (1, True, True), said.stderr
    assert tables(old) == "0016"


async def test_check_warns_of_an_old_store_and_tries_all_the_rest(old: Path, arxiv: str) -> None:  # noqa: F811
    (old.parent / "config.toml").write_text(SETTINGS.format(url=arxiv))
    (old.parent / "config.toml").chmod(0o600)
    said = await typed(old.parent, "check")
    shown = " ".join(said.stdout.split())
    assert (said.returncode, SAYS in shown, REMEDY in shown) == (0, True, True), said.stdout
    assert "warn store: The store" in shown
    assert "ok place console:main: main is allowed to post there" in shown
    assert "ok feed cs.AI: 36 papers" in shown
    assert tables(old) == "0016"


async def test_run_brings_an_old_store_up_to_date_after_its_follows_were_checked(old: Path, arxiv: str) -> None:  # noqa: F811
    settings = old.parent / "config.toml"
    settings.write_text(SETTINGS.format(url=arxiv) + 'lens = "nope"\n')
    refused = await typed(old.parent, "run", "--once")
    assert (refused.returncode, tables(old)) == (2, "0016"), refused.stderr
    settings.write_text(SETTINGS.format(url=arxiv))
    ran = await typed(old.parent, "run", "--once")
    assert (ran.returncode, tables(old)) == (0, HEAD), ran.stderr


def test_a_backup_of_an_old_store_is_one_that_the_old_program_reads(old: Path) -> None:
    assert copecheck(old.parent, "backup", "before.db").returncode == 0
    assert [tables(file) for file in (old, old.parent / "before.db")] == ["0016", "0016"]
    shutil.move(old.parent / "before.db", old)
    assert SAYS in copecheck(old.parent, "status").stderr
