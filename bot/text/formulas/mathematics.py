"""A formula's TeX -> one readable line that means the same.

What is known is read out; what is set to keep a place (`\\phantom`) is dropped; what is not known stays as its TeX. So
nothing vanishes, and nothing appears that a reader of the page does not see but brackets: they hold together what
belongs together.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from bot.text.formulas import commands
from bot.text.formulas.atoms import (
    BLANK,
    NOTHING,
    Atom,
    Kind,
    aligned,
    bracketed,
    fraction,
    held,
    kind_of,
    root,
    scripted,
    tabled,
    upright,
    written,
)
from bot.text.formulas.signs import ACCENTS, ARCS, NAMED, NAMED_AS, STYLES, UPRIGHT, accented, sign, styled
from bot.text.formulas.tokens import Tokens, without_comments

FORMULA_CHARACTERS_READ: Final = 8_000
NESTING_READ: Final = 60
_DIMENSION = re.compile(r"[\s=-]*[\d.]+\s*(?:em|ex|pt|mu|cm|mm|in|sp|bp)\b\s*")
_IN_DOLLARS = re.compile(r"\$([^$]*)\$")

Readable = Callable[[str], str]


def read_formula(tex: str, in_text: Readable) -> str:
    """The formula as one line; its own TeX where it is too long or too deep. `in_text` reads the words in it."""
    tex = without_comments(tex).strip()
    if len(tex) > FORMULA_CHARACTERS_READ:
        return tex
    try:
        reader = _Reader(tex, in_text)
        shown = written(reader.whole()).strip()
    except RecursionError:
        return tex
    return shown


class _Reader:
    """One reading of one formula, from left to right."""

    def __init__(self, tex: str, in_text: Readable, depth: int = 0) -> None:
        self._tokens = Tokens(tex)
        self._depth = depth
        self._in_text = in_text

    def whole(self) -> list[Atom]:
        """All of it; a brace or an end that nothing opened is passed over."""
        row: list[Atom] = []
        while self._tokens.is_left:
            row += self._row({"}"})
            self._tokens.at += 1
        return row

    # rows

    def _deeper(self, tex: str) -> "_Reader":
        """A reader of a part."""
        if self._depth >= NESTING_READ:
            raise RecursionError
        return _Reader(tex, self._in_text, self._depth + 1)

    def _inside(self, tex: str) -> list[Atom]:
        """The atoms of a part."""
        return self._deeper(tex).whole()

    def _argument(self) -> list[Atom]:
        self._tokens.skip_blanks()
        token = self._tokens.peek()
        if token == "{":
            return self._inside(self._tokens.group())
        if token.startswith("\\"):
            self._tokens.at += 1
            return list(self._command(token[1:]))
        return self._inside(self._tokens.single())

    def _row(self, ends: set[str]) -> list[Atom]:
        """Atoms up to one of the ends, which is not taken."""
        row: list[Atom] = []
        while self._tokens.is_left and self._tokens.peek() not in ends:
            token = self._tokens.next()
            name = token[1:] if len(token) > 1 and token[0] == "\\" else ""
            if token in ("^", "_"):
                self._script(row, token)
            elif name in commands.INFIX:
                return [self._infix(name, row, self._row(ends))]
            elif name in UPRIGHT or name in STYLES:
                row += self._switch(name, ends)
            elif name:
                row += self._command(name)
            else:
                row += self._plain(token)
        return row

    def _plain(self, token: str) -> Iterator[Atom]:
        if token == "{":
            self._tokens.at -= 1
            yield from held(self._inside(self._tokens.group()) or [NOTHING])
        elif token in ("~", "&"):
            yield BLANK
        elif token == "'":
            yield Atom("′")
        elif not (token.isspace() or token == "$"):
            yield Atom(token, kind_of(token))

    def _script(self, row: list[Atom], mark: str) -> None:
        while row and row[-1].kind is Kind.SPACE:
            row.pop()
        base = row.pop() if row else None
        if base is not None and base.text == "′" and row:  # f'_i
            base = Atom(row.pop().text + "′")
        row.append(scripted(base, mark, self._argument()))

    def _infix(self, name: str, above: list[Atom], below: list[Atom]) -> Atom:
        if name == "over":
            return fraction(above, below)
        upper, lower = written(above).strip(), written(below).strip()
        return Atom(f"C({upper},{lower})" if name == "choose" else f"{{{upper}\\{name} {lower}}}")

    def _switch(self, name: str, ends: set[str]) -> Iterator[Atom]:
        """An alphabet: of its argument where it takes one, else of the rest of the group."""
        is_old = name in {"cal", "bf", "frak", "rm", "sf", "tt", "it", "sl", "up"}
        inside = self._row(ends) if is_old else self._argument()
        if name in UPRIGHT:
            yield from held(list(upright(inside)))
        else:
            yield from held([_in_style(atom, STYLES[name]) for atom in inside])

    # commands

    def _command(self, name: str) -> Iterator[Atom]:  # noqa: C901 - one branch a kind of command, as a table
        start = self._tokens.at - 1
        if name in commands.BLANKS:
            yield BLANK
        elif name in commands.NOTHING:
            if name in ("left", "right", "middle") or name.lower().startswith("big"):
                self._tokens.is_next(".")
        elif name in commands.UNSEEN:
            for _ in range(commands.UNSEEN[name]):
                self._tokens.option()
                self._tokens.group()
        elif name in commands.SPACES:
            yield from self._space(name)
        elif name in UPRIGHT or name in STYLES:
            yield from self._switch(name, {"}"})
        elif name in commands.TEXTS:
            yield from self._words(name)
        elif name in commands.AS_IT_IS:
            self._tokens.option()
            yield from held(self._argument())
        elif name in commands.FRACTIONS:
            yield fraction(self._argument(), self._argument())
        elif name in commands.BINOMIALS:
            above, below = self._argument(), self._argument()
            yield Atom(f"C({written(above)},{written(below)})")
        elif name == "sqrt":
            yield self._root(start)
        elif name in ACCENTS or name in ARCS:
            yield self._accent(name)
        elif name in ("not", "centernot"):
            yield self._not()
        elif name in NAMED or name in ("operatorname", "operatornamewithlimits", "mathop"):
            yield self._named(name)
        elif name == "begin":
            yield from self._environment(start)
        elif name in _MORE:
            yield from _MORE[name](self, name)
        else:
            yield self._sign(name, start)

    def _sign(self, name: str, start: int) -> Atom:
        """A sign by its name, or TeX that is not known, with what stands in braces behind it."""
        if name == "\\":
            self._tokens.is_next("*")
            self._line_gap()
            return Atom("; ", Kind.POINT)
        shown = sign(name)
        if shown is not None:
            return Atom(shown, kind_of(shown))
        while self._tokens.peek() in ("{", "["):
            if self._tokens.peek() == "{":
                self._tokens.group()
            else:
                self._tokens.option()
        return Atom(self._tokens.since(start), Kind.RAW)

    def _space(self, name: str) -> Iterator[Atom]:
        if name in ("hspace", "mspace"):
            self._tokens.is_next("*")
            amount = self._tokens.group()
        else:
            rest = self._tokens.ahead(12)
            found = _DIMENSION.match(rest)
            amount = found.group() if found else ""
            self._tokens.take(len(amount))
        if amount and "-" not in amount:
            yield BLANK

    def _words(self, name: str) -> Iterator[Atom]:
        if name == "makebox":
            self._tokens.option()
        self._tokens.is_next("*")
        raw = self._tokens.group()
        pieces: list[str] = []
        at = 0
        for found in _IN_DOLLARS.finditer(raw):
            pieces += [self._said(raw[at : found.start()]), written(self._inside(found[1]))]
            at = found.end()
        text = "".join([*pieces, self._said(raw[at:])])
        if text:
            yield Atom(text, Kind.TEXT)

    def _said(self, raw: str) -> str:
        """Words between formulas; a blank at either end is a blank."""
        raw = raw.replace("\\ ", " ")
        if "\\" in raw:
            inner = self._in_text(raw.strip())
            raw = raw[: len(raw) - len(raw.lstrip())] + inner + raw[len(raw.rstrip()) :]
            return raw.replace("~", " ") if "\\" not in inner else raw
        return raw.replace("{", "").replace("}", "").replace("~", " ")

    def _root(self, start: int) -> Atom:
        index = self._tokens.option()
        body = self._argument()
        found = root(written(self._inside(index)).strip() if index else "", body)
        return found or Atom(self._tokens.since(start), Kind.RAW)

    def _accent(self, name: str) -> Atom:
        row = self._argument()
        said = written(row).strip()
        shown = accented(name, said) if name in ACCENTS else None
        if shown is not None:
            return Atom(shown, Kind.PLAIN if len(row) == 1 else Kind.GROUP, row[0].is_open_ended if row else False)
        return Atom(f"\\{name}{{{said}}}") if said else Atom("")

    def _not(self) -> Atom:
        """The sign that comes next, struck out; what is not known cannot be, and stays as its TeX."""
        start = self._tokens.at - 1
        while (token := self._tokens.peek()).isspace() or token[1:] in commands.BLANKS | commands.SPACES | {"!"}:
            self._tokens.at += 1
            if token[1:] in commands.SPACES:
                list(self._space(token[1:]))
        row = self._argument()
        if not row or row[0].kind is Kind.RAW:
            return Atom(self._tokens.since(start), Kind.RAW)
        text = accented("slashed", row[0].text[:1]) or row[0].text
        return Atom(written([Atom(text + row[0].text[1:], row[0].kind), *row[1:]]), Kind.OPERATOR)

    def _named(self, name: str) -> Atom:
        if name in NAMED:
            return Atom(NAMED_AS.get(name, name), Kind.WORD)
        self._tokens.is_next("*")
        row = self._argument()
        if name == "mathop" and len(row) == 1 and row[0].kind is not Kind.GROUP:
            return row[0]
        return Atom(written(list(upright(row))).strip(), Kind.WORD)

    # environments

    def _environment(self, start: int) -> Iterator[Atom]:
        name = self._tokens.group()
        bare = name.rstrip("*")
        if bare not in commands.HELD and bare not in commands.ALIGNED and bare not in commands.TABLES:
            self._skip_environment(name)
            if bare not in commands.PANELS:
                yield Atom(self._tokens.since(start), Kind.RAW)
            return
        if bare in commands.ALIGNED or bare in commands.WITH_COLUMNS or name.endswith("matrix*"):
            self._tokens.option()
        if bare in commands.WITH_COLUMNS:
            self._tokens.group()
        yield self._table(bare)

    def _table(self, bare: str) -> Atom:
        """The lines of an environment, in its brackets."""
        if bare in commands.ALIGNED:
            lines = [aligned(cells, 3 if bare == "eqnarray" else 2) for cells in self._lines()]
        else:
            lines = [tabled(cells, may_end_early=bare.endswith("cases")) for cells in self._lines()]
        text = "; ".join(line.rstrip(",;") for line in lines if line)
        pair = commands.HELD.get(bare)
        return Atom(pair[0] + text + pair[1]) if pair else Atom(text, Kind.GROUP)

    def _lines(self) -> Iterator[list[list[Atom]]]:
        """The rows of an environment, each of cells; its end is taken."""
        cells: list[list[Atom]] = []
        while self._tokens.is_left:
            cells.append(self._row({"&", "\\\\", "\\cr", "\\end", "}"}))
            end = self._tokens.next()
            if end in ("\\\\", "\\cr"):
                self._tokens.is_next("*")
                self._line_gap()
            if end == "\\end":
                self._tokens.group()
            if end != "&":
                yield cells
                cells = []
            if end in ("\\end", ""):
                return

    def _line_gap(self) -> None:
        before = self._tokens.at
        amount = self._tokens.option()
        if amount is not None and not _DIMENSION.fullmatch(amount):
            self._tokens.at = before

    def _skip_environment(self, name: str) -> None:
        depth = 1
        while depth and self._tokens.is_left:
            token = self._tokens.next()
            if token in ("\\begin", "\\end") and self._tokens.group() == name:
                depth += 1 if token == "\\begin" else -1

    # what has a form of its own

    def _over(self, name: str) -> Iterator[Atom]:
        """Something over or under a sign."""
        script, base = self._argument(), self._argument()
        under = base[0] if len(base) == 1 else Atom(written(base), Kind.GROUP)
        yield scripted(under, "_" if name == "underset" else "^", script)

    def _arrow(self, name: str) -> Iterator[Atom]:
        under = self._tokens.option()
        arrow = scripted(Atom(commands.ARROWS[name], Kind.OPERATOR), "^", self._argument())
        yield scripted(arrow, "_", self._inside(under)) if under else arrow

    def _modulus(self, name: str) -> Iterator[Atom]:
        if name == "bmod":
            yield Atom(" mod ", Kind.OPERATOR)
            return
        said = written(self._argument()).strip()
        yield Atom({"pmod": f" (mod {said})", "pod": f" ({said})"}[name], Kind.OPERATOR)

    def _plain_table(self, name: str) -> Iterator[Atom]:
        """As plain TeX has it: `\\pmatrix{a&b\\cr c&d}`."""
        yield self._deeper(self._tokens.group())._table(name)

    def _ket(self, name: str) -> Iterator[Atom]:
        self._tokens.is_next("*")
        yield Atom(commands.KETS[name].format(written(self._argument()).strip()))

    def _tag(self, name: str) -> Iterator[Atom]:
        self._tokens.is_next("*")
        yield Atom(f" {bracketed(self._said(self._tokens.group()).strip())}")

    def _choice(self, name: str) -> Iterator[Atom]:
        first = self._argument()
        for _ in range(3):
            self._tokens.group()
        yield from first

    def _raised(self, name: str) -> Iterator[Atom]:
        self._tokens.group()
        yield from held(self._argument())

    def _colour(self, name: str) -> Iterator[Atom]:
        self._tokens.option()
        self._tokens.group()
        if name == "textcolor":
            yield from held(self._argument())

    def _text_script(self, name: str) -> Iterator[Atom]:
        mark = "^" if name == "textsuperscript" else "_"
        yield scripted(None, mark, [Atom(self._said(self._tokens.group()))])


_MORE: Final[dict[str, Callable[[_Reader, str], Iterator[Atom]]]] = {
    name: form
    for forms, form in (
        (("overset", "underset", "stackrel"), _Reader._over),
        (commands.ARROWS, _Reader._arrow),
        (("bmod", "pmod", "pod"), _Reader._modulus),
        (commands.KETS, _Reader._ket),
        (("matrix", "pmatrix", "cases"), _Reader._plain_table),
        (("tag",), _Reader._tag),
        (("mathchoice",), _Reader._choice),
        (("raisebox",), _Reader._raised),
        (("color", "textcolor"), _Reader._colour),
        (("textsuperscript", "textsubscript"), _Reader._text_script),
    )
    for name in forms
}


def _in_style(atom: Atom, style: str) -> Atom:
    return Atom("".join(styled(style, letter) for letter in atom.text), atom.kind, atom.is_open_ended)
