"""What leaves for a terminal, a program or a spreadsheet is harmless, and what is written is for its owner alone."""

import csv
import io
import json
import sqlite3
import stat
from pathlib import Path

import pytest
from rich.table import Table

from bot.cli.export import COLUMNS, _cell, record
from bot.cli.paint import SafeConsole
from bot.core.follows.edition import JudgedPaper
from bot.core.hostile.hygiene import json_text
from bot.core.verdicts.verdict import PremiseFinding, PremiseLabel
from tests.cli.test_commands import copecheck
from tests.fakes.verdicts import sheet

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eesrever\u2066x\x7f\u2028end\ufeff\U000e0041"
OBEYED = set("\x1b\x07\x9b\u202e\u2066\x7f\u2028\ufeff\U000e0041")


def test_nothing_that_a_terminal_obeys_goes_through_a_console() -> None:
    out = io.StringIO()
    console = SafeConsole(file=out, width=200, highlight=False, markup=False)
    console.print(HOSTILE, style="red")
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    console.print(table)
    assert not OBEYED & set(out.getvalue())
    assert out.getvalue().count("end") == 3


def test_the_consoles_own_colours_stay() -> None:
    out = io.StringIO()
    SafeConsole(file=out, force_terminal=True, color_system="standard", highlight=False).print(
        "\x1b[2Jwords", style="red"
    )
    assert out.getvalue() == "\x1b[31m [2Jwords\x1b[0m\n"


def test_json_says_the_same_and_shows_nothing_live() -> None:
    value = {"title": HOSTILE, HOSTILE: ["Ünïcode stays", HOSTILE]}
    written = json_text(value, indent=2)
    assert not OBEYED & set(written)
    assert "Ünïcode stays" in written
    assert json.loads(written) == value


BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u200b="]


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_no_cell_is_a_formula(begin: str) -> None:
    row = {"title": f"{begin}cmd|' /C calc'!A0", "findings": [{"item": f"{begin}x", "label": "absent"}]}
    for name in row:
        out = io.StringIO()
        csv.writer(out).writerow([_cell(row, name)])
        [[read]] = csv.reader(io.StringIO(out.getvalue()))
        assert read.startswith("'"), read


def test_a_table_has_what_outsiders_hold_against_their_own_readers() -> None:
    seen = sheet(premises=(PremiseFinding("work", PremiseLabel.HOLDS), PremiseFinding("use", PremiseLabel.UNCLEAR)))
    row = record(JudgedPaper(seen.paper, seen.verdict))
    cells = {name: _cell(row, name) for name in COLUMNS}
    asked = ("rank", "interest", "trade", "sentence", "premises", "none", "size")
    assert [cells[name] for name in asked] == [None, 40, "office work", 2, "work=holds; use=unclear", False, "analysis"]
    assert cells["findings"].startswith("worker=addressed; ")


def test_what_feeds_and_reasons_say_reaches_no_terminal_raw(tmp_path: Path) -> None:
    db = tmp_path / "copecheck.db"
    assert copecheck(tmp_path, "jobs", "--store", str(db.parent / "none.db")).returncode == 2
    assert copecheck(tmp_path, "demo", "--store", "copecheck.db").returncode == 0
    with sqlite3.connect(db) as connection:
        columns = "queue, key, payload, priority, state, due, leased, attempts, settled, added, reason"
        row = ("judge", f"k{HOSTILE}", "{}", 1.0, "failed", 0.0, 0, 1, 0, 0.0, f"r{HOSTILE}")
        connection.execute(f"INSERT INTO jobs ({columns}) VALUES ({','.join('?' * len(row))})", row)
    for words in (("status",), ("status", "--json"), ("jobs",), ("jobs", "--json")):
        shown = copecheck(tmp_path, *words)
        assert shown.returncode == 0, shown.stderr
        assert "owned" in shown.stdout.replace("\n", "").replace(" ", "")
        assert not OBEYED & set(shown.stdout + shown.stderr), words


def test_what_the_program_writes_is_for_its_owner_alone_and_check_warns_of_others(tmp_path: Path) -> None:
    answers = "me@example.org\n\n\n\n\n"
    assert copecheck(tmp_path, "init", answers=answers).returncode == 0
    for words in (
        ("demo", "--store", "copecheck.db"),
        ("export", "out.jsonl"),
        ("export", "out.csv"),
        ("backup", "copy.db"),
    ):
        shown = copecheck(tmp_path, *words)
        assert shown.returncode == 0, shown.stderr
    files = [one for one in tmp_path.iterdir() if one.is_file()]
    assert {one.name for one in files} >= {"config.toml", "copecheck.db", "out.jsonl", "out.csv", "copy.db"}
    assert {one.name: stat.S_IMODE(one.stat().st_mode) for one in files} == {one.name: 0o600 for one in files}
    (tmp_path / "copecheck.db").chmod(0o644)
    shown = copecheck(tmp_path, "check")
    assert "chmod 600" in shown.stdout
    assert shown.stdout.count("warn file") == 1
