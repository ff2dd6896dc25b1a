"""Draws the README's picture: `python docs/picture.py` writes docs/card.svg from the written example."""

import io
import re
from pathlib import Path

from rich.console import Console

from bot.core.present.card import card
from bot.core.present.paper_view import PaperView
from bot.demo.load import written_example
from bot.lenses.load import load_lenses
from bot.platforms.console.paint import paint
from bot.text.tex import readable


def drawn() -> str:
    """The card painted on a recording console and exported, without the web font that rich would name."""
    lens = load_lenses(None)["discontinuity"]
    example = written_example(lens)
    console = Console(record=True, width=92, force_terminal=True, color_system="truecolor", file=io.StringIO())
    paint(console, card(PaperView(example.paper, example.verdict, lens, "cs.AI", example.day, readable)))
    return re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="copecheck demo"), flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    Path(__file__).with_name("card.svg").write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
