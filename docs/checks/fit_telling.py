"""How the telling sentence is weighed: `python docs/checks/fit_telling.py [CAPTURES]` (from the checkout; needs numpy).

Fitted by conditional logit, with a ridge, to the sentences that the readers `c`, `d` and `e` chose among those of an
abstract; what is fitted is what `bot/text/telling.py` finds in a sentence, and no more. `a` and `b` are held out: they
are compared, never fitted. It prints the weights of the module beside those that it finds, and how often each of
the two names a sentence that a reader chose. The same files give the same figures.
"""

import csv
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.papers.paper import collapse
from bot.lenses.load import load_lenses
from bot.text.cues import CueText
from bot.text.relevance import weighed
from bot.text.split import split
from bot.text.telling import LATE, SPEAKING, WANTED, features

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data" / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl"
NAMES = ("a point of interest", "it stands late", *(name for name, _, _ in SPEAKING))
STANDING = np.array([WANTED, LATE, *(weight for _, _, weight in SPEAKING)])
RIDGE, FOLDS, ORDERS, STEPS = 30.0, 10, 4, 60
FITTED, HELD_OUT = "week", ("day", "mix")
Matrix = np.ndarray


@dataclass(frozen=True)
class Choice:
    """An abstract: what is found in each sentence, and which of them a reader chose."""

    found: Matrix
    chosen: Matrix

    def is_right(self, weights: Matrix) -> bool:
        """Whether the sentence that the weights name is a reader's own."""
        return bool(self.chosen[int(np.argmax(self.found @ weights))])


def read_choices(captures: Path) -> dict[str, list[Choice]]:
    """By set, of papers of relevance 1 or more in the mean of their readers."""
    marks: dict[str, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    with (HERE / "ranking.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            marks[row["set"]][row["paper"]].append((int(row["relevance"]), int(row["sentence"])))
    lens = load_lenses(None)["discontinuity"]
    rows = {row["id"]: row for row in map(json.loads, captures.read_text(encoding="utf-8").splitlines())}
    choices: dict[str, list[Choice]] = defaultdict(list)
    for name, papers in marks.items():
        for paper, read in papers.items():
            numbers = {number for _, number in read} - {0}
            if numbers and sum(relevance for relevance, _ in read) >= len(read):
                sentences = split(collapse(rows[paper]["abstract"]))
                texts = [CueText(one.text) for one in sentences]
                wanted = weighed(CueText(collapse(rows[paper]["title"])), texts, lens).wanted
                chosen = np.array([float(one.number in numbers) for one in sentences])
                choices[name].append(Choice(np.array(features(texts, wanted)), chosen))
    return choices


def fit(choices: list[Choice]) -> Matrix:
    """The weights under which the chosen sentences are likeliest (Newton's method)."""
    every = np.vstack([one.found for one in choices])
    spread = every.std(axis=0) + 1e-9
    rows = [((one.found - every.mean(axis=0)) / spread, one.chosen / one.chosen.sum()) for one in choices]
    weights = np.zeros(every.shape[1])
    for _ in range(STEPS):
        slope, bend = -RIDGE * weights, RIDGE * np.eye(len(weights))
        for found, chosen in rows:
            likely = np.exp(found @ weights - (found @ weights).max())
            likely /= likely.sum()
            mean = found.T @ likely
            slope += found.T @ (chosen - likely)
            bend += (found * likely[:, None]).T @ found - np.outer(mean, mean)
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights / spread


def share(choices: list[Choice], weights: Matrix) -> str:
    """How many of the named sentences are a reader's own."""
    right = sum(one.is_right(weights) for one in choices)
    return f"{right} of {len(choices)} ({right / len(choices):.2f})"


def crossed(choices: list[Choice]) -> float:
    """The same share where no abstract is among those that its weights were fitted to; the mean of several orders."""
    right = 0
    for order in range(ORDERS):
        places = np.random.default_rng(order).permutation(len(choices))
        for fold in range(FOLDS):
            out = set(places[fold::FOLDS].tolist())
            weights = fit([one for at, one in enumerate(choices) if at not in out])
            right += sum(choices[at].is_right(weights) for at in out)
    return right / len(choices) / ORDERS


def say(line: str) -> None:
    """A line of the figures."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Fit and print."""
    choices = read_choices(Path(sys.argv[1]) if len(sys.argv) > 1 else CAPTURES)
    weights = fit(choices[FITTED])
    say("| what a sentence has | weight found | in the module |\n|---|---|---|")
    for name, found, standing in zip(NAMES, weights, STANDING, strict=True):
        say(f"| {name} | {found:.2f} | {standing:g} |")
    say("\n| a reader's own sentence | weights found | in the module |\n|---|---|---|")
    say(f"| {FITTED}, cross-validated | {crossed(choices[FITTED]):.3f} | |")
    for name in (FITTED, *HELD_OUT):
        kind = "fitted" if name == FITTED else "held out"
        say(f"| {name}, {kind} | {share(choices[name], weights)} | {share(choices[name], STANDING)} |")


if __name__ == "__main__":
    main()
