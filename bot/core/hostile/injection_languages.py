"""Instructions to a model in languages other than English: verb and aim, by the same few signs in each."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from bot.core.hostile.deobfuscation import bare
from bot.core.words import read_words


@dataclass(frozen=True, slots=True)
class LanguagePatterns:
    """One language's signs. `bound`: an order is told by its place at the head of a clause, not by its form alone."""

    undo: str
    rules: str
    judge: str
    praise: str
    paper: str
    bound: bool = True


_TOLD = read_words(__package__, "languages.toml")
_START = rf"(?:^|[.!?;:>\])({{*\"”/。！？、，,؛،।—–-]\s*|\b(?:{'|'.join(_TOLD['before'])})\s+)"
SIGNS = ("undo", "rules", "judge", "praise", "paper")
LANGUAGES = tuple(
    LanguagePatterns(**{name: "|".join(told[name]) for name in SIGNS}, bound=told.get("bound", True))
    for told in _TOLD["language"]
)
_ENGLISH = frozenset(_TOLD["english"])
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[a-z]")
_BLOCKS = (
    *(re.compile(f"[{block}]") for block in ("\u0400-\u052f", "\u0370-\u03ff", "\u0590-\u05ff", "\u0600-\u06ff")),
    *(re.compile(f"[{block}]") for block in ("\u0900-\u097f", "\u3040-\u30ff", "\uac00-\ud7af")),
    re.compile("^(?!.*[\u3040-\u30ff]).*[\u4e00-\u9fff]"),
)
_NEAR = r"[^.!?。！？।]{0,80}?"


@dataclass(frozen=True, slots=True)
class _Signs:
    letters: re.Pattern[str]
    undo: re.Pattern[str]
    judge: re.Pattern[str]


@cache
def _signs() -> tuple[_Signs, ...]:
    return tuple(_compiled(patterns) for patterns in LANGUAGES)


def _compiled(patterns: LanguagePatterns) -> _Signs:
    letters = next((block for block in _BLOCKS if block.search(patterns.undo)), _LATIN)
    return _Signs(
        letters, *(re.compile(bare(part)) for part in (_bound(patterns) if patterns.bound else _free(patterns)))
    )


def _bound(patterns: LanguagePatterns) -> tuple[str, str]:
    """An order stands at the head of a clause."""
    praised = (
        rf"\b(?:{patterns.praise})\b{_NEAR}\b(?:{patterns.paper})",
        rf"\b(?:{patterns.paper}){_NEAR}\b(?:{patterns.praise})\b",
    )
    judge = "|".join(rf"{_START}(?:{patterns.judge})\b{_NEAR}{order}" for order in praised)
    return rf"{_START}(?:{patterns.undo})\b(?!-){_NEAR}\b(?:{patterns.rules})", judge


def _free(patterns: LanguagePatterns) -> tuple[str, str]:
    """The form alone is an order; verb, praise and paper come in any sequence."""
    parts = [f"(?:{part})" for part in (patterns.paper, patterns.praise, patterns.judge)]
    undo = rf"(?:{patterns.rules}){_NEAR}(?:{patterns.undo})|(?:{patterns.undo}){_NEAR}(?:{patterns.rules})"
    return undo, "|".join(_NEAR.join(order) for order in permutations(parts))


def orders_in(text: str) -> bool:
    """Whether a `plain` sentence, quotations taken out, gives an order to a model in one of the languages."""
    words = _WORD.findall(text)
    is_english = 10 * sum(word in _ENGLISH for word in words) > len(words)
    return any(
        (sign.undo.search(text) or sign.judge.search(text))
        for sign in _signs()
        if (sign.letters.search(text) if sign.letters is not _LATIN else not is_english)
    )
