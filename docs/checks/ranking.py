"""How the rule's order stands against readers': `python docs/checks/ranking.py` puts the figures into ranking.md.

`ranking.csv` holds what readers wrote of a week's papers, each alone. The abstracts are read from the captures beside
the checkout; without them only the readers are held against one another, and it is said what is missing.
"""

import asyncio
import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.evaluation.ranking import BEST, CARDS, in_order
from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.verdicts.choice import worth_cards
from bot.core.verdicts.verdict import Verdict
from bot.lenses.load import load_lenses
from bot.services.judging.judge import NoCalls

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data" / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl"
TWO = ("a", "b")
Row = Mapping[str, str]
Read = dict[str, dict[str, Row]]


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return datetime(2026, 6, 5, tzinfo=UTC)


def read_table() -> dict[str, Read]:
    """Set -> paper -> reader -> row."""
    found: dict[str, Read] = defaultdict(lambda: defaultdict(dict))
    with (HERE / "ranking.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["set"]][row["paper"]][row["reader"]] = row
    return found


def _mean(rows: Mapping[str, Row], column: str) -> float:
    return sum(float(row[column]) for row in rows.values()) / len(rows)


def by_rule(papers: Iterable[str]) -> dict[str, Verdict]:
    """The verdicts by rule of these papers."""
    rows = {row["id"]: row for row in map(json.loads, CAPTURES.read_text(encoding="utf-8").splitlines())}
    return asyncio.run(_judged([rows[name] for name in papers]))


async def _judged(rows: Sequence[Mapping[str, str]]) -> dict[str, Verdict]:
    analyst, lens = ScanAnalyst(Standing()), load_lenses(None)["discontinuity"]
    judged = {}
    for row in rows:
        title, abstract = collapse(row["title"]), collapse(row["abstract"])
        paper = Paper(ArxivId(row["id"]), 1, title, abstract, "", tuple(row["categories"]))
        verdict = await analyst.judge(paper, lens, NoCalls())
        assert isinstance(verdict, Verdict)
        judged[row["id"]] = verdict
    return judged


def readers_together(read: Read) -> Iterator[tuple[str, str]]:
    """How the two readers of a set agree."""
    both = list(read.values())
    one, two = ([float(rows[name]["score"]) for rows in both] for name in TWO)
    yield "readers a and b, pairs in the same order", f"{in_order(one, two):.3f}"
    for column, said in (("relevance", "the same relevance"), ("outside", "outside or not")):
        same = sum(rows["a"][column] == rows["b"][column] for rows in both)
        yield f"readers a and b, {said}", f"{same} of {len(both)}"
    same = sum((rows["a"]["fallacy"] == "0") == (rows["b"]["fallacy"] == "0") for rows in both)
    yield "readers a and b, a sentence that presupposes or none", f"{same} of {len(both)}"
    told = [rows for rows in both if "0" not in (rows["a"]["sentence"], rows["b"]["sentence"])]
    same = sum(rows["a"]["sentence"] == rows["b"]["sentence"] for rows in told)
    yield "readers a and b, the same telling sentence", f"{same} of {len(told)}"


def rule_against_readers(read: Read, verdicts: Mapping[str, Verdict]) -> Iterator[tuple[str, str]]:
    """The rule's order of a set, and its telling sentences, against all who read it."""
    given = [float(verdicts[paper].interest) for paper in read]
    for column, said in (("score", "scores"), ("relevance", "levels of relevance")):
        wanted = [_mean(rows, column) for rows in read.values()]
        yield f"rule against readers, pairs by {said}", f"{in_order(wanted, given):.3f}"
    marked = {
        paper: {int(row["sentence"]) for row in rows.values()} - {0}
        for paper, rows in read.items()
        if _mean(rows, "relevance") >= 1
    }
    marked = {paper: numbers for paper, numbers in marked.items() if numbers}
    right = sum((told.sentence if (told := verdicts[one].telling) else 0) in marked[one] for one in marked)
    yield "telling sentence by rule is a reader's, of papers of relevance 1 or more", f"{right} of {len(marked)}"


def cards(read: Read, verdicts: Mapping[str, Verdict]) -> Iterator[tuple[str, str]]:
    """The cards of a whole day against the readers' best."""
    best = sorted(read, key=lambda paper: -_mean(read[paper], "score"))[:BEST]
    least = load_lenses(None)["discontinuity"].threshold
    chosen = [str(one.paper) for one in worth_cards((verdicts[paper] for paper in read), least)[:CARDS]]
    yield f"cards among the readers' best {BEST}", f"{sum(one in best for one in chosen)} of {len(chosen)}"
    worthless = sum(_mean(read[one], "relevance") == 0 for one in chosen)
    yield "cards that both readers call irrelevant", f"{worthless} of {len(chosen)}"


def figures() -> str:
    """A table a set."""
    lines = []
    for name, read in read_table().items():
        found = list(readers_together(read)) if name != "week" else []
        if CAPTURES.exists():
            verdicts = by_rule(read)
            found += rule_against_readers(read, verdicts)
            found += cards(read, verdicts) if name == "day" else ()
        lines += [
            f"| {name}: {len(read)} papers | |",
            "|---|---|",
            *(f"| {said} | {value} |" for said, value in found),
            "",
        ]
    if not CAPTURES.exists():
        lines.append(f"The rule was not measured: the abstracts are missing ({'/'.join(CAPTURES.parts[-4:])}).\n")
    return "\n".join(lines)


def main() -> None:
    """Print the figures, and put them into `ranking.md` where all could be measured."""
    said = figures()
    sys.stdout.write(said)
    if CAPTURES.exists():
        page = HERE / "ranking.md"
        before, mark, _ = page.read_text(encoding="utf-8").partition("## Figures\n\n")
        page.write_text(before + mark + said, encoding="utf-8")


if __name__ == "__main__":
    main()
