"""Sentences of a text as spans, by sentencex, with mathematics and the abbreviations it misses masked.

The mask has the text's own length, so that a boundary in the mask is a boundary in the text.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from sentencex import segment

from bot.core.papers.sentence import Sentence

LONGEST_PART: Final = 3000
_MATH = re.compile(
    r"\$\$.{1,1000}?\$\$|(?<!\\)\$(?=[^$]{0,400}\\[A-Za-z])[^$]{1,400}\$"
    r"|(?<!\\)\$(?!\s)[^$]{1,400}?(?<![\s\\])\$(?!\d)|\\\((?:(?!\\\().)+?\\\)|\\\[(?:(?!\\\[).)+?\\\]",
    re.DOTALL,
)
# A list's "(1)" and "2)", an apostrophe and "etc." before a capital: sentencex would not end a sentence for a while.
_DISTRACTING = re.compile(
    r"\((?:\d{1,2}|[ivx]{1,4}|[a-h])\)|(?:(?<=[:;.,] )|(?<=and ))(?:\d{1,2}|[ivx]{1,4}|[a-h])\)"
    r"|(?<![.!?])['’‘`]|\betc(?=\.\s+[A-Z])"
)
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|et al|cf|vs|resp|approx|w\.r\.t|a\.k\.a|s\.t|i\.i\.d|viz|ca|Figs?|Eqs?|Secs?|Tabs?|Refs?|Nos?|Vol"
    r"|Thm|Prop|Def|Alg|App|Dr|Prof|St|Mr|Mrs|Ms|Jr|Inc|Ltd|Corp|Univ)\.(?=\s*[^\s])"
    r"|\b[A-Z]\w*\.(?=[A-Z]{2})",  # a name with a dot in it: Character.AI, ASP.NET
)
_URL = re.compile(r"https?://\S+|www\.\S+")


def _blank(match: re.Match[str]) -> str:
    return "x" * len(match.group())


def _without_stops(match: re.Match[str]) -> str:
    return match.group().replace(".", "x")


def _mask(text: str) -> str:
    """`text` with nothing in it that looks like the end of a sentence and is none; of the same length."""
    text = _DISTRACTING.sub(_blank, _MATH.sub(_blank, text))
    text = _URL.sub(lambda match: "x" * len(match.group().rstrip(".,;)")) + _tail(match.group()), text)
    return _ABBREVIATION.sub(_without_stops, text)


def _tail(url: str) -> str:
    return url[len(url.rstrip(".,;)")) :]


def split(text: str) -> tuple[Sentence, ...]:
    """The sentences of `text`, numbered from 1; together they hold every character that is no white space.

    No sentence reaches over a cut of an over-long text.
    """
    sentences: list[Sentence] = []
    at = 0
    for piece in chain.from_iterable(segment("en", _mask(part)) for part in _parts(text)):
        start, at = at, at + len(piece)
        words = text[start:at]
        start += len(words) - len(words.lstrip())
        end = start + len(words.strip())
        if end > start:
            sentences.append(Sentence(len(sentences) + 1, start, end, text[start:end]))
    return tuple(sentences)


def _parts(text: str) -> Iterator[str]:
    """The text in parts that are not too long: the splitter's time grows with the square of some texts' length.

    It is cut behind a sentence, else behind a word, else anywhere."""
    while len(text) > LONGEST_PART:
        near = text.rfind(". ", LONGEST_PART // 2, LONGEST_PART) + 1 or text.rfind(" ", LONGEST_PART // 2, LONGEST_PART)
        cut = near if near > 0 else LONGEST_PART
        yield text[:cut]
        text = text[cut:]
    yield text


def split_blocks(text: str, blocks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans of the sentences of `text`, none of which reaches over the end of a block."""
    return tuple(
        (start + sentence.start, start + sentence.end) for start, end in blocks for sentence in split(text[start:end])
    )
