"""A PDF's page -> runs of letters as they look, by PDFium; letters that nobody sees go to the hidden passages.

Hidden is: without ink (render modes 3 and 7, or transparent), in the colour of what lies under it, under 2 points,
outside the page, in a layer that is off, cut off by a clip, or under a picture or a filled rectangle. A scan whose
words a machine recognized is drawn without ink all over, or under the picture of the page: that is no hiding.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import pypdfium2_raw as pdfium

from bot.core.fulltext.fulltext import Hiding
from bot.sources.fulltext.hidden_text import HiddenText
from bot.sources.fulltext.visibility import LEAST_CONTRAST, LEAST_POINTS, WHITE, Colour, contrast
from bot.sources.pdf.pdf_fonts import (
    BOLD,
    ITALIC,
    LARGE_FONT,
    LARGE_WITHOUT_MAP,
    code_32_box,
    font_name,
    joined,
    sign_of,
    signs_of,
)
from bot.sources.pdf.pdf_fractions import AXIS, Sign, runs_together, with_fractions
from bot.sources.pdf.pdf_layers import switched_off
from bot.sources.pdf.pdf_line_numbers import LineNumbers
from bot.sources.pdf.pdf_matrices import brackets_of, with_brackets, with_matrices
from bot.sources.pdf.pdf_paint import Box, address_of, covered, gather, lets_through, page_box
from bot.sources.pdf.pdf_scripts import accented, with_scripts

NO_INK = (3, 7)
FAINT = 12
PAGE_SHARE = 0.6
INKED_ON_SCAN = 0.3  # a library prints its own line over a scan
MOST_LETTERS = 60_000
A_GAP = 1.5
A_CELL_GAP = 0.95  # wider than any blank between words, narrower than what parts the cells of a table
_STAMP = re.compile(r"arXiv:\S{1,40}?v(\d{1,4})")


@dataclass(slots=True)
class Run:
    """Letters on one line without a wide gap: their words, baseline, extent, size and weight.

    `size`: of its largest letters; `sizes`: how many letters have which. `lead`: how many letters at its beginning are
    set apart (bold or slanted), with a number before them. `gaps`: where the words part as cells do, by the place in
    the text and on the page.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: int
    italic: int
    last: float = -1.0
    lead: int = 0
    gaps: list[tuple[int, float, float]] = field(default_factory=list)
    sizes: Counter[float] = field(default_factory=Counter)

    @property
    def usual_size(self) -> float:
        """That of most letters, for lines may begin in smaller capitals; where all are capitals, `size`."""
        return self.size if self.text.isupper() or not self.sizes else self.sizes.most_common(1)[0][0]

    def add(self, sign: str, look: "_Look", x: float) -> None:
        """One letter more, behind a blank where one is seen."""
        is_number = not any(letter.isalpha() for letter in self.text[1 : self.lead])  # `1.2`, `A.1`
        is_apart = look.is_bold or look.is_italic or (is_number and not (self.text and sign[-1].isalpha()))
        if self.lead == len(self.text) and is_apart:
            self.lead += len(sign)
        self.text += sign
        self.sizes[look.size] += 1
        self.last = x
        self.bold += look.is_bold
        self.italic += look.is_italic


@dataclass(slots=True)
class Page:
    """What is on a page. `is_picture`: one picture covers it; `is_recognized`: its words lie unseen upon that."""

    width: float
    height: float
    runs: list[Run]
    is_picture: bool = False
    is_recognized: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """How the letters of one text object look; the same for all of them."""

    size: float
    turn: int
    colour: Colour | None
    is_inkless: bool
    is_bold: bool
    is_italic: bool
    order: int
    is_large: bool = False
    signs: Mapping[int, str] = field(default_factory=dict)
    clip: Box | None = None
    is_off: bool = False


_Letter = tuple[str, float, float, _Look | None, float]


def read_page(document: object, page: object, passages: HiddenText, number: int, margins: LineNumbers) -> Page:
    """The letters of one page; `margins` knows where the pages before it have numbers of lines."""
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return _Reader(document, page, text_page, passages, f"page {number}", margins).read()
    finally:
        pdfium.FPDFText_ClosePage(text_page)


class _Reader:
    """Reads one page."""

    def __init__(
        self,
        document: object,
        page: object,
        text_page: object,
        passages: HiddenText,
        where: str,
        margins: LineNumbers,
    ) -> None:
        self._margins = margins
        self._text_page = text_page
        self._passages = passages
        self._where = where
        self._box = page_box(page)
        self._off = switched_off(page, self._box)
        self._painted = gather(page, self._off)
        self._covers = [ground for ground in self._painted.grounds if ground.is_cover]
        images = {ground.order: ground.image for ground in self._covers if ground.image is not None}
        self._is_sealed = cache(lambda order: order not in images or not lets_through(document, page, images[order]))
        self._looks: dict[int, _Look] = {}
        self._tiny_at = (0.0, 0.0)
        self._tall: dict[tuple[float, float], tuple[float, float]] = {}

    def read(self) -> Page:
        left, bottom, right, top = self._box
        is_picture = (
            covered((ground.box for ground in self._painted.grounds if ground.colour is None), self._box) > PAGE_SHARE
        )
        letters = _with_accents(list(self._letters()))
        inked = [letter for letter in letters if letter[3] is not None and not self._is_under_scan(letter, is_picture)]
        is_recognized = is_picture and len(inked) < INKED_ON_SCAN * max(len(letters), 1)
        turned = [letter for letter in letters if letter[3] is not None and letter[3].turn]
        page = Page(right - left, top - bottom, [], is_picture and not letters, is_recognized)
        if found := _STAMP.search("".join(pair[0] for pair in turned)):
            page.version = int(found[1])
        turn = 1 if len(turned) > 0.6 * len(letters) and letters else 0
        seen = [letter for letter in letters if self._is_seen(letter, is_recognized)]
        self._passages.rest()
        if turn:
            seen = [_turned(pair) for pair in seen if pair[3] is None or pair[3].turn]
            page.width, page.height = page.height, page.width
        else:
            seen = self._in_one_line([pair for pair in seen if pair[3] is None or not pair[3].turn])
        page.runs = list(_runs(seen, 0.0 if turn else left, 0.0 if turn else bottom))
        return page

    def _in_one_line(self, letters: Sequence[_Letter]) -> list[_Letter]:
        """The letters, with each fraction, and each letter with its exponent and index, as one sign of its line."""
        signs = [
            Sign("" if look is None else sign, x, y, right, look.size if look else 0.0)
            for sign, x, y, look, right in letters
        ]
        gone = Sign("", 0.0, 0.0, 0.0, 0.0)
        numbers = dict.fromkeys(self._margins.of(signs))
        signs = [gone if at in numbers else sign for at, sign in enumerate(signs)]
        brackets = brackets_of(signs, self._tall)
        changed = numbers | with_brackets(brackets)
        signs = [changed.get(at, sign) or gone for at, sign in enumerate(signs)]
        changed |= with_scripts(signs)
        signs = [changed.get(at, sign) or gone for at, sign in enumerate(signs)]
        fractions, bars = with_fractions(signs, self._painted.rules)
        changed |= fractions
        signs = [changed.get(at, sign) or gone for at, sign in enumerate(signs)]
        changed |= with_matrices(signs, brackets, bars)
        kept: list[_Letter] = []
        for at, letter in enumerate(letters):
            whole = changed.get(at)
            if whole is not None:
                kept.append((whole.text, whole.x, whole.y, letter[3], whole.right))
            elif at not in changed:
                kept.append(letter)
        return kept

    def _letters(self) -> Iterator[_Letter]:
        """(sign, x, baseline, look, right edge); without a look where PDFium put a space of its own."""
        x, y = ctypes.c_double(), ctypes.c_double()
        box = [ctypes.c_double() for _ in range(4)]
        page = self._text_page
        for at in range(min(pdfium.FPDFText_CountChars(page), MOST_LETTERS)):
            code = pdfium.FPDFText_GetUnicode(page, at)
            if 0xD800 <= code < 0xDC00:
                code = joined(code, pdfium.FPDFText_GetUnicode(page, at + 1))
            thing = pdfium.FPDFText_GetTextObject(page, at)
            look = self._look(thing, at) if thing else None
            sign = self._sign(code, at, look)
            if not sign or look is None:
                if sign:
                    yield sign, 0.0, 0.0, None, 0.0
                continue
            pdfium.FPDFText_GetCharOrigin(page, at, x, y)
            pdfium.FPDFText_GetCharBox(page, at, *box)
            baseline = y.value
            if sign == " " and look.is_large and self._is_swallowed(at, x.value):
                sign = "("
                box = [ctypes.c_double(part) for part in code_32_box(x.value, y.value, look.size)]
            if look.is_large or sign == "√":  # hangs from its origin: its middle is the formula's
                baseline = (box[2].value + box[3].value) / 2 - AXIS * look.size
                self._tall[x.value, baseline] = box[2].value, box[3].value
            yield sign, x.value, baseline, look, max(box[1].value, x.value)

    def _is_swallowed(self, at: int, x: float) -> bool:
        """Whether PDFium took the bracket of code 32 for a blank, which stands nowhere but where the next sign does."""
        after = ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(self._text_page, at + 1, after, ctypes.c_double())
        return abs(after.value - x) > 1

    def _sign(self, code: int, at: int, look: _Look | None) -> str:
        """What a code says in its font; of TeX's large signs, most of which have no map, by their places there."""
        if look is None:
            return sign_of(code)
        own = LARGE_WITHOUT_MAP.get(code) if look.is_large else None
        if own and (code == 0 or pdfium.FPDFText_HasUnicodeMapError(self._text_page, at)):
            return own
        return look.signs.get(code) or sign_of(code)

    def _look(self, thing: object, at: int) -> _Look:
        address = address_of(thing)
        look = self._looks.get(address)
        if look is None:
            look = self._new_look(thing, at, self._painted.orders.get(address, 1 << 30))
            look = replace(look, clip=self._painted.clips.get(address), is_off=address in self._off)
            self._looks[address] = look
        return look

    def _new_look(self, thing: object, at: int, order: int) -> _Look:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, at, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text_page, at) * math.hypot(matrix.c, matrix.d)
        is_turned = abs(matrix.b) > 0.2 * math.hypot(matrix.a, matrix.b)
        turn = 0 if not is_turned else 1 if matrix.b > 0 else -1
        mode = pdfium.FPDFTextObj_GetTextRenderMode(thing)
        colour, alpha = self._colour(at, is_stroked=mode == 1)
        name = font_name(thing)
        is_inkless = mode in NO_INK or alpha < FAINT
        return _Look(
            size,
            turn,
            colour,
            is_inkless,
            bool(BOLD.search(name)),
            bool(ITALIC.search(name)),
            order,
            bool(LARGE_FONT.search(name)),
            signs_of(name),
        )

    def _colour(self, at: int, *, is_stroked: bool) -> tuple[Colour | None, int]:
        parts = [ctypes.c_uint() for _ in range(4)]
        ask = pdfium.FPDFText_GetStrokeColor if is_stroked else pdfium.FPDFText_GetFillColor
        if not ask(self._text_page, at, *parts):
            return None, 255
        red, green, blue, alpha = (part.value for part in parts)
        return (red, green, blue), alpha

    def _is_seen(self, letter: _Letter, is_recognized: bool) -> bool:
        """Whether a reader sees the letter; what is not seen is reported."""
        sign, x, y, look, right = letter
        if look is None or sign.isspace():
            return self._passages.follows(" ") if look is None or self._passages.is_open else True
        how = self._hiding(look, (x + right) / 2, y + 0.3 * look.size, is_recognized)
        if how is None:
            self._passages.rest()
            return True
        if how is Hiding.TINY and not self._is_next(x, y, look.size):
            self._passages.rest()  # a label somewhere else in a plot
        self._tiny_at = right, y
        self._passages.add(how, sign, self._where)
        return False

    def _is_next(self, x: float, y: float, size: float) -> bool:
        last_x, last_y = self._tiny_at
        is_beside = abs(y - last_y) < size and -size < x - last_x < 3 * size
        return is_beside or (0 < last_y - y < 2 * size and x < last_x)

    def _hiding(self, look: _Look, x: float, y: float, is_recognized: bool) -> Hiding | None:
        left, bottom, right, top = self._box
        if not (left <= x <= right and bottom <= y <= top):
            return Hiding.AWAY
        if look.is_off:
            return Hiding.NOT_SHOWN
        if look.clip is not None and not (look.clip[0] <= x <= look.clip[2] and look.clip[1] <= y <= look.clip[3]):
            return Hiding.COVERED
        if look.is_inkless:
            return None if is_recognized else Hiding.INVISIBLE
        if 0 < look.size < LEAST_POINTS:
            return Hiding.TINY
        if not is_recognized and self._is_covered(x, y, look.order):
            return Hiding.COVERED
        if look.colour is None or contrast(look.colour, WHITE) > 7:
            return None  # dark on whatever it is; white grounds are what hides
        ground = self._ground(x, y, look.order)
        is_same = ground is not None and contrast(look.colour, ground) < LEAST_CONTRAST
        return Hiding.COLOUR if is_same else None

    def _is_under_scan(self, letter: _Letter, is_picture: bool) -> bool:
        """Whether the letter cannot be seen as a recognized word's: without ink, or under the picture of the page."""
        _, x, y, look, right = letter
        assert look is not None
        return look.is_inkless or (is_picture and self._is_covered((x + right) / 2, y + 0.3 * look.size, look.order))

    def _is_covered(self, x: float, y: float, order: int) -> bool:
        """Whether something that lets nothing through was painted over a point later."""
        if not self._covers:
            return False
        over = (
            ground
            for ground in self._covers
            if ground.order > order and ground.box[0] <= x <= ground.box[2] and ground.box[1] <= y <= ground.box[3]
        )
        return any(self._is_sealed(ground.order) for ground in over)

    def _ground(self, x: float, y: float, order: int) -> Colour | None:
        """The colour that lies under a point when something of that order is painted; None when it may be any."""
        for ground in reversed(self._painted.grounds):
            left, bottom, right, top = ground.box
            if ground.order < order and left <= x <= right and bottom <= y <= top:
                return ground.colour
        return WHITE


def _with_accents(letters: list[_Letter]) -> list[_Letter]:
    changed = accented([(sign, x, right, look.size if look else 0.0) for sign, x, _, look, right in letters])
    return [(changed.get(at, letter[0]), *letter[1:]) for at, letter in enumerate(letters) if changed.get(at) != ""]


def _turned(letter: _Letter) -> _Letter:
    """A letter of a sideways page, as if the page were upright."""
    sign, x, y, look, _ = letter
    if look is None:
        return letter
    return (sign, y, -x, look, y + 0.5 * look.size) if look.turn > 0 else (sign, -y, x, look, 0.5 * look.size - y)


def _runs(letters: list[_Letter], left: float, bottom: float) -> Iterator[Run]:
    run: Run | None = None
    is_spaced, before = False, ""
    for sign, x, y, look, right in letters:
        if look is None or sign.isspace():
            is_spaced = is_spaced or sign != "\n"  # where PDFium sees another line, there may only be an exponent
            continue
        x, y, right = x - left, y - bottom, right - left
        if run is not None and _goes_on(run, x, y, look.size):
            larger = max(look.size, run.size)
            if x - run.x1 > A_CELL_GAP * larger:
                run.gaps.append((len(run.text), run.x1, x))
            is_apart = is_spaced or x - run.x1 > 0.25 * larger or runs_together(before, sign)
            run.add(f" {sign}" if is_apart else sign, look, x)
            run.x1 = max(run.x1, right)
            if look.size > 1.15 * run.size:
                run.size, run.y = look.size, y
        else:
            if run is not None:
                yield run
            run = Run("", x, right, y, look.size, 0, 0)
            run.add(sign, look, x)
        is_spaced, before = False, sign
    if run is not None:
        yield run


def _goes_on(run: Run, x: float, y: float, size: float) -> bool:
    """Whether a letter belongs to the run; the letters of a ligature all begin where it does."""
    larger = max(size, run.size)
    if x == run.last and abs(y - run.y) < 0.1 * larger:
        return True
    return abs(y - run.y) < 0.55 * larger and -0.7 * larger < x - run.x1 < A_GAP * larger
