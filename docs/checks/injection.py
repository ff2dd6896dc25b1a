"""How often a text that instructs a model is told, and how often an honest one is accused: both corpora, counted.

`python docs/checks/injection.py` runs the detector over `tests/corpus` and puts the figures into `injection.md`.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from bot.core.injection import instructions_in
from bot.core.paper import collapse
from bot.text.split import split

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "tests" / "corpus"
HALVES = {"The half that was held out": "injection_heldout.toml", "The half it was made with": "injection.toml"}


def counts(name: str) -> dict[str, Counter[str]]:
    """class -> how many attacks there are and are found, how many twins there are and are accused."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for case in tomllib.loads((CORPUS / name).read_text(encoding="utf-8"))["case"]:
        is_told = bool(instructions_in("", split(collapse(case["text"]))))
        table[case["class"]][case["kind"]] += 1
        table[case["class"]][f"{case['kind']} told"] += is_told
    return table


def figures() -> str:
    """Both halves as tables: recall and false alarms a class and in all."""
    return "\n".join(f"### {title}\n\n{_table(counts(name))}" for title, name in HALVES.items())


def _table(table: dict[str, Counter[str]]) -> str:
    lines = ["| class | attacks | found | recall | twins | accused |", "|---|" + "---|" * 5]
    whole: Counter[str] = Counter()
    for name, count in sorted(table.items()):
        whole.update(count)
        lines.append(_line(name, count))
    return "\n".join([*lines, _line("all", whole)]) + "\n"


def _line(name: str, count: Counter[str]) -> str:
    recall = f"{count['attack told'] / count['attack']:.2f}" if count["attack"] else "none there"
    cells = (name, count["attack"], count["attack told"], recall, count["twin"], count["twin told"])
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    """Put the figures into `injection.md`."""
    page = HERE / "injection.md"
    before, mark, _ = page.read_text(encoding="utf-8").partition("## Figures\n\n")
    page.write_text(before + mark + figures(), encoding="utf-8")
    sys.stdout.write(figures())


if __name__ == "__main__":
    main()
