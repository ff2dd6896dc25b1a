"""What is painted on a PDF's page besides letters, by PDFium: where, in which order and colour; what clips letters."""

import ctypes
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import pypdfium2_raw as pdfium

from bot.sources.fulltext.visibility import LEAST_POINTS, Colour

Box = tuple[float, float, float, float]

UPRIGHT = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
THINNEST = 1.5
STRIPES = 100
MOST_NESTED = 4
MOST_THINGS = 60_000
MOST_CLIPS = 8
MOST_SEGMENTS = 400


@dataclass(frozen=True, slots=True)
class Ground:
    """Something that was painted: where, when in the order of painting, and in which colour (None: any).

    `is_cover`: it lets nothing through and fills its box.
    """

    box: Box
    order: int
    colour: Colour | None
    is_cover: bool = False
    image: object = None


def address_of(thing: object) -> int:
    """What tells one painted thing from another: PDFium gives a new handle at each look, to the same address."""
    return ctypes.cast(thing, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


@dataclass(slots=True)
class Painted:
    """What is on a page: the order of painting by the thing's address, grounds, clips of words outside of forms, and
    thin rules that lie flat."""

    orders: dict[int, int] = field(default_factory=dict)
    grounds: list[Ground] = field(default_factory=list)
    clips: dict[int, Box] = field(default_factory=dict)
    rules: list[Box] = field(default_factory=list)


def gather(page: object, off: Collection[int]) -> Painted:
    """Every painted thing in its order, those inside forms too, without `off`: what is off covers nothing."""
    painted = Painted()
    for at in range(min(pdfium.FPDFPage_CountObjects(page), MOST_THINGS)):
        thing = pdfium.FPDFPage_GetObject(page, at)
        if pdfium.FPDFPageObj_GetType(thing) == pdfium.FPDF_PAGEOBJ_TEXT and (clip := _clip_of(thing)) is not None:
            painted.clips[address_of(thing)] = clip
        _gather_one(thing, UPRIGHT, off, painted, 0)
    return painted


def _gather_one(thing: object, matrix: tuple[float, ...], off: Collection[int], painted: Painted, depth: int) -> None:
    if address_of(thing) in off:
        return
    painted.orders[address_of(thing)] = order = len(painted.orders)
    kind = pdfium.FPDFPageObj_GetType(thing)
    if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < MOST_NESTED:
        inner = times(matrix_of(thing), matrix)
        for at in range(min(pdfium.FPDFFormObj_CountObjects(thing), MOST_THINGS)):
            _gather_one(pdfium.FPDFFormObj_GetObject(thing, at), inner, off, painted, depth + 1)
    elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING):
        is_cover = not depth and kind == pdfium.FPDF_PAGEOBJ_IMAGE and _is_dense(thing)
        painted.grounds.append(Ground(bounds_of(thing, matrix), order, None, is_cover, thing if is_cover else None))
    elif kind == pdfium.FPDF_PAGEOBJ_PATH:
        box = bounds_of(thing, matrix)
        if box[3] - box[1] <= THINNEST < box[2] - box[0]:
            painted.rules.append(box)
        if (colour := _paint(thing)) is not None:
            painted.grounds.append(Ground(box, order, colour, not depth and _is_rectangle(thing)))


def _paint(path: object) -> Colour | None:
    """The colour of a path's area, or of a stroke as thick as a bar; None when it paints neither."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroke)
    width = ctypes.c_float()
    if mode.value:
        ask = pdfium.FPDFPageObj_GetFillColor
    elif stroke.value and pdfium.FPDFPageObj_GetStrokeWidth(path, width) and width.value >= LEAST_POINTS:
        ask = pdfium.FPDFPageObj_GetStrokeColor
    else:
        return None
    parts = [ctypes.c_uint() for _ in range(4)]
    if not ask(path, *parts) or parts[3].value < 128:
        return None
    return parts[0].value, parts[1].value, parts[2].value


def _is_dense(thing: object) -> bool:
    """Whether nothing shines through it, and all of it is drawn: inside of a form nobody can tell what is cut off."""
    return not pdfium.FPDFPageObj_HasTransparency(thing) and _clip_of(thing) is None


def _is_rectangle(path: object) -> bool:
    """Whether a path is one filled rectangle that lets nothing through."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroke)
    segments = pdfium.FPDFPath_CountSegments(path)
    if not mode.value or not 4 <= segments <= 5 or not _is_dense(path):
        return False
    places = [_place(pdfium.FPDFPath_GetPathSegment(path, at)) for at in range(segments)]
    across = {round(x, 1) for x, _ in places}
    return len(across) == 2 and len({round(y, 1) for _, y in places}) == 2


def lets_through(document: object, page: object, image: object) -> bool:
    """Whether anything under a picture shines through: it is drawn with its mask, and a grid of points is looked at."""
    bitmap = pdfium.FPDFImageObj_GetRenderedBitmap(document, page, image)
    if not bitmap:
        return True
    try:
        if pdfium.FPDFBitmap_GetFormat(bitmap) != pdfium.FPDFBitmap_BGRA:
            return False
        width, height = pdfium.FPDFBitmap_GetWidth(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
        stride, start = pdfium.FPDFBitmap_GetStride(bitmap), pdfium.FPDFBitmap_GetBuffer(bitmap)
        letters = ctypes.cast(start, ctypes.POINTER(ctypes.c_ubyte * (stride * height))).contents
        places = (
            (x, y)
            for x in range(width // 16, width, width // 8 + 1)
            for y in range(height // 16, height, height // 8 + 1)
        )
        return any(letters[y * stride + 4 * x + 3] < 255 for x, y in places)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _place(segment: object) -> tuple[float, float]:
    x, y = ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value


def _clip_of(thing: object) -> Box | None:
    """What a page's thing is clipped to, as the box around it; None where it is not, or by many shapes."""
    clip = pdfium.FPDFPageObj_GetClipPath(thing)
    paths = pdfium.FPDFClipPath_CountPaths(clip) if clip else 0
    if not 0 < paths <= MOST_CLIPS:
        return None
    left, bottom, right, top = -math.inf, -math.inf, math.inf, math.inf
    for at in range(paths):
        count = min(pdfium.FPDFClipPath_CountPathSegments(clip, at), MOST_SEGMENTS)
        places = [_place(pdfium.FPDFClipPath_GetPathSegment(clip, at, number)) for number in range(count)]
        if places:
            across, up = [x for x, _ in places], [y for _, y in places]
            left, bottom = max(left, min(across)), max(bottom, min(up))
            right, top = min(right, max(across)), min(top, max(up))
    return left, bottom, right, top


def matrix_of(form: object) -> tuple[float, ...]:
    """How what is inside a form lies on what it stands in."""
    own = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(form, own)
    return own.a, own.b, own.c, own.d, own.e, own.f


def bounds_of(thing: object, matrix: tuple[float, ...]) -> Box:
    """The box around a thing on the page."""
    values = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(thing, *values)
    left, bottom, right, top = (value.value for value in values)
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def times(pair: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """One matrix after the other."""
    a, b, c, d, e, f = pair
    g, h, i, j, k, m = other
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def covered(boxes: Iterable[Box], page: Box) -> float:
    """Which share of a page boxes cover together, measured on lines across it: a scan may come in strips."""
    left, bottom, right, top = page
    width, height = max(right - left, 1.0), max(top - bottom, 1.0)
    held = list(boxes)
    covered = 0.0
    for at in range(STRIPES):
        y = bottom + (at + 0.5) * height / STRIPES
        reached = left
        for x0, x1 in sorted((box[0], box[2]) for box in held if box[1] <= y <= box[3]):
            covered += max(min(x1, right) - max(x0, reached), 0.0)
            reached = max(reached, min(x1, right))
    return covered / (width * STRIPES)


def page_box(page: object) -> Box:
    """What of the page is shown: its crop box within its media box."""
    values = [ctypes.c_float() for _ in range(4)]
    for ask in (pdfium.FPDFPage_GetCropBox, pdfium.FPDFPage_GetMediaBox):
        if ask(page, *values):
            left, bottom, right, top = (value.value for value in values)
            return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
    return 0.0, 0.0, pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
