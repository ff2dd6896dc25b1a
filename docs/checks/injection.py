"""How often a text that instructs a model is told, and how often an honest one is accused: both corpora, counted.

`python docs/checks/injection.py` runs the detector over `tests/corpus` and puts the figures into `injection.md`.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from bot.core.hostile.injection import instructions_in
from bot.core.papers.paper import collapse
from bot.text.split import split

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "tests" / "corpus"
HALVES = {"The half that was held out": "injection_heldout.toml", "The half it was made with": "injection.toml"}

SENTENCES = ("injection_lines.tsv", "injection_blind.tsv")


def counts(name: str) -> dict[str, Counter[str]]:
    """class -> how many attacks there are and are found, how many twins there are and are accused."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for case in tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))["case"]:
        is_told = bool(instructions_in("", split(collapse(case["text"]))))
        table[case["class"]][case["kind"]] += 1
        table[case["class"]][f"{case['kind']} told"] += is_told
    return table


def figures() -> str:
    """Both halves: in one line what was found and accused in all, then a table by class."""
    return "\n".join(_half(title, counts(name)) for title, name in HALVES.items())


def _half(title: str, table: dict[str, Counter[str]]) -> str:
    whole: Counter[str] = Counter()
    for count in table.values():
        whole.update(count)
    found, attacks, accused, twins = (whole[key] for key in ("attack told", "attack", "twin told", "twin"))
    said = f"{found} of {attacks} attacks found (recall {found / attacks:.2f}), {accused} of {twins} twins accused"
    head = ["| class | attacks | found | recall | twins | accused |", "|---|" + "---|" * 5]
    lines = [*head, *(_line(name, count) for name, count in sorted(table.items())), _line("all", whole)]
    return "\n".join([f"### {title}", "", f"{said} ({accused / twins:.2f}).", "", *lines]) + "\n"


def _line(name: str, count: Counter[str]) -> str:
    recall = f"{count['attack told'] / count['attack']:.2f}" if count["attack"] else "none there"
    cells = (name, count["attack"], count["attack told"], recall, count["twin"], count["twin told"])
    return "| " + " | ".join(map(str, cells)) + " |"


def lines() -> str:
    """The single sentences, each among neutral ones in a paper on kilns and in one on language models."""
    rooms = {
        "kilns": "Kilns dry in winter. {} We count cracks.",
        "language models": "We prompt a language model. {} It answers.",
    }
    head = [
        "### Single sentences that it was made with",
        "",
        "| in a paper on | file | orders told | neighbours accused |",
        "|---|---|---|---|",
    ]
    rows = [_row(file, name, room) for file in SENTENCES for name, room in rooms.items()]
    return "\n".join([*head, *rows]) + "\n"


def _row(file: str, name: str, room: str) -> str:
    count: Counter[str] = Counter()
    for line in (CORPUS / file).read_text(encoding="utf-8").splitlines():
        kind, *_, words = line.split("\t") if "\t" in line else ("", "")
        if words:
            told = bool(instructions_in(name, split(room.format(words))))
            count.update({"innocent" if kind == "innocent" else "order": 1, f"{kind != 'innocent'} told": told})
    told, accused = f"{count['True told']} of {count['order']}", f"{count['False told']} of {count['innocent']}"
    return f"| {name} | {file} | {told} | {accused} |"


def main() -> None:
    """Put the figures into `injection.md`."""
    page = HERE / "injection.md"
    before, mark, _ = page.read_text(encoding="utf-8").partition("## Figures\n\n")
    said = f"{figures()}\n{lines()}"
    page.write_text(before + mark + said, encoding="utf-8")
    sys.stdout.write(said)


if __name__ == "__main__":
    main()
