"""Which tests the daily round leaves out: by the seconds that each file of tests took when all were last measured.

`python -m tests --measure` runs all and writes `times.csv` beside this; `python -m tests --fast` runs the files that
take least, as many as fit into `ROUND_SECONDS`, and every file that was never measured.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(__file__).with_name("times.csv")
ROUND_SECONDS = 240.0  # on two processors two minutes, beside a start, form and types


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options of `python -m tests`."""
    parser.addoption("--fast", action="store_true", help="leave out the files of tests that take longest")
    parser.addoption("--measure", action="store_true", help="write how long each file of tests takes")


def pytest_configure(config: pytest.Config) -> None:
    """One chooser a session; with several processes the first one measures for all."""
    config.pluginmanager.register(_Times(config), "times")


def left_out(times: Mapping[str, float], room: float = ROUND_SECONDS) -> set[str]:
    """The files for which there is no room, the longest first."""
    slow = set()
    for file in sorted(times, key=lambda file: (times[file], file)):
        room -= times[file]
        if room < 0:
            slow.add(file)
    return slow


def measured() -> dict[str, float]:
    """The seconds by file, as they were last measured; nothing where they never were."""
    if not FILE.exists():
        return {}
    with FILE.open(encoding="utf-8", newline="") as opened:
        return {row["file"]: float(row["seconds"]) for row in csv.DictReader(opened)}


class _Times:
    def __init__(self, config: pytest.Config) -> None:
        self._slow = left_out(measured()) if config.getoption("--fast") else set()
        self._is_measuring = config.getoption("--measure") and not hasattr(config, "workerinput")
        self._seconds: dict[str, float] = {}

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        return True if collection_path.relative_to(ROOT).as_posix() in self._slow else None

    def pytest_report_header(self) -> str | None:
        return f"left out as slow: {len(self._slow)} files of tests" if self._slow else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self._seconds[file] = self._seconds.get(file, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        if self._is_measuring:
            rows = [f"{file},{seconds:.1f}\n" for file, seconds in sorted(self._seconds.items())]
            FILE.write_text("".join(["file,seconds\n", *rows]), encoding="utf-8")
