"""How two writers' short verdicts on one set of papers agree: `python docs/checks/writers.py [FOLDER]`.

FOLDER holds `ids.json` and a folder a writer with a reply a paper (`01.json` is on the first id). With it and the
captured abstracts beside the checkout this writes `writers.csv`; the figures come from that table alone.
"""

import csv
import json
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.verdicts.numbered_text import NumberedText
from bot.analyst.verdicts.short_reply import ReadShort, read_short
from bot.analyst.verdicts.validate import Weighing
from bot.analyst.verdicts.wording import overstated
from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.call import CallOutcome
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import asked_items, score
from bot.core.verdicts.verdict import BasisKind, Finding, Label, PremiseFinding, PremiseLabel
from bot.lenses.load import load_lenses
from bot.text.split import split

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data" / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl"
TABLE = HERE / "writers.csv"
COLUMNS = (
    "paper", "writer", "fits", "dropped", "premises", "labels", "fallacy", "telling", "line", "does", "headline",
    "overstated",
)  # fmt: skip
Row = Mapping[str, str]
Pairs = Sequence[tuple[Row, Row]]


def papers() -> dict[str, Paper]:
    """The captured week, by id."""
    rows = map(json.loads, CAPTURES.read_text(encoding="utf-8").splitlines())
    return {row["id"]: _paper(row) for row in rows}


def _paper(row: Mapping[str, Any]) -> Paper:
    title, abstract = collapse(row["title"]), collapse(row["abstract"])
    return Paper(ArxivId(row["id"]), 1, title, abstract, ", ".join(row["authors"]), tuple(row["categories"]))


def read_replies(folder: Path, lens: Lens) -> Iterator[dict[str, str | int]]:
    """A row a reply: what the project's own reader makes of it."""
    week = papers()
    for writer in sorted(one for one in folder.iterdir() if one.is_dir()):
        for number, name in enumerate(json.loads((folder / "ids.json").read_text(encoding="utf-8")), 1):
            reply = (writer / f"{number:02}.json").read_text(encoding="utf-8")
            yield {"paper": name, "writer": writer.name} | _read(reply, week[name], lens)


def _read(text: str, paper: Paper, lens: Lens) -> dict[str, str | int]:
    sentences = split(paper.abstract)
    weighing = Weighing(paper, lens, sentences, NumberedText(paper).basis(len(sentences)))
    at_once = weighing.short(ModelResponse(CallOutcome.ANSWERED, text), forgiving=False)
    read = read_short(text, lens, len(sentences))
    return {"fits": "yes" if at_once.fits else " ".join(at_once.faults)} | _parts(read, paper, sentences)


def _parts(read: ReadShort, paper: Paper, sentences: Sequence[Sentence]) -> dict[str, str | int]:
    reply = read.reply
    if reply is None:
        return {}
    words = "\n".join((paper.title, *(one.text for one in sentences)))
    line = reply.core_fallacy.line if reply.core_fallacy else ""
    return {
        "dropped": read.dropped,
        "premises": _joined({key: one.label for key, one in reply.premises.items()}),
        "labels": _joined({key: one.label for key, one in (reply.checklist or {}).items()}),
        "fallacy": "fallacy" if reply.core_fallacy else "none",
        "telling": " ".join(reply.telling),
        "line": len(line),
        "does": len(reply.does),
        "headline": len(reply.headline),
        "overstated": sum(bool(overstated(one, words)) for one in (reply.does, reply.headline)),
    }


def _joined(labels: Mapping[str, str]) -> str:
    return "; ".join(f"{key} {label}" for key, label in labels.items())


def _labels(row: Row, column: str = "labels") -> dict[str, str]:
    return dict(one.split(" ", 1) for one in row[column].split("; ") if one)


def _premises(row: Row) -> tuple[PremiseFinding, ...]:
    return tuple(PremiseFinding(key, PremiseLabel(label), ()) for key, label in _labels(row, "premises").items())


def _shown(row: Row, lens: Lens) -> dict[str, str]:
    """The labels as people see them: an item whose premise does not hold is not asked."""
    asked = {one.key for one in asked_items(lens, _premises(row))}
    return {key: label if key in asked else str(Label.NOT_APPLICABLE) for key, label in _labels(row).items()}


def _score(row: Row, lens: Lens) -> int:
    findings = [Finding(key, Label(label), ()) for key, label in _shown(row, lens).items()]
    return score(findings, lens, BasisKind.ABSTRACT)


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of two who label the same things."""
    first, second = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    by_chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    agreed = sum(one == two for one, two in pairs) / len(pairs)
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else 1.0


def _agreed(pairs: Sequence[tuple[str, str]]) -> str:
    same = sum(one == two for one, two in pairs)
    return f"{same} of {len(pairs)}, kappa {kappa(pairs):.2f}"


def _each(both: Pairs, labels: Callable[[Row], Mapping[str, str]]) -> list[tuple[str, str]]:
    """A pair of labels for each key of each paper on which both have it."""
    read = [(labels(one), labels(two)) for one, two in both]
    return [(one[key], two[key]) for one, two in read for key in one if key in two]


def _outside(row: Row) -> bool:
    return all(one.label is PremiseLabel.DOES_NOT for one in _premises(row))


def figures() -> str:
    """The figures of `writers.csv`, as tables."""
    lens = load_lenses(None)["discontinuity"]
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = sorted({row["writer"] for row in rows})
    lines = ["| writer | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    lines += _of_each([[row for row in rows if row["writer"] == name] for name in names])
    first, second = ({row["paper"]: row for row in rows if row["writer"] == name} for name in names[:2])
    both = [(first[name], second[name]) for name in first if name in second]
    return "\n".join([*lines, "", "| between the two | |", "|---|---|", *_between(both, lens)]) + "\n"


def _of_each(writers: Sequence[Sequence[Row]]) -> Iterator[str]:
    asked: tuple[tuple[str, Callable[[Sequence[Row]], str]], ...] = (
        ("replies that fit at once", lambda rows: f"{sum(row['fits'] == 'yes' for row in rows)} of {len(rows)}"),
        ("claims dropped", lambda rows: str(sum(int(row["dropped"]) for row in rows))),
        ("fallacies", lambda rows: str(sum(row["fallacy"] == "fallacy" for row in rows))),
        ("overstatements", lambda rows: str(sum(int(row["overstated"]) for row in rows))),
        ("`does`, characters: median, longest (asked: 140)", lambda rows: _lengths(rows, "does")),
        ("`headline`, characters: median, longest (asked: 120)", lambda rows: _lengths(rows, "headline")),
        ("omissions named a paper", lambda rows: f"{statistics.mean(len(row['telling'].split()) for row in rows):.1f}"),
    )
    for name, figure in asked:
        yield f"| {name} | " + " | ".join(figure(rows) for rows in writers) + " |"


def _lengths(rows: Sequence[Row], column: str) -> str:
    lengths = [int(row[column]) for row in rows]
    return f"{statistics.median(lengths):.0f}, {max(lengths)}"


def _between(both: Pairs, lens: Lens) -> Iterator[str]:
    for one in lens.premises:
        yield f"| premise `{one.key}` | {_agreed(_each(both, lambda row, key=one.key: _only(row, 'premises', key)))} |"  # type: ignore[misc]
    yield f"| labels, as written | {_agreed(_each(both, _labels))} |"
    yield f"| labels, as shown | {_agreed(_each(both, lambda row: _shown(row, lens)))} |"
    yield f"| outside the lens or not | {sum(_outside(one) == _outside(two) for one, two in both)} of {len(both)} |"
    yield f"| fallacy or none | {_agreed([(one['fallacy'], two['fallacy']) for one, two in both])} |"
    scored = [(_score(one, lens), _score(two, lens)) for one, two in both if one["labels"] and two["labels"]]
    apart = [abs(one - two) for one, two in scored]
    yield f"| scores apart: mean, most | {statistics.mean(apart):.1f}, {max(apart)} |"
    told = [(set(one["telling"].split()), set(two["telling"].split())) for one, two in both]
    told = [(one, two) for one, two in told if one or two]
    yield f"| omissions named: at least one in common | {sum(bool(one & two) for one, two in told)} of {len(told)} |"
    for asked in lens.checklist:
        pairs = _each(both, lambda row, key=asked.key: _only(row, "labels", key))  # type: ignore[misc]
        yield f"| `{asked.key}`, as written | {sum(one == two for one, two in pairs)} of {len(pairs)} |"


def _only(row: Row, column: str, key: str) -> dict[str, str]:
    return {one: label for one, label in _labels(row, column).items() if one == key}


def main() -> None:
    """Write `writers.csv` where a folder of replies is given, and put the figures into `writers.md`."""
    if len(sys.argv) > 1:
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(read_replies(Path(sys.argv[1]), load_lenses(None)["discontinuity"]))
    page = HERE / "writers.md"
    before, mark, _ = page.read_text(encoding="utf-8").partition("## Figures\n\n")
    page.write_text(before + mark + figures(), encoding="utf-8")
    sys.stdout.write(figures())


if __name__ == "__main__":
    main()
