"""Matrices, cases and large brackets of a PDF by the places of their signs."""

from bot.sources.pdf.pdf_fractions import Sign
from bot.sources.pdf.pdf_matrices import Tall, brackets_of, with_brackets, with_matrices
from bot.sources.pdf.pdf_scripts import accented, with_scripts

Box = tuple[float, float, float, float]


def large(sign: str, x: float, low: float, high: float) -> tuple[Sign, Tall]:
    y = (low + high) / 2 - 2.5
    return Sign(sign, x, y, x + 5, 10), {(x, y): (low, high)}


def at(text: str, x: float, y: float, size: float = 10) -> Sign:
    return Sign(text, x, y, x + 0.5 * size * len(text), size)


def read(*signs: Sign | tuple[Sign, Tall], rules: tuple[Box, ...] = ()) -> str:
    plain = [one if isinstance(one, Sign) else one[0] for one in signs]
    tall = {place: reach for one in signs if not isinstance(one, Sign) for place, reach in one[1].items()}
    brackets = brackets_of(plain, tall)
    gone = Sign("", 0, 0, 0, 0)
    for change in (with_brackets(brackets), None):
        changed = change if change is not None else with_scripts(plain)
        plain = [changed.get(place, sign) or gone for place, sign in enumerate(plain)]
    matrices = with_matrices(plain, brackets, rules)
    return " ".join(one.text for place, sign in enumerate(plain) if (one := matrices.get(place, sign)) and one.text)


ROWS = (at("a", 110, 106), at("b", 130, 106), at("c", 110, 94), at("d", 130, 94))


def test_rows_between_two_large_brackets_are_a_matrix() -> None:
    assert read(at("R", 90, 100), large("(", 100, 88, 118), *ROWS, large(")", 140, 88, 118)) == "R (a, b; c, d)"


def test_brackets_are_set_of_pieces_and_an_exponent_stands_behind_them() -> None:
    left = [large("[", 100, low, low + 10) for low in (108, 98, 88)]
    right = [large("]", 140, low, low + 10) for low in (108, 98, 88)]
    assert read(*left, *ROWS, *right, at("T", 146, 114, 7)) == "[a, b; c, d]^T"


def test_a_column_that_a_row_leaves_out_stays_empty() -> None:
    rows = (at("a", 110, 106), at("c", 130, 94))
    assert read(large("(", 100, 88, 118), *rows, large(")", 140, 88, 118)) == "(a; , c)"


def test_a_brace_alone_holds_cases_and_neither_the_next_column_nor_the_number() -> None:
    cases = (at("1,", 110, 106), at("x>0,", 132, 106), at("-z,", 110, 94), at("else.", 132, 94))
    beside = (at("(6)", 200, 100), at("prose", 260, 106), at("more", 260, 94))
    assert read(large("{", 100, 88, 118), *cases, *beside) == "{1, x>0; -z, else.} (6) prose more"


def test_two_columns_of_prose_beside_a_brace_are_no_cases() -> None:
    beside = (at("prose", 160, 106), at("more", 160, 94))
    assert read(large("{", 100, 88, 118), *beside) == "{ prose more"


def test_what_stands_over_and_under_a_bar_or_is_a_limit_is_no_matrix() -> None:
    signs = (large("(", 100, 88, 118), at("a", 110, 108), at("b", 110, 92), large(")", 120, 88, 118))
    assert read(*signs, rules=((108, 102, 118, 102.4),)) == "( a b )"
    assert read(signs[0], at("A", 107, 102), at("n", 112, 92, 7), signs[3]) == "( A n )"


def test_an_opening_bracket_takes_no_exponent() -> None:
    assert read(large("(", 100, 88, 118), at("1", 106, 106, 7), at("x", 110, 102)) == "( 1 x"


def test_an_accent_is_put_onto_its_letter_wherever_it_is_drawn() -> None:
    signs = [("ψ", 10.0, 16.0, 10.0), ("γ", 17.0, 22.0, 10.0), ("¯", 11.0, 15.0, 10.0)]
    assert accented(signs) == {2: "", 0: "ψ\u0304"}
    assert accented([("\u20d7", 10.0, 15.0, 10.0), ("v", 10.0, 15.0, 10.0)]) == {0: "", 1: "v\u20d7"}


def test_a_wide_accent_over_several_letters_stays_as_its_tex() -> None:
    letters = [("A", 10.0, 17.0, 10.0), ("B", 17.5, 24.5, 10.0), ("C", 25.0, 32.0, 10.0)]
    assert accented([*letters, ("ˆ", 14.0, 28.4, 10.0)]) == {3: "", 0: "\\widehat{A", 2: "C}"}


def test_limits_under_an_operator_of_two_words_are_its_own() -> None:
    words = [at(letter, 100 + 5 * place + (2 if place > 2 else 0), 100) for place, letter in enumerate("argmin")]
    limit = [at("θ", 111, 92, 7), at("∈", 115, 92, 7), at("X", 119, 92, 7)]
    changed = with_scripts([at("=", 90, 100), *words, *limit, at("L", 140, 100), at("x", 150, 100)])
    assert [one.text for one in changed.values() if one] == ["n_(θ∈X)"]
