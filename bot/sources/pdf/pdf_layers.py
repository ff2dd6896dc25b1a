"""Layers of a PDF's page (optional content) that are switched off on the screen, by PDFium.

PDFium does not say which they are, but it draws none of them. So each stretch of a layer is taken away and the page is
drawn again: where nothing changes, nobody sees it. That holds for layers that are off by default, for
those that are only printed, and for rules that join layers.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2_raw as pdfium

from bot.sources.pdf.pdf_paint import MOST_NESTED, MOST_THINGS, UPRIGHT, Box, address_of, bounds_of, matrix_of, times

MOST_STRETCHES = 24
PIXELS_A_POINT = 2.0
MOST_PIXELS = 4_000_000


@dataclass(slots=True)
class _Stretch:
    """What follows one another in one layer, and where it stands."""

    layer: str
    things: list[object] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


def switched_off(page: object, shown: Box) -> frozenset[int]:
    """The addresses of what stands in layers that are not drawn: words there are hidden, and a box covers nothing."""
    off = (stretch for stretch in _stretches(page)[:MOST_STRETCHES] if not _is_drawn(page, shown, stretch))
    return frozenset(address_of(thing) for stretch in off for thing in stretch.things)


def _stretches(page: object) -> list[_Stretch]:
    found: list[_Stretch] = []
    last = ""
    for thing, layer, matrix in _things(page):
        if layer and layer != last:
            found.append(_Stretch(layer))
        if layer:
            found[-1].things.append(thing)
            found[-1].boxes.append(bounds_of(thing, matrix))
        last = layer
    return found


def _things(page: object) -> Iterator[tuple[object, str, tuple[float, ...]]]:
    """Every painted thing with its layer (empty: none) and the matrix of the form that it stands in."""
    for at in range(min(pdfium.FPDFPage_CountObjects(page), MOST_THINGS)):
        yield from _within(pdfium.FPDFPage_GetObject(page, at), "", UPRIGHT, 0)


def _within(
    thing: object, outer: str, matrix: tuple[float, ...], depth: int
) -> Iterator[tuple[object, str, tuple[float, ...]]]:
    layer = outer + _layer_of(thing)
    yield thing, layer, matrix
    if pdfium.FPDFPageObj_GetType(thing) == pdfium.FPDF_PAGEOBJ_FORM and depth < MOST_NESTED:
        inner = times(matrix_of(thing), matrix)
        for at in range(min(pdfium.FPDFFormObj_CountObjects(thing), MOST_THINGS)):
            yield from _within(pdfium.FPDFFormObj_GetObject(thing, at), layer, inner, depth + 1)


def _layer_of(thing: object) -> str:
    """What its marks say of layers: two layers of one name are told apart by what stands between them alone."""
    said = ""
    for at in range(pdfium.FPDFPageObj_CountMarks(thing)):
        mark = pdfium.FPDFPageObj_GetMark(thing, at)
        if _wide(pdfium.FPDFPageObjMark_GetName, mark) == "OC":
            said += "/" + _wide(pdfium.FPDFPageObjMark_GetParamStringValue, mark, b"Name")
    return said


def _wide(ask: object, mark: object, *key: bytes) -> str:
    held = (ctypes.c_ushort * 128)()
    length = ctypes.c_ulong()
    if not ask(mark, *key, held, ctypes.sizeof(held), length):  # type: ignore[operator]
        return ""
    return bytes(held)[: max(min(length.value, ctypes.sizeof(held)) - 2, 0)].decode("utf-16-le", "replace")


def _is_drawn(page: object, shown: Box, stretch: _Stretch) -> bool:
    """Whether the page looks another way without the stretch."""
    part = _joined(stretch.boxes, shown)
    if part is None:
        return True  # off the page: told as that
    before = _drawing(page, part)
    for thing in stretch.things:
        pdfium.FPDFPageObj_SetIsActive(thing, 0)
    after = _drawing(page, part)
    for thing in stretch.things:
        pdfium.FPDFPageObj_SetIsActive(thing, 1)
    return before is None or before != after


def _joined(boxes: list[Box], shown: Box) -> Box | None:
    """The box around all of them, as far as the page goes; None where they lie beside it."""
    left, bottom = max(min(box[0] for box in boxes), shown[0]), max(min(box[1] for box in boxes), shown[1])
    right, top = min(max(box[2] for box in boxes), shown[2]), min(max(box[3] for box in boxes), shown[3])
    return (left, bottom, right, top) if right > left and top > bottom else None


def _drawing(page: object, part: Box) -> bytes | None:
    """The pixels of a part of the page, as it is drawn on a screen."""
    scale = min(PIXELS_A_POINT, (MOST_PIXELS / max((part[2] - part[0]) * (part[3] - part[1]), 1.0)) ** 0.5)
    size = [max(int(ask(page) * scale), 1) for ask in (pdfium.FPDF_GetPageWidthF, pdfium.FPDF_GetPageHeightF)]
    corners = [_pixel(page, size, x, y) for x, y in (part[:2], part[2:])]
    left, top = (min(places) for places in zip(*corners, strict=True))
    right, bottom = (max(places) for places in zip(*corners, strict=True))
    bitmap = pdfium.FPDFBitmap_Create(right - left + 1, bottom - top + 1, 0)
    if not bitmap:
        return None
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, right - left + 1, bottom - top + 1, 0xFFFFFFFF)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, *size, 0, 0)
        length = pdfium.FPDFBitmap_GetStride(bitmap) * (bottom - top + 1)
        return ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), length)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _pixel(page: object, size: list[int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value
