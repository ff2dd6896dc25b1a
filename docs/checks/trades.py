"""How often a trade that the rules tell is right: `PYTHONPATH=. python docs/checks/trades.py` prints it by trade.

`trades.csv` holds 250 papers in which the rules named a trade when it was made: a reader read title and abstract of
each and said of every trade whether the paper touches its work (`right`), may be seen so (`borderline`) or does not
(`wrong`). Both small lenses name the same trades, so `plain` stands for `reproducibility` too. The abstracts are read
from the captures beside the checkout.
"""

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import feedparser

from bot.core.papers.paper import collapse
from bot.lenses.load import load_lenses
from bot.text.relevance import relevance
from bot.text.split import split

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data"
READINGS = ("right", "borderline", "wrong")
_ID = re.compile(r"\d{4}\.\d{4,5}")
_BEFORE_ABSTRACT = re.compile(r"^arXiv:\S+ Announce Type: \S+\s*(?:Abstract:)?")
_TAG = re.compile(r"<[^>]+>")


def papers() -> dict[str, tuple[str, str]]:
    """Title and abstract of every captured paper."""
    found: dict[str, tuple[str, str]] = {}
    for file in sorted((CAPTURES / "metadata").glob("*.jsonl")):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            found.setdefault(row["id"].partition("v")[0], (collapse(row["title"]), collapse(row["abstract"])))
    for file in (*sorted((CAPTURES / "rss").glob("*.xml")), *sorted((CAPTURES / "api").glob("*.xml"))):
        for entry in feedparser.parse(file.read_bytes()).entries:
            named = _ID.search(f"{entry.get('id', '')} {entry.get('link', '')}")
            abstract = _BEFORE_ABSTRACT.sub("", _TAG.sub("", entry.get("summary", ""))).strip()
            if named:
                found.setdefault(named[0], (collapse(entry.title), collapse(abstract)))
    return found


def read_table() -> list[dict[str, str]]:
    """Paper, set, lens, trade, the word found, and what the reader said."""
    with (HERE / "trades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def still_told(rows: list[dict[str, str]]) -> Iterator[bool]:
    """For each row whether the rules tell that trade today."""
    texts, lenses = papers(), load_lenses(None)
    for row in rows:
        title, abstract = texts[row["paper"]]
        found = relevance(title, split(abstract), lenses[row["lens"]])
        yield row["trade"] in {trade.name for trade in found.trades}


def precision(count: Mapping[str, int]) -> str:
    """Right of all, then right or borderline of all."""
    told = sum(count.values())
    return f"{count['right'] / told:.2f} / {(count['right'] + count['borderline']) / told:.2f}" if told else "none"


def line(name: str, before: Counter[str], after: Counter[str]) -> str:
    """A row of the table."""
    counts = (" · ".join(str(count[reading]) for reading in READINGS) for count in (before, after))
    told, tells = counts
    cells = (name, told, precision(before), tells, precision(after), before["right"] - after["right"])
    return f"| {' | '.join(map(str, cells))} |"


def figures() -> str:
    """A table a lens and set, by trade."""
    rows = read_table()
    told = list(still_told(rows))
    lines = []
    for lens, which in dict.fromkeys((row["lens"], row["set"]) for row in rows):
        counts: dict[str, tuple[Counter[str], Counter[str]]] = {"all": (Counter(), Counter())}
        for row, is_told in zip(rows, told, strict=True):
            if (row["lens"], row["set"]) == (lens, which):
                for name in ("all", row["trade"]):
                    before, after = counts.setdefault(name, (Counter(), Counter()))
                    before[row["reading"]] += 1
                    after[row["reading"]] += is_told
        lines += [
            f"| {lens}, {which} | told then: right · borderline · wrong | precision | now | precision | right lost |",
            "|---|---|---|---|---|---|",
            *(line(name, *counts[name]) for name in ("all", *sorted(counts.keys() - {"all"}))),
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(figures())
