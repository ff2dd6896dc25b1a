"""What a text hides: letters that cannot be seen, that pass for others, or that stand in a code.

`plain` is the form in which words are compared; `unseen` is what nobody sees on the page; `decoded` is what a visible
code spells. All are guesses at a reading, for rules to look at; nothing here is ever shown as the paper's words but
`unseen`, which is said to be that.
Sources: Unicode's tag block and variation selectors (UTS 51), UAX 9 for overrides, UTS 39 for letters that look alike.
"""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator

from bot.core.hostile.hygiene import clean

_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁһӏԛԝɡαεικνορτυχωϲАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢı",
    "abekmhopctyxijsdhlqwgaeikvoptuxwcABEKMHOPCTYXIJSABEZHIKMNOPTYXabcdefghijklmnoprstuvwyzi",
)
_LATIN = re.compile(r"[A-Za-z]")
_OTHER = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_MARKS = re.compile(r"[\u0300-\u036f]")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,6}\U000e007f")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
_BITS = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]{24,}")
_OVERRIDE = re.compile("\u202e([^\u202c\n]{8,})")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}(?:\s?[A-Za-z0-9+/]{4,}={0,2})*")
_URL_SAFE = str.maketrans("-_", "+/")
_HEX = re.compile(r"(?:\b|0x|\\x)(?:[0-9a-f]{2}(?:\\x|[\s:])?){10,}", re.IGNORECASE)
_LEET = str.maketrans("013457@$!", "oieastasi")
_ODD = frozenset("0134570@$")
_WORD_OR_SIGNS = re.compile(r"(\w+)[\w@$!]*")
_SPACED = re.compile(r"(?<![^\W_])(?:[A-Za-z] {1,3}){15,}[A-Za-z](?![^\W_])")
_SPACED_WORD = re.compile(
    r"ignore|disregard|forget|all|your|previous|prior|instructions?|prompts?|rules|give|only|positive|reviews?|accept"
    r"|recommend|acceptance|praise|this|paper"
)
_TELL = re.compile(r"ignor|instruct|previous|disregard|review|prompt|system|accept|rating|assistant|highest")


def plain(text: str) -> str:
    """`text` as it is compared: seen signs only, compatibility forms and look-alikes folded, small, without accents."""
    text = unicodedata.normalize("NFKC", clean(text))
    if not text.isascii():
        text = _unlike(text)
    return " ".join(bare(text).split())


def bare(text: str) -> str:
    """Small letters without the accents of Latin, Greek and Cyrillic."""
    text = text.casefold()
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))


def _unlike(text: str) -> str:
    """In a mostly Latin text, letters of other alphabets that look Latin, as Latin."""
    if len(_LATIN.findall(text)) > len(_OTHER.findall(text)):
        return text.translate(_ALIKE)
    return re.sub(r"\w+", lambda word: word[0].translate(_ALIKE) if _LATIN.search(word[0]) else word[0], text)


def unseen(text: str) -> Iterator[str]:
    """What the characters of `text` that cannot be seen spell, where they spell something."""
    if text.isascii():
        return
    tagged = "".join(_TAGS.findall(_FLAG.sub("", text)))
    if len(tagged) >= 4:
        yield "".join(chr(ord(sign) - 0xE0000) for sign in tagged)
    for run in _SELECTORS.findall(text):
        yield from _bytes(bytes(_selected(sign) for sign in run))
    for run in _BITS.findall(text):
        yield from _spelled(run)
    for run in _OVERRIDE.findall(text):
        yield run[::-1]


def _selected(sign: str) -> int:
    return ord(sign) - 0xFE00 if ord(sign) <= 0xFE0F else ord(sign) - 0xE0100 + 16


def _spelled(run: str) -> Iterator[str]:
    """Two signs as bits, either way round; a third one parts letters."""
    kinds = sorted(set(run), key=run.count, reverse=True)[:2]
    if len(kinds) == 2:
        for zero, text in (kinds, kinds[::-1]):
            bits = "".join("0" if sign == zero else "1" for sign in run if sign in (zero, text))
            for size in (8, 7):
                yield from _bytes(bytes(int(bits[at : at + size], 2) for at in range(0, len(bits) - size + 1, size)))


def decoded(text: str) -> Iterator[str]:
    """What codes in `text` may spell: base64, hexadecimal, spaced or turned letters, shifted, digits for letters."""
    for run in _BASE64.findall(text):
        for code in dict.fromkeys((re.sub(r"\s", "", run), *run.split())):
            yield from _base64(code.rstrip("=").translate(_URL_SAFE))
    for run in _HEX.findall(text):
        digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", run)
        yield from _bytes(bytes.fromhex(digits[: len(digits) // 2 * 2]))
    for run in _SPACED.findall(text):
        yield " ".join(_SPACED_WORD.sub(r" \g<0> ", run.replace(" ", "").lower()).split())
    yield from _turned(text)


def _base64(letters: str) -> Iterator[str]:
    try:
        yield from _bytes(base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True))
    except (binascii.Error, ValueError):
        return


def _bytes(raw: bytes) -> Iterator[str]:
    """Bytes as text, where they are text: nearly all of it letters and spaces."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    letters = sum(sign.isalpha() or sign.isspace() for sign in text)
    if len(text) >= 4 and letters >= 0.75 * len(text):
        yield text


def _turned(text: str) -> Iterator[str]:
    """Written backwards, shifted by thirteen, in digits for letters; only where a telling word comes out."""
    readings = [text[::-1], " ".join(word[::-1] for word in text.split()), codecs.encode(text, "rot13")]
    if not _ODD.isdisjoint(text) and sum(map(_is_mixed, _WORD_OR_SIGNS.finditer(text))) >= 2:
        readings += [_unleet(text), _unleet(text).replace("aii", "all")]
    known = set(_TELL.findall(text.lower()))
    for reading in readings:
        if set(_TELL.findall(reading.lower())) - known:
            yield reading


def _is_mixed(word: re.Match[str]) -> bool:
    """Whether letters stand in a word beside signs that pass for letters."""
    return len(word[0]) >= 3 and not _ODD.isdisjoint(word[0]) and _LATIN.search(word[1]) is not None


def _unleet(text: str) -> str:
    return _WORD_OR_SIGNS.sub(lambda word: word[0].translate(_LEET) if _is_mixed(word) else word[0], text)
