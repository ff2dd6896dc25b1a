"""What the names of a PDF's fonts tell: weight and slant, and signs of TeX's fonts that have no map to Unicode."""

import ctypes
import re
import unicodedata
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
        ("PX", "∑"), ("QY", "∏"), ("RZ", "∫"), ("HI", "∮"), ("a", "∐"), ("S", "⋃"), ("T", "⋂"), ("V", "⋀"),
        ("W", "⋁"), ("LM", "⨁"), ("NO", "⨂"), ("JK", "⨀"), ("U", "⨄"), ("FG", "⨆"), ("pqrs", "√"),
    )
    for code in codes
}  # fmt: skip
LARGE |= {  # with a map: bars and brackets that are set of pieces, and wide accents
    0x302: "ˆ", 0x303: "˜", 0x20D2: "|", 0x20E6: "‖", 0xF8F4: "⎪",
    **{code: sign for first, sign in ((0xF8EB, "("), (0xF8EE, "["), (0xF8F1, "{"), (0xF8F6, ")"), (0xF8F9, "]"),
       (0xF8FC, "}"), (0x239B, "("), (0x239E, ")"), (0x23A1, "["), (0x23A4, "]"), (0x23A7, "{"), (0x23AB, "}"))
       for code in range(first, first + 3)},
}  # fmt: skip
# Large signs by codes that mean other signs in a font that has a map.
LARGE_WITHOUT_MAP = {
    ord(code): sign
    for codes, sign in (
        ("\x00\x10\x12\x20", "("), ("\x01\x11\x13\x21", ")"), ("\x02h\x14\x22", "["), ("\x03i\x15\x23", "]"),
        ("\x04j\x16\x24", "⌊"), ("\x05k\x17\x25", "⌋"), ("\x06l\x18\x26", "⌈"), ("\x07m\x19\x27", "⌉"),
        ("\x08n\x1a\x28", "{"), ("\x09o\x1b\x29", "}"), ("\x0aD\x1c\x2a", "⟨"), ("\x0bE\x1d\x2b", "⟩"),
        ("\x0c", "|"), ("\x0d", "‖"), ("\x0e\x1e\x2c\x2e", "/"), ("\x0f\x1f\x2d\x2f", "\\"), ("bcd", "ˆ"), ("efg", "˜"),
        ("`", "∐"), ("[", "⋃"), ("\\", "⋂"), ("]", "⨄"), ("^", "⋀"), ("_", "⋁"),
    )
    for code in codes
}  # fmt: skip
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BREAKS = {0xFFFE: "-", 0x02: "-", 0xAD: "-"}
# Signs of other fonts of TeX that have no map either: the foot of `↦` (cmsy), negations of txfonts (txfonts.sty).
SIGN_FONTS = (
    (re.compile(r"(?:^|\+)(?:cm|lm|[tp]x)(?:math)?sy(?:\d|$)", re.IGNORECASE), {0x37: "↦"}),
    (
        re.compile(r"(?:^|\+)[tp]xsyc", re.IGNORECASE),
        dict(zip(range(0x2C, 0x3E), "≠≭≢≁≉⊄⊅\0\0\0\0\0\0\0\0≄∉∌", strict=True)),
    ),
)


def code_32_box(x: float, y: float, size: float) -> tuple[float, float, float, float]:
    """Left, right (of its bow), bottom and top of the large bracket that hangs from that place (as in cmex10.tfm)."""
    return x, x + 0.45 * size, y - 2.96 * size, y + 0.04 * size


def joined(high: int, low: int) -> int:
    """One sign of two halves, as PDFium hands over what lies beyond the first 65,536: most letters of formulas."""
    return 0x10000 + ((high - 0xD800) << 10) + low - 0xDC00 if 0xDC00 <= low < 0xE000 else high


def sign_of(code: int) -> str:
    """The sign of a code that PDFium hands over; empty for what says nothing. The slanted letters of formulas are
    letters, for in formulas every letter is slanted."""
    if code in (0, 10) or 0xD800 <= code < 0xE000 or code > 0x10FFFF or 0xFE00 <= code < 0xFE10:
        return ""
    is_slanted = 0x1D434 <= code <= 0x1D467 or 0x1D6E2 <= code <= 0x1D71B or code == 0x210E
    plain = unicodedata.normalize("NFKC", chr(code)) if is_slanted else chr(code)
    return "\n" if code == 13 else _LIGATURES.get(code) or _BREAKS.get(code) or plain


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
