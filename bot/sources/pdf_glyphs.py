"""A PDF's page -> runs of letters as they look, by PDFium; letters that nobody sees go to the hidden passages.

Hidden is: without ink (render modes 3 and 7, or transparent), in the colour of what lies under it, under 2 points, or
outside the page. A scan whose words a machine recognized is drawn without ink all over, upon a picture of the page:
that is no hiding.
"""

import ctypes
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2.raw as pdfium

from bot.core.fulltext import Hiding
from bot.sources.look import BLACK, LEAST_CONTRAST, LEAST_POINTS, WHITE, Colour, contrast
from bot.sources.passages import Passages

Box = tuple[float, float, float, float]

BOLD = re.compile(r"bold|black|heavy|demi|medi(?!um)|(?:^|\+)(?:cm|sf|lm\w*)?bx|-bd\b|cmb", re.IGNORECASE)
NO_INK = (3, 7)
FAINT = 12
PAGE_SHARE = 0.6
MOST_NESTED = 4
MOST_LETTERS = 60_000
A_GAP = 1.5
_STAMP = re.compile(r"arXiv:\S+?v(\d+)")
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BREAKS = {0xFFFE: "-", 0x02: "-", 0xAD: "-"}


@dataclass(slots=True)
class Run:
    """Letters on one line without a wide gap: their words, baseline, extent, size and weight."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: int
    last: float = -1.0


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
    order: int


_Letter = tuple[str, float, float, _Look | None, float]


@dataclass(frozen=True, slots=True)
class _Ground:
    """Something that was painted: where, when in the order of painting, and in which colour (None: any)."""

    box: Box
    order: int
    colour: Colour | None


def read_page(page: object, passages: Passages, number: int) -> Page:
    """The letters of one page."""
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return _Reader(page, text_page, passages, f"page {number}").read()
    finally:
        pdfium.FPDFText_ClosePage(text_page)


class _Reader:
    """Reads one page."""

    def __init__(self, page: object, text_page: object, passages: Passages, where: str) -> None:
        self._text_page = text_page
        self._passages = passages
        self._where = where
        self._box = _page_box(page)
        self._orders: dict[int, int] = {}
        self._grounds: list[_Ground] = []
        _gather(page, self._orders, self._grounds)
        self._looks: dict[int, _Look] = {}
        self._nameless = _Look(0.0, 0, BLACK, False, False, 0)

    def read(self) -> Page:
        left, bottom, right, top = self._box
        area = max((right - left) * (top - bottom), 1.0)
        is_picture = any(one.colour is None and _area(one.box, self._box) > PAGE_SHARE * area for one in self._grounds)
        letters = list(self._letters())
        inked = [one for one in letters if one[3] is not None and not one[3].is_inkless]
        is_recognized = is_picture and len(inked) < 0.1 * max(len(letters), 1)
        turned = [one for one in letters if one[3] is not None and one[3].turn]
        page = Page(right - left, top - bottom, [], is_picture and not letters, is_recognized)
        if found := _STAMP.search("".join(one[0] for one in turned)):
            page.version = int(found[1])
        turn = 1 if len(turned) > 0.6 * len(letters) and letters else 0
        seen = [one for one in letters if self._is_seen(one, is_recognized)]
        self._passages.rest()
        if turn:
            seen = [_turned(one) for one in seen if one[3] is None or one[3].turn]
            page.width, page.height = page.height, page.width
        else:
            seen = [one for one in seen if one[3] is None or not one[3].turn]
        page.runs = list(_runs(seen, 0.0 if turn else left, 0.0 if turn else bottom))
        return page

    def _letters(self) -> Iterator[_Letter]:
        """(sign, x, baseline, look, right edge); without a look where PDFium put a space of its own."""
        x, y = ctypes.c_double(), ctypes.c_double()
        box = [ctypes.c_double() for _ in range(4)]
        page = self._text_page
        for at in range(min(pdfium.FPDFText_CountChars(page), MOST_LETTERS)):
            code = pdfium.FPDFText_GetUnicode(page, at)
            if code in (0, 10) or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
                continue
            sign = "\n" if code == 13 else _LIGATURES.get(code) or _BREAKS.get(code) or chr(code)
            thing = pdfium.FPDFText_GetTextObject(page, at)
            if not thing:
                yield sign, 0.0, 0.0, None, 0.0
                continue
            pdfium.FPDFText_GetCharOrigin(page, at, x, y)
            pdfium.FPDFText_GetCharBox(page, at, *box)
            yield sign, x.value, y.value, self._look(thing, at), max(box[1].value, x.value)

    def _look(self, thing: object, at: int) -> _Look:
        address = ctypes.cast(thing, ctypes.c_void_p).value or 0  # type: ignore[arg-type]
        look = self._looks.get(address)
        if look is None:
            look = self._looks[address] = self._new_look(thing, at, self._orders.get(address, 1 << 30))
        return look

    def _new_look(self, thing: object, at: int, order: int) -> _Look:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self._text_page, at, matrix)
        size = pdfium.FPDFText_GetFontSize(self._text_page, at) * math.hypot(matrix.c, matrix.d)
        is_turned = abs(matrix.b) > 0.2 * math.hypot(matrix.a, matrix.b)
        turn = 0 if not is_turned else 1 if matrix.b > 0 else -1
        mode = pdfium.FPDFTextObj_GetTextRenderMode(thing)
        colour, alpha = self._colour(at, is_stroked=mode == 1)
        return _Look(size, turn, colour, mode in NO_INK or alpha < FAINT, bool(BOLD.search(_font_name(thing))), order)

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
        self._passages.add(how, sign, self._where)
        return False

    def _hiding(self, look: _Look, x: float, y: float, is_recognized: bool) -> Hiding | None:
        left, bottom, right, top = self._box
        if not (left <= x <= right and bottom <= y <= top):
            return Hiding.AWAY
        if look.is_inkless:
            return None if is_recognized else Hiding.INVISIBLE
        if 0 < look.size < LEAST_POINTS:
            return Hiding.TINY
        if look.colour is None or contrast(look.colour, WHITE) > 7:
            return None  # dark on whatever it is; white grounds are what hides
        ground = self._ground(x, y, look.order)
        is_same = ground is not None and contrast(look.colour, ground) < LEAST_CONTRAST
        return Hiding.COLOUR if is_same else None

    def _ground(self, x: float, y: float, order: int) -> Colour | None:
        """The colour that lies under a point when something of that order is painted; None when it may be any."""
        for one in reversed(self._grounds):
            left, bottom, right, top = one.box
            if one.order < order and left <= x <= right and bottom <= y <= top:
                return one.colour
        return WHITE


def _turned(letter: _Letter) -> _Letter:
    """A letter of a sideways page, as if the page were upright."""
    sign, x, y, look, _ = letter
    if look is None:
        return letter
    return (sign, y, -x, look, y + 0.5 * look.size) if look.turn > 0 else (sign, -y, x, look, 0.5 * look.size - y)


def _runs(letters: list[_Letter], left: float, bottom: float) -> Iterator[Run]:
    run: Run | None = None
    is_spaced = False
    for sign, x, y, look, right in letters:
        if look is None or sign.isspace():
            is_spaced = is_spaced or sign != "\n"  # where PDFium sees another line, there may only be an exponent
            continue
        x, y, right = x - left, y - bottom, right - left
        if run is not None and _goes_on(run, x, y, look.size):
            gap = is_spaced or x - run.x1 > 0.25 * max(look.size, run.size)
            run.text += f" {sign}" if gap else sign
            run.last = x
            run.x1 = max(run.x1, right)
            run.bold += look.is_bold or -1
            if look.size > 1.15 * run.size:
                run.size, run.y = look.size, y
        else:
            if run is not None:
                yield run
            run = Run(sign, x, right, y, look.size, 1 if look.is_bold else -1, x)
        is_spaced = False
    if run is not None:
        yield run


def _goes_on(run: Run, x: float, y: float, size: float) -> bool:
    """Whether a letter belongs to the run; the letters of a ligature all begin where it does."""
    larger = max(size, run.size)
    if x == run.last and abs(y - run.y) < 0.1 * larger:
        return True
    return abs(y - run.y) < 0.55 * larger and -0.7 * larger < x - run.x1 < A_GAP * larger


def _font_name(thing: object) -> str:
    font = pdfium.FPDFTextObj_GetFont(thing)
    if not font:
        return ""
    held = ctypes.create_string_buffer(128)
    length = pdfium.FPDFFont_GetBaseFontName(font, held, 128)
    return held.raw[: max(min(length, 128) - 1, 0)].decode("utf-8", "replace")


def _page_box(page: object) -> Box:
    """What of the page is shown: its crop box within its media box."""
    values = [ctypes.c_float() for _ in range(4)]
    for ask in (pdfium.FPDFPage_GetCropBox, pdfium.FPDFPage_GetMediaBox):
        if ask(page, *values):
            left, bottom, right, top = (value.value for value in values)
            return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
    return 0.0, 0.0, pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)


def _gather(page: object, orders: dict[int, int], grounds: list[_Ground]) -> None:
    """Every painted thing in its order, those inside forms too."""
    count = pdfium.FPDFPage_CountObjects(page)
    things = (pdfium.FPDFPage_GetObject(page, at) for at in range(min(count, MOST_LETTERS)))
    for thing in things:
        _gather_one(thing, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), orders, grounds, 0)


def _gather_one(
    thing: object, matrix: tuple[float, ...], orders: dict[int, int], grounds: list[_Ground], depth: int
) -> None:
    orders[ctypes.cast(thing, ctypes.c_void_p).value or 0] = order = len(orders)  # type: ignore[arg-type]
    kind = pdfium.FPDFPageObj_GetType(thing)
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MOST_NESTED:
        own = pdfium.FS_MATRIX()
        pdfium.FPDFPageObj_GetMatrix(thing, own)
        inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
        for at in range(min(pdfium.FPDFFormObj_CountObjects(thing), MOST_LETTERS)):
            _gather_one(pdfium.FPDFFormObj_GetObject(thing, at), inner, orders, grounds, depth + 1)
    elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
        grounds.append(_Ground(_bounds(thing, matrix), order, None))
    elif kind == pdfium.FPDF_PAGEOBJ_PATH and (colour := _fill(thing)) is not None:
        grounds.append(_Ground(_bounds(thing, matrix), order, colour))


def _fill(path: object) -> Colour | None:
    """The colour that a path is filled with; None when it is not filled."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroke)
    parts = [ctypes.c_uint() for _ in range(4)]
    if not mode.value or not pdfium.FPDFPageObj_GetFillColor(path, *parts) or parts[3].value < 128:
        return None
    return parts[0].value, parts[1].value, parts[2].value


def _bounds(thing: object, matrix: tuple[float, ...]) -> Box:
    values = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(thing, *values)
    left, bottom, right, top = (value.value for value in values)
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _times(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _area(one: Box, within: Box) -> float:
    width = min(one[2], within[2]) - max(one[0], within[0])
    height = min(one[3], within[3]) - max(one[1], within[1])
    return max(width, 0.0) * max(height, 0.0)
