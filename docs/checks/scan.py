"""How often the rule-based scan is right: `python docs/checks/scan.py` computes it from the labels made by hand.

`labels.csv` holds what readers found in 60 abstracts of two days that nobody tuned on: paper, question, sentence, and
`yes` or `maybe`. They had the questions of the lenses and not the cues. With the captured abstracts beside the checkout
this writes `scan.csv` (every hit and every miss, right or wrong, and why); the figures come from that table alone.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from bot.core.papers.paper import collapse
from bot.core.verdicts.verdict import Label
from bot.lenses.load import load_lenses
from bot.text.scan import scan
from bot.text.split import split

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data" / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl"
COLUMNS = ("paper", "item", "sentence", "outcome", "why")
WHY = {
    "right": "the reader found that this sentence states it",
    "borderline": "the reader found that one may see it either way",
    "wrong": "the reader found that this sentence does not state it",
    "missed": "the reader found that this sentence states it, and no cue matched",
}


def read_labels() -> dict[str, dict[str, dict[int, str]]]:
    """paper -> question -> sentence -> `yes` or `maybe`; a paper without any label is there too."""
    labels: dict[str, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    with (HERE / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["question"]:
                labels[row["paper"]][row["question"]][int(row["sentence"])] = row["label"]
            else:
                labels[row["paper"]]
    return labels


def questions() -> dict[str, str]:
    """`lens.item` -> the question that was labelled for it: items with the same question share their labels."""
    first: dict[str, str] = {}
    return {
        f"{lens.key}.{asked.key}": first.setdefault(asked.question, f"{lens.key}.{asked.key}")
        for lens in load_lenses(None).values()
        for asked in lens.checklist
    }


def compare() -> Iterator[dict[str, str | int]]:
    """A row a hit or a miss of the scan, over all labelled papers and all lenses."""
    rows = {row["id"]: row for row in map(json.loads, CAPTURES.read_text(encoding="utf-8").splitlines())}
    asked = questions()
    for paper, labels in sorted(read_labels().items()):
        sentences = split(collapse(rows[paper]["abstract"]))
        for lens in load_lenses(None).values():
            for hit in scan(collapse(rows[paper]["title"]), sentences, lens):
                item = f"{lens.key}.{hit.item}"
                found = labels.get(asked[item], {})
                yes = [number for number, label in found.items() if label == "yes"]
                if hit.label is Label.ADDRESSED and hit.sentence:
                    said = found.get(hit.sentence.number)
                    outcome = {"yes": "right", "maybe": "borderline"}.get(said or "", "wrong")
                    yield _row(paper, item, hit.sentence.number, outcome)
                elif yes:
                    yield _row(paper, item, yes[0], "missed")


def _row(paper: str, item: str, sentence: int, outcome: str) -> dict[str, str | int]:
    return dict(zip(COLUMNS, (paper, item, sentence, outcome, WHY[outcome]), strict=True))


def figures() -> str:
    """The figures of `scan.csv` as a table: counts, precision (borderline hits as right, then as wrong), recall."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with (HERE / "scan.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts[row["item"]][row["outcome"]] += 1
    lines = ["| item | right | borderline | wrong | missed | precision | strict | recall |", "|---|" + "---|" * 7]
    whole: Counter[str] = Counter()
    for item in questions():
        count = counts[item]
        whole += count
        lines.append(_line(item, count))
    return "\n".join([*lines, _line("all", whole)]) + "\n"


def _line(item: str, count: Counter[str]) -> str:
    hits = count["right"] + count["borderline"] + count["wrong"]
    there = count["right"] + count["missed"]
    precision = f"{(count['right'] + count['borderline']) / hits:.2f}" if hits else "no hit"
    strict = f"{count['right'] / hits:.2f}" if hits else "no hit"
    recall = f"{count['right'] / there:.2f}" if there else "none there"
    cells = (item, *(count[name] for name in ("right", "borderline", "wrong", "missed")), precision, strict, recall)
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Write `scan.csv` where the captures are, and put the figures into `scan.md`."""
    if CAPTURES.exists():
        with (HERE / "scan.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(compare())
    page = HERE / "scan.md"
    before, mark, _ = page.read_text(encoding="utf-8").partition("## Figures\n\n")
    page.write_text(before + mark + figures(), encoding="utf-8")
    sys.stdout.write(figures())


if __name__ == "__main__":
    main()
