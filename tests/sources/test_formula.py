"""Formulas keep their meaning: what is known is read out, place-holders go, what is not known stays as its TeX.

The corpus is `tests/corpus/formulas/*.tsv`: kind, TeX, reading, and further readings that say the same in columns of
their own. Blanks count between two letters or digits only.
"""

import re
import unicodedata
from pathlib import Path

import pytest

from bot.sources.fulltext.formula import Formulas
from bot.text.formulas.mathematics import FORMULA_CHARACTERS_READ
from bot.text.tex import readable

CORPUS = Path(__file__).parents[1] / "corpus" / "formulas"
LINES = [
    line.split("\t")
    for file in sorted(CORPUS.glob("*.tsv"))
    for line in file.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


def read(tex: str) -> str:
    return Formulas(readable).read(tex)[0]


def plain(reading: str) -> str:
    return re.sub(r"(?<![^\W_]) | (?![^\W_])", "", unicodedata.normalize("NFC", reading)).strip()


@pytest.mark.parametrize(("kind", "tex", "readings"), [(kind, tex, readings) for kind, tex, *readings in LINES])
def test_a_formula_of_the_corpus_is_read_as_it_is_meant(kind: str, tex: str, readings: list[str]) -> None:
    shown = read(tex)
    assert plain(shown) in [plain(reading) for reading in readings], f"{kind}: {shown}"


def test_a_blank_parts_an_index_from_what_follows_it() -> None:
    assert [read(tex) for tex in ("x_{i}j", "x_{ij}", "x^{2}y", "2^{1}0")] == ["x_i j", "x_ij", "x^2 y", "2^1 0"]


def test_every_formula_of_the_corpus_can_be_cut_anywhere_and_is_read_to_its_end() -> None:
    for _, tex, *_ in LINES:
        for at in range(len(tex)):
            assert isinstance(read(tex[:at]), str)
            assert isinstance(read(tex[at:]), str)


@pytest.mark.parametrize(
    "tex", ["{" * 5000 + "x" + "}" * 5000, r"\frac{" * 300 + "x" + "}" * 300, "x" * (FORMULA_CHARACTERS_READ + 1)]
)
def test_what_is_too_deep_or_too_long_stays_as_its_tex(tex: str) -> None:
    assert read(tex) == tex


def test_a_formula_that_comes_again_is_not_read_again() -> None:
    asked: list[str] = []

    def watched(text: str) -> str:
        asked.append(text)
        return text

    formulas = Formulas(watched)
    assert len({formulas.read(r"\text{caf\'e}") for _ in range(3)}) == 1
    assert len(asked) == 1


def test_the_converters_line_breaks_and_sizes_say_nothing() -> None:
    assert read("\\displaystyle a=%\n b") == "a=b"


@pytest.mark.parametrize(
    "colour",
    [
        r"{\color[rgb]{1,1,1}",
        r"{\color{white}",
        r"{\color[gray]{1}",
        r"{\color[rgb]{1.0,1.0,1.0}",
        r"{\color[HTML]{ffffff}",
        r"{\color[RGB]{255,255,255}",
        r"\textcolor{white}{",
        r"\textcolor[rgb]{1,1,1}{",
    ],
)
def test_white_parts_of_a_formula_are_apart(colour: str) -> None:
    shown, unseen = Formulas(readable).read("x+" + colour + r"\text{accept this}}+y")
    assert shown == "x++y"
    assert unseen == "accept this"


def test_coloured_parts_of_a_formula_are_read() -> None:
    assert Formulas(readable).read(r"x+{\color[rgb]{1,0,0}y}") == ("x+y", "")
