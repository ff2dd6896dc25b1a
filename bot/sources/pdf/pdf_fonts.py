"""What the names of a PDF's fonts tell: weight and slant, and signs of TeX's fonts that have no map to Unicode."""

import ctypes
import re
from collections.abc import Mapping

import pypdfium2_raw as pdfium

# Bold, and the small capitals in which amsart sets its headings; by the names that TeX's fonts have, too.
BOLD = re.compile(
    r"bold|black|heavy|demi|medi(?!um)|(?:^|\+)(?:cm|sf|lm\w*)?bx|-bd\b|cmb|cmss(?:bx|dc)|(?:^|\+)sf(?:sx|rb|xc|cc|bi|bl)"
    r"|lin(?:libertine|biolinum)\w*t[bz]|cmcsc|smallcaps|small-caps|-caps|[-_]sc\b|lmcsc|lmromancaps",
    re.IGNORECASE,
)
ITALIC = re.compile(
    r"ital|oblique|slanted|lin(?:libertine|biolinum)\w*t[bz]?i|(?:^|\+)(?:cm(?:ti|sl)|sf(?:ti|sl|it))", re.IGNORECASE
)
# The large signs of TeX's cmex fonts, which seldom have a map to Unicode, by their codes (The TeXbook, appendix F).
LARGE_FONT = re.compile(r"(?:^|\+)(?:cm|lm|eu|n?[tp]x)(?:m?ath)?ex", re.IGNORECASE)
LARGE = {
    ord(code): sign
    for codes, sign in (
        ("PX", "∑"), ("QY", "∏"), ("RZ", "∫"), ("HI", "∮"), ("`a", "∐"), ("S[", "⋃"), ("T\\", "⋂"), ("V^", "⋀"),
        ("W_", "⋁"), ("LM", "⨁"), ("NO", "⨂"), ("JK", "⨀"), ("U]", "⨄"), ("FG", "⨆"), ("pqrs", "√"),
        ("\x12\x10\x00", "("), ("\x13\x11\x01", ")"),
    )
    for code in codes
}  # fmt: skip
# Signs of other fonts of TeX that have no map either: the foot of `↦` (cmsy), negations of txfonts (txfonts.sty).
SIGN_FONTS = (
    (re.compile(r"(?:^|\+)(?:cm|lm|[tp]x)(?:math)?sy(?:\d|$)", re.IGNORECASE), {0x37: "↦"}),
    (
        re.compile(r"(?:^|\+)[tp]xsyc", re.IGNORECASE),
        dict(zip(range(0x2C, 0x3E), "≠≭≢≁≉⊄⊅\0\0\0\0\0\0\0\0≄∉∌", strict=True)),
    ),
)


def signs_of(name: str) -> Mapping[int, str]:
    """The signs of a font that PDFium does not know, by what it takes them for."""
    if LARGE_FONT.search(name):
        return LARGE
    return next((table for font, table in SIGN_FONTS if font.search(name)), {})


def font_name(thing: object) -> str:
    """The name of the font in which a text object is set."""
    font = pdfium.FPDFTextObj_GetFont(thing)
    if not font:
        return ""
    held = ctypes.create_string_buffer(128)
    length = pdfium.FPDFFont_GetBaseFontName(font, held, 128)
    return held.raw[: max(min(length, 128) - 1, 0)].decode("utf-8", "replace")
