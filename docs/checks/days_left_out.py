"""The order by rule of a day that took no part in the fit: `python docs/checks/days_left_out.py [CAPTURES]`.

Each day of the week is left out once: `fit_interest.py`'s method weighs the words on what `c`, `d` and `e` wrote of the
other days, and the day is read by rule with them. Scores of different readers lie on different scales, so a paper's
place is among all that its reader read, and the mean of these where several read it. Cards are those of a new follow:
at most five, none below the threshold, no point made twice.
"""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.core.evaluation.ranking import BEST, CARDS, in_order
from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.verdicts.choice import worth_cards
from bot.core.verdicts.lens import InterestWords, Lens
from bot.core.verdicts.verdict import Verdict
from bot.lenses.load import load_lenses
from bot.services.judging.judge import NoCalls
from docs.checks.fit_interest import CAPTURES, STEP, Fitter, read_marks, read_texts, wanted_of, words_by_weight
from docs.checks.ranking import Standing, read_table

LEAST_INTERESTS = (44, 48, 52, 54, 56, 58, 60, 64)
FITTED = "cde"


@dataclass(frozen=True)
class Worth:
    """What a paper is worth to those who read it: its mean place in what each read (0-1), and its mean relevance."""

    place: float
    relevance: float


def worths() -> dict[str, Worth]:
    """Every paper that anybody read."""
    read: dict[str, dict[str, tuple[float, int]]] = defaultdict(dict)
    for papers in read_table().values():
        for paper, rows in papers.items():
            for reader, row in rows.items():
                read[reader][paper] = float(row["score"]), int(row["relevance"])
    found: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for marks in read.values():
        scores = np.array([score for score, _ in marks.values()])
        for paper, (score, relevance) in marks.items():
            place = (np.sum(scores < score) + np.sum(scores <= score)) / 2 / len(scores)
            found[paper].append((float(place), relevance))
    return {paper: Worth(*np.mean(said, axis=0)) for paper, said in found.items()}


def lenses_of_days(days: Mapping[str, set[str]], captures: Path) -> Iterator[tuple[str, Lens]]:
    """For each day the lens with words weighed without it."""
    marks = read_marks()
    texts = read_texts(captures, [paper for rows in marks.values() for paper in rows])
    lens = load_lenses(None)["discontinuity"]
    for day, left_out in days.items():
        wanted = {
            paper: worth
            for name in FITTED
            for paper, worth in wanted_of(
                {one: marks[name][one] for one in sorted(marks[name].keys() - left_out)}
            ).items()
        }
        trained = texts.at(list(wanted))
        fitter = Fitter(texts, trained)
        table = fitter.fit(trained, np.array(list(wanted.values()))).rounded(STEP)
        words = words_by_weight(table, texts.spelled, fitter)
        groups = tuple(InterestWords(weight, tuple(found)) for weight, found in words.items())
        yield day, replace(lens, interest_words=groups, rank=replace(lens.rank, start=round(table.start)))


async def judged(rows: Iterable[Mapping[str, str]], lens: Lens) -> list[Verdict]:
    """The papers read by rule through that lens."""
    analyst, found = ScanAnalyst(Standing()), []
    for row in rows:
        title, abstract = collapse(row["title"]), collapse(row["abstract"])
        paper = Paper(ArxivId(row["id"]), 1, title, abstract, "", tuple(row["categories"]))
        verdict = await analyst.judge(paper, lens, NoCalls())
        assert isinstance(verdict, Verdict)
        found.append(verdict)
    return found


def say(*cells: object) -> None:
    """A row of a table."""
    sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")


def main() -> None:
    """Print a table of the days, and one of thresholds."""
    asked = [one for one in sys.argv[1:] if not one.startswith("-")]
    captures = Path(asked[0]) if asked else CAPTURES
    rows = {row["id"]: row for row in map(json.loads, captures.read_text(encoding="utf-8").splitlines())}
    days: dict[str, set[str]] = defaultdict(set)
    for name, row in rows.items():
        days[row["list_date"]].add(name)
    worth, counted = worths(), {least: np.zeros(5, int) for least in LEAST_INTERESTS}
    say("day left out", "papers", "pairs", "cards", f"among the readers' best {BEST}", "irrelevant")
    say(*["---"] * 6)
    for day, lens in lenses_of_days(days, captures):
        verdicts = asyncio.run(judged((rows[name] for name in sorted(days[day])), lens))
        best = sorted(days[day], key=lambda name: -worth[name].place)[:BEST]
        order = in_order([worth[str(one.paper)].place for one in verdicts], [float(one.interest) for one in verdicts])
        for least in LEAST_INTERESTS:
            cards = [str(one.paper) for one in worth_cards(verdicts, least)[:CARDS]]
            found = sum(one in best for one in cards), sum(worth[one].relevance == 0 for one in cards)
            above = [worth[str(one.paper)].relevance for one in verdicts if one.interest >= least]
            counted[least] += (len(cards), *found, len(above), sum(one == 0 for one in above))
            if least == lens.threshold:
                say(day, len(verdicts), f"{order:.3f}", len(cards), *found)
    sys.stdout.write("\n")
    say("threshold", "cards", f"among the best {BEST}", "irrelevant", "papers at or above it", "of these irrelevant")
    say(*["---"] * 6)
    for least, figures in counted.items():
        say(least, *figures)


if __name__ == "__main__":
    main()
