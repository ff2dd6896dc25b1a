"""Text from outside made harmless: what cannot be seen goes, what could be live is made inert.

`clean` is for every text that was not written here, `defang` for what models and people write. A paper's words stay
verbatim but for `clean`: they are quoted as plain spans, which a platform escapes.
Sources: Unicode's default-ignorable and bidirectional controls (UAX 9, UAX 44); joiners as in UAX 31.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from bot.core.words import read_words

# Tag block; variation selectors; zero-width signs, directional marks and overrides; word joiner, invisible operators
# and isolates; byte order mark; annotations; soft hyphen; grapheme joiner; fillers that look like nothing; controls of
# musical and shorthand notation; the object replacement character; halves of surrogate pairs.
_INVISIBLE = re.compile(
    "[\U000e0000-\U000e007f\U000e0100-\U000e01ef\ufe00-\ufe0f\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffc\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\ud800-\udfff]"
)
_UNSAFE_IN_JSON = re.compile(f"[\x7f-\x9f\u2028\u2029\u200c\u200d{_INVISIBLE.pattern[1:]}")
_BREAK = re.compile("\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x09\x0e-\x1b\x1f\x7f-\x9f]")
# Zero-width joiner and non-joiner change how a word is written in Arabic, Indic, Khmer and Mongolian letters.
_JOINING = "\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17b3\u17b6-\u17ff\u1820-\u18af"
_LOOSE_JOINER = re.compile(f"(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}])")
JOINERS = "\u200c\u200d"
MOST_MARKS = 6

_SCHEME = re.compile(r"(?<=[a-z0-9]):(?=[/\\]{2})", re.IGNORECASE)
_BARE_SCHEME = re.compile(r"\b(mailto|javascript|vbscript|data|file|tel|sms|slack|discord|steam):(?=\S)", re.IGNORECASE)
_ENDINGS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|app|dev|gg|gl|ly|me|co|xyz|link|site|online|top|shop|store|news|live|"
    "club|tech|page|pages|host|fun|art|zip|mov|cloud|chat|click|win|tv|cc|pw|tk|ws|eu|uk|us|ru|cn|de|fr|jp|in|br|ca|au|"
    "ch|nl|at|it|es|pl|se|no|fi|dk|cz|pt|kr|tw|hk|sg|id|vn|nz|mx|ar|cl|za|il|tr|ir|ua|su"
)
# A category of arXiv's, alone and in its own letters, is no address, though `cs.AI` and `math.CO` end as some do.
_CATEGORIES = "|".join(
    rf"{archive}\.(?:{'|'.join(groups.split())})"
    for archive, groups in read_words("bot.core.papers", "categories.toml").items()
    if groups
)
_CATEGORY = rf"(?-i:(?<![\w.@/:\\-])(?:{_CATEGORIES})(?![\w/:@?#\\-]|\.\w))"
_DOMAIN = re.compile(
    rf"(?P<category>{_CATEGORY})|(?<=[\w-])\.(?=(?:{_ENDINGS})\b|[\w-]{{2,}}(?::\d+)?/)", re.IGNORECASE
)
_WORLD_WIDE = re.compile(r"\b(www\d?)\.", re.IGNORECASE)
_MENTION = re.compile(r"@(?=\w)|<(?=[@#!:/]|(?:a:|t:|id:|https?|mailto))", re.IGNORECASE)
HAIR = "\u200a"


def clean(text: str) -> str:
    """`text` without signs that cannot be seen and without towers of marks; letters, marks and mathematics stay.

    A line break of any kind is `\\n`; any other control sign is a space.
    """
    text = _INVISIBLE.sub("", _CONTROL.sub(" ", _BREAK.sub("\n", text)))
    if text.isascii():
        return text
    text = _LOOSE_JOINER.sub("", text)
    return "".join(_thinned(text)) if any(map(_is_mark, set(text))) else text


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def _thinned(text: str) -> Iterator[str]:
    """At most a few combining marks on one letter: real words need no more, towers of them hide what is around."""
    marks, is_cut = 0, False
    for letter in text:
        if _is_mark(letter):
            marks += 1
            is_cut = marks > MOST_MARKS
        elif not (is_cut and letter in JOINERS):
            marks, is_cut = 0, False
        if not is_cut:
            yield letter


def json_text(value: Any, *, indent: int | None = None) -> str:
    """`value` as JSON in which what a terminal might obey, or nobody can see, stands escaped; lines where indented."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False, default=str)
    return _UNSAFE_IN_JSON.sub(lambda sign: json.dumps(sign.group())[1:-1], text)


def defang(text: str) -> str:
    """`clean`, and addresses and mentions made inert: `https[:]//example[.]com`, a hair's breadth after `@`."""
    text = _BARE_SCHEME.sub(r"\1[:]", _SCHEME.sub("[:]", clean(text)))
    text = _WORLD_WIDE.sub(r"\1[.]", _DOMAIN.sub(lambda found: found["category"] or "[.]", text))
    return _MENTION.sub(lambda sign: sign.group() + HAIR, text)
