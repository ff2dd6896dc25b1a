"""No expression that meets a stranger's text takes more than its length in time; each has an entry in the table."""

import json
import re
import subprocess
import sys
import tomllib

import pytest

from tests.expressions import ROOT, TABLE, found, patterns_of

WITHIN_SECONDS = 900

USES = ("all", "search", "match", "fullmatch")


def test_every_expression_has_an_entry_and_every_entry_an_expression() -> None:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    assert sorted(one.key for one in found()) == sorted(table), f"write an adversarial text for each into {TABLE.name}"
    for key, entry in table.items():
        assert "inside" in entry or (entry["use"] in USES and entry["text"]), key


@pytest.mark.timeout(WITHIN_SECONDS + 60)
def test_no_expression_takes_more_than_three_times_as_long_for_twice_the_text() -> None:
    command = [sys.executable, "-m", "tests.expressions"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=True)
        said = done.stdout
    except subprocess.TimeoutExpired as late:
        last = (late.stdout or b"").decode().splitlines()[-1]
        pytest.fail(f"measuring did not end: {last}")
    lines = [json.loads(line) for line in said.splitlines()]
    assert [one for one in lines if "slow" in one] == []
    assert len([one for one in lines if "begun" in one]) > 150


def test_no_expression_of_re_is_possessive() -> None:
    """Python 3.11.0 to 3.11.4 matches some of those wrongly."""
    possessive = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")
    assert possessive.search(r"(?:a|b)*+c")
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    expressions = [
        (one.key, pattern)
        for one in found()
        if "inside" not in table[one.key]
        for pattern in patterns_of(one, table[one.key])
    ]
    of_re = [(key, str(pattern.pattern)) for key, pattern in expressions if isinstance(pattern, re.Pattern)]
    assert len(of_re) > 100
    assert [key for key, pattern in of_re if possessive.search(pattern)] == []
