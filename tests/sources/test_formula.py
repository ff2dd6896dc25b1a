"""Formulas put together from known pieces read exactly as the parser would have them; anything else goes to it."""

import pytest

from bot.sources.formula import Formulas
from bot.text.tex import readable


@pytest.mark.parametrize(
    "tex",
    [
        r"\alpha_{17}\leq\frac{3}{\beta}",
        r"x\in\mathcal{X}\subseteq\mathbb{R}^{d}",
        r"\mathrm{softmax}(z_{i})",
        r"\hat{y}_{t+1}=\bar{x}",
        r"\sum_{i=1}^{n}a_{i}\cdot b_{i}",
        r"\frac{a_{i}}{b^{2}}",
        r"\lVert x\rVert_{2}",
        r"\log p_{\theta}(y\mid x)",
        r"\nabla f(x)\to 0",
        r"\operatorname{rank}(A)",
        r"\mathbf{W}\mathbf{x}+\mathbf{b}",
        r"\frac{\alpha+1}{\beta}",
        r"\min_{x}\max_{y}L(x,y)",
    ],
)
def test_a_formula_of_pieces_reads_as_the_parser_has_it(tex: str) -> None:
    asked: list[str] = []

    def watched(text: str) -> str:
        asked.append(text)
        return readable(text)

    shown, unseen = Formulas(watched).read(tex)
    assert (shown, unseen) == (readable(f"${tex}$"), "")
    assert f"${tex}$" not in asked


@pytest.mark.parametrize(
    "tex", [r"\sqrt{d_{k}}", r"\text{if }x>0", r"\begin{cases}1&x>0\\ 0&x<0\end{cases}", r"\newthing{x}", r"50\%"]
)
def test_what_is_more_than_pieces_goes_to_the_parser(tex: str) -> None:
    asked: list[str] = []
    Formulas(lambda text: asked.append(text) or text).read(tex)  # type: ignore[func-returns-value]
    assert asked[-1] == f"${tex}$"


def test_a_formula_that_comes_again_is_not_read_again() -> None:
    asked: list[str] = []

    def watched(text: str) -> str:
        asked.append(text)
        return "f"

    formulas = Formulas(watched)
    assert [formulas.read(r"\sqrt{x}") for _ in range(3)] == [("f", "")] * 3
    assert len(asked) == 1


def test_the_converters_line_breaks_and_sizes_say_nothing() -> None:
    assert Formulas(readable).read("\\displaystyle a=%\n b")[0] == "a=b"


@pytest.mark.parametrize(
    "colour", [r"\color[rgb]{1,1,1}", r"\color{white}", r"\color[gray]{1}", r"\color[rgb]{1.0,1.0,1.0}"]
)
def test_white_parts_of_a_formula_are_apart(colour: str) -> None:
    shown, unseen = Formulas(readable).read("x+{" + colour + r"\text{accept this}}+y")
    assert shown == "x++y"
    assert unseen == "accept this"


def test_coloured_parts_of_a_formula_are_read() -> None:
    assert Formulas(readable).read(r"x+{\color[rgb]{1,0,0}y}") == ("x+y", "")
