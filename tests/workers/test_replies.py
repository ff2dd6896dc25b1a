"""What a worker says is a stranger's word: every part of it is checked before it is used."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.fulltext.fulltext import Hiding
from bot.workers.checks import Nonsense
from bot.workers.replies import file_reading

GOOD: Mapping[str, Any] = {
    "blocks": [{"text": "A  text.", "kind": "body", "number": "1", "heading": "Part", "level": 1}],
    "references": ["[1] x"],
    "hidden": [{"how": Hiding.TINY.value, "text": "psst", "where": "page 1"}],
    "version": 2,
    "known": 7,
    "pages": [1, 1],
    "note": "",
    "breaks_off": "",
    "length": 7,
    "spans": [[0, 7]],
}


def test_a_good_answer_is_taken_over() -> None:
    reading = file_reading(GOOD, 1000)
    extract = reading.extract
    assert reading.spans == ((0, 7),)
    assert extract.blocks[0].text == "A text."
    assert (extract.version, extract.pages, extract.hidden[0].how) == (2, (1, 1), Hiding.TINY)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "blocks",
        {**GOOD, "blocks": {}},
        {**GOOD, "blocks": [{**GOOD["blocks"][0], "kind": "references"}]},
        {**GOOD, "blocks": [{**GOOD["blocks"][0], "text": 3}]},
        {**GOOD, "note": None},
        {**GOOD, "pages": [1]},
        {**GOOD, "known": -1},
        {**GOOD, "version": True},
        {key: value for key, value in GOOD.items() if key != "hidden"},
        {**GOOD, "hidden": [{"how": "magic", "text": "x", "where": "y"}]},
        {**GOOD, "length": 6},
        {**GOOD, "spans": [[0, 8]]},
        {**GOOD, "spans": [[3, 3]]},
        {**GOOD, "spans": [[2, 4], [3, 7]]},
        {**GOOD, "spans": [[0]]},
        {**GOOD, "spans": 3},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(answer: Any) -> None:
    with pytest.raises(Nonsense):
        file_reading(answer, 1000)


def test_a_worker_loads_no_port_and_none_of_what_only_other_tasks_need() -> None:
    """Each worker pays for what it loads: the store's port alone was two megabytes of each."""
    said = "import sys, bot.workers.child, bot.workers.tasks; print(*(one for one in sys.modules if one[:4] == 'bot.'))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    kept = ("bot.store", "bot.services", "bot.platforms", "bot.core.follows", "bot.core.commands", "bot.core.present")
    tasks = ("bot.ports.", "bot.core.fulltext", "bot.core.discussion", "bot.core.verdicts", "bot.sources", "bot.text")
    assert not {one for one in loaded if one.startswith(kept + tasks)}
