"""Text from outside made harmless: what cannot be seen goes, what could be live is made inert.

Sources: Unicode's default-ignorable and bidirectional controls; OWASP's list for language model applications.
"""

import re
import unicodedata

# Tag block, variation selectors, zero-width signs, word joiner and friends, byte order mark, bidirectional controls,
# interlinear annotation, soft hyphen, Hangul and Braille fillers, Mongolian vowel separator.
_INVISIBLE = re.compile(
    "[\U000e0000-\U000e007f\U000e0100-\U000e01ef\ufe00-\ufe0f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\u00ad\u115f\u1160\u3164\uffa0\u2800\u180e\u061c\u034f]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_URL = re.compile(r"\b([a-z][a-z0-9+.-]{1,15}):(//|\\\\)", re.IGNORECASE)
_SCHEME = re.compile(r"\b(mailto|javascript|data|tel|slack|discord):", re.IGNORECASE)
_DOMAIN = re.compile(
    r"(?<=[\w-])\.(?=(?:com|org|net|io|ai|gg|gl|ly|me|co|dev|app|xyz|info|edu|gov|ru|cn|de|uk|link|site|online|top)"
    r"(?![\w-]))",
    re.IGNORECASE,
)
_MENTION = re.compile(r"@(?=\w)|<(?=[@#!:/t])")
MOST_MARKS = 4


def clean(text: str) -> str:
    """`text` without signs that cannot be seen and without stacks of marks; letters and mathematics stay."""
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return _thin(text) if any(unicodedata.combining(letter) for letter in text) else text


def _thin(text: str) -> str:
    """At most a few combining marks on one letter: real words need no more, towers of them hide what is around."""
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        if marks <= MOST_MARKS:
            kept.append(letter)
    return "".join(kept)


def defang(text: str) -> str:
    """`text` with addresses and mentions made inert: for what models and people write."""
    text = _SCHEME.sub(r"\1[:]", _URL.sub(r"\1[:]\2", clean(text)))
    return _MENTION.sub(lambda match: match.group() + "\u200a", _DOMAIN.sub("[.]", text))
