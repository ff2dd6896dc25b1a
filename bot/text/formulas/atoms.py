"""A formula as a row of atoms, and how a row is written on one line so that it can be read in one way only.

What stands above, below or around is said with `^`, `_`, `/` and brackets. A blank parts what would run together:
`x_i j` is x with index i, times j; `x_ij` has two indices.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final


class Kind(Enum):
    """What an atom is to its neighbours."""

    PLAIN = "a letter, a number, a sign"
    WORD = "letters that are one name"
    TEXT = "words of a sentence"
    OPERATOR = "between two sides"
    BIG = "a sum, a product, an integral"
    POINT = "a comma or a semicolon"
    OPEN = "an opening bracket"
    CLOSE = "a closing bracket"
    SPACE = "a blank"
    FRACTION = "a quotient"
    GROUP = "several, held together by nothing that is seen"
    RAW = "TeX that is not known"


@dataclass(frozen=True, slots=True)
class Atom:
    """`is_open_ended`: it ends in an index, an exponent or a root, which must not swallow what follows."""

    text: str
    kind: Kind = Kind.PLAIN
    is_open_ended: bool = False


BLANK: Final = Atom(" ", Kind.SPACE)
NOTHING: Final = Atom("", Kind.TEXT)
_PAIRS: Final = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "⌈": "⌉", "⌊": "⌋", "|": "|", "‖": "‖", "⟦": "⟧"}
_WHOLE: Final = {Kind.PLAIN, Kind.WORD, Kind.TEXT}
_SHORT = re.compile(r"[-+−±∓]?(?:(?:[^\W_]|[\u0300-\u036f\u20d0-\u20ff])+|\d+\.\d+)")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_ROOTS: Final = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_ROOT = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵐᵈᵖʳᴺ]*[√∛∜]")
_RAISED: Final = str.maketrans("0123456789nkmdprN", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵐᵈᵖʳᴺ")
_DERIVED: Final = frozenset("∂∇Δd")


def kind_of(sign: str) -> Kind:
    """What a sign is by itself."""
    if sign in ("(", "[", "{", "⟨", "⌈", "⌊", "⟦", "⟮"):
        return Kind.OPEN
    if sign in (")", "]", "}", "⟩", "⌉", "⌋", "⟧", "⟯"):
        return Kind.CLOSE
    if sign in (",", ";"):
        return Kind.POINT
    if len(sign) == 1 and sign in "∑∏∐∫∬∭⨌∮∯⋃⋂⨆⨅⨄⨁⨂⨀⋁⋀":
        return Kind.BIG
    if len(sign) == 1 and sign in "∞∂∇∅∀∃∄¬√□◯★⋆∠∎|‖+":
        return Kind.OPERATOR if sign in "+|‖" else Kind.PLAIN
    is_operator = sign in ("-", "*", "/", ":", "·", "•", "⋯", ":=", "=:", "::=") or (
        len(sign) <= 2 and bool(sign) and (unicodedata.category(sign[0]) == "Sm" or "←" <= sign[0] <= "⇿")
    )
    return Kind.OPERATOR if is_operator else Kind.PLAIN


def is_bracketed(text: str) -> bool:
    """Whether one pair of brackets holds all of it."""
    close = _PAIRS.get(text[:1])
    if close is None or len(text) < 2 or text[-1] != close:
        return False
    if text[0] == close:
        return text.count(close) == 2
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == text[0]) - (letter == close)
        if depth == 0:
            return at == len(text) - 1
    return False


def bracketed(text: str) -> str:
    """The text in brackets, unless it stands in some."""
    return text if is_bracketed(text) else f"({text})"


def written(row: Sequence[Atom]) -> str:
    """The row as one line."""
    pieces: list[str] = []
    last: Atom | None = None
    for at, atom in enumerate(row):
        following = row[at + 1] if at + 1 < len(row) else None
        if not atom.text:
            continue
        if atom.kind is Kind.FRACTION and _joins(last, following):
            atom = Atom(bracketed(atom.text), Kind.CLOSE)
        if last is not None and _runs_together(last, atom):
            pieces.append(" ")
        pieces.append(atom.text)
        last = atom
    line = re.sub(r"\s+", " ", "".join(pieces))
    return re.sub(r" (?=[,;.)\]}](?:\s|$))", "", line)


def _joins(last: Atom | None, following: Atom | None) -> bool:
    """Whether what stands beside a quotient would join its upper or lower part."""
    is_followed = following is not None and (
        following.kind in {Kind.OPEN, Kind.FRACTION, Kind.WORD, Kind.BIG, Kind.GROUP, Kind.RAW}
        or (following.kind is Kind.PLAIN and following.text[:1] not in (".", "!", "′", "…"))
        or following.text.startswith(("/", "|_", "|^"))
    )
    is_led = last is not None and (
        last.kind in {Kind.WORD, Kind.RAW} or last.text in ("/", "|") or last.text[-1:] in _DERIVED
    )
    return is_followed or is_led


def _runs_together(last: Atom, atom: Atom) -> bool:
    before, after = last.text[-1], atom.text[0]
    if before.isspace() or after.isspace():
        return False
    is_letter = after.isalnum() or after in "√∛∜∂∇∅¬∀∃\\"
    if last.is_open_ended and (is_letter or atom.kind in {Kind.BIG, Kind.WORD}):
        return True
    if last.kind is Kind.BIG and last.is_open_ended:
        return True
    if before.isdigit() and after.isdigit():
        return True
    if last.kind in {Kind.WORD, Kind.RAW, Kind.TEXT} and is_letter:
        return before.isalnum() or last.kind is Kind.RAW
    if atom.kind in {Kind.WORD, Kind.TEXT} and after.isalnum():
        return before.isalnum() or before in ")]}"
    return atom.kind is Kind.FRACTION and (before.isalnum() or before in ")]}")


def scripted(base: Atom | None, mark: str, script: Sequence[Atom]) -> Atom:
    """The base with an index (`_`) or an exponent (`^`); the base alone where the script shows nothing."""
    base = base or Atom("")
    said = written(script).strip()
    if not said:
        return base
    stem = base.text
    if base.kind in {Kind.GROUP, Kind.FRACTION} or (base.kind is Kind.TEXT and " " in stem.strip()):
        stem = bracketed(stem)
    elif base.is_open_ended and (mark in _unbracketed(stem) or (mark == "^" and _ROOT.match(stem))):  # {x^2}^3
        stem = f"({stem})"
    if mark == "^" and said[0] in "′‵":
        primes = len(said) - len(said.lstrip("′‵"))
        stem, said = stem + said[:primes], said[primes:].strip()
    elif mark == "^" and said in ("∘", "°"):
        stem, said = f"{stem}°", ""
    kind = Kind.PLAIN if base.kind in {Kind.GROUP, Kind.FRACTION} else base.kind
    if not said:
        return Atom(stem, kind, base.is_open_ended)
    return Atom(f"{stem}{mark}{said if _is_told_apart(said) else f'({said})'}", kind, is_open_ended=True)


def _is_told_apart(script: str) -> bool:
    """Whether a script needs no brackets of ours: `x^(k+1)` has `k+1`, so that `(k+1)` itself needs a second pair."""
    if len(script) == 1 or _SHORT.fullmatch(script):
        return True
    return is_bracketed(script) and (script[0] != "(" or _is_told_apart(script[1:-1]))


def _unbracketed(text: str) -> str:
    """The text without what stands in round brackets."""
    while (shorter := _IN_BRACKETS.sub("", text)) != text:
        text = shorter
    return text


def fraction(above: Sequence[Atom], below: Sequence[Atom]) -> Atom:
    """One row over another."""
    upper, lower = written(above).strip(), written(below).strip()
    upper = upper if _is_product(above) else bracketed(upper)
    lower = lower if _is_one(below) else bracketed(lower)
    return Atom(f"{upper}/{lower}", Kind.FRACTION, is_open_ended=True)


def root(index: str, body: Sequence[Atom]) -> Atom | None:
    """A root; None where its index cannot be set in raised letters."""
    said = written(body).strip()
    raised = _ROOTS.get(index) or index.translate(_RAISED) + "√"
    if index and index not in _ROOTS and any(letter in raised for letter in index):
        return None
    is_one = (
        len(body) == 1 and body[0].kind in _WHOLE and not body[0].is_open_ended and (said.isdigit() or len(said) == 1)
    )
    return Atom(raised + (said if is_one else bracketed(said)), Kind.PLAIN, is_open_ended=True)


def _outside(row: Sequence[Atom]) -> list[Atom]:
    """The atoms that stand in no bracket of the row."""
    depth, outside = 0, []
    for atom in row:
        depth -= atom.kind is Kind.CLOSE
        if depth == 0 and atom.kind is not Kind.CLOSE:
            outside.append(atom)
        depth += atom.kind is Kind.OPEN
    return outside


def _is_product(row: Sequence[Atom]) -> bool:
    if is_bracketed(written(row)):
        return True
    outside = [atom for atom in _outside(row) if atom.text]
    if outside and outside[0].text in ("-", "−"):
        outside = outside[1:]
    plain = {Kind.PLAIN, Kind.OPEN}
    if all(atom.kind in plain for atom in outside):
        return True
    return (
        bool(outside)
        and outside[0].kind in _WHOLE
        and all(atom.kind is Kind.OPEN for atom in outside[1:2])
        and (len(outside) <= 2 and " " not in outside[0].text.strip())
    )


def _is_one(row: Sequence[Atom]) -> bool:
    if is_bracketed(written(row)):
        return True
    outside = [atom for atom in _outside(row) if atom.text]
    if len(outside) == 2 and outside[0].text in _DERIVED and outside[1].kind is Kind.PLAIN:
        return True
    if not outside or outside[0].kind not in _WHOLE or " " in outside[0].text.strip():
        return False
    return len(outside) == 1 or (len(outside) == 2 and outside[1].kind is Kind.OPEN)


def held(row: list[Atom]) -> Iterator[Atom]:
    """What braces hold: an atom as it is, several as a group."""
    if len(row) == 1:
        yield row[0]
    elif row:
        yield Atom(written(row), Kind.GROUP, row[-1].is_open_ended)


def upright(row: list[Atom]) -> Iterator[Atom]:
    """Letters beside letters are one name."""
    name = ""
    for atom in row:
        if atom.kind is Kind.PLAIN and len(atom.text) <= 2 and atom.text.isalnum():
            name += atom.text
            continue
        if name:
            yield Atom(name, Kind.WORD if len(name) > 1 else Kind.PLAIN)
            name = ""
        yield atom
    if name:
        yield Atom(name, Kind.WORD if len(name) > 1 and not name.isdigit() else Kind.PLAIN)


def aligned(cells: Sequence[Sequence[Atom]], columns: int) -> str:
    """A line of equations: its cells touch, and a blank parts each equation, of so many columns, from the next."""
    row: list[Atom] = []
    for at, cell in enumerate(cells):
        row += [BLANK, *cell] if at and at % columns == 0 else cell
    return written(row).strip()


def tabled(cells: Sequence[Sequence[Atom]], *, may_end_early: bool) -> str:
    """A line of a table, where a cell that shows nothing keeps its place; what ends in a comma needs no second one."""
    parts = [written(cell).strip() for cell in cells]
    if not any(parts):
        return ""
    while may_end_early and not parts[-1]:
        parts.pop()
    said = parts[0]
    for part in parts[1:]:
        said += (" " if said.endswith((",", ";")) else ", ") + part
    return said
