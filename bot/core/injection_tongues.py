"""Instructions to a model in languages other than English: verb, aim and addressee, by the same few signs in each."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from bot.core.disguise import bare
from bot.core.tongue import Tongue
from bot.core.tongues_latin import LATIN
from bot.core.tongues_other import OTHER

_START = (
    r"(?:^|[.!?;:>\])({*\"”/。！？、，,؛،।—–-]\s*|\b(?:bitte|s'il vous plait|veuillez|por favor|per favore|prosze"
    r"|prosim|пожалуйста|будь ласка|alsjeblieft|tolong|mohon|silakan|hay|vui long|xin|und|et|y|e|i|и|та|en|och|og|a|dan"
    r"|va|si|ja|es|ve|και|please|und|dann|puis|luego|poi|depois|nun|jetzt|maintenant|ahora|adesso|agora|teraz|теперь|nu"
    r"|sekarang|παρακαλω)\s+)"
)


_ENGLISH = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "is",
        "that",
        "with",
        "for",
        "we",
        "are",
        "by",
        "this",
        "from",
        "it",
        "as",
        "be",
        "or",
        "which",
        "have",
        "has",
        "not",
        "an",
    ]
)
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
    call: re.Pattern[str]
    about: re.Pattern[str]


def prepare() -> None:
    """Compile the patterns of all languages, which takes a moment: in a thread, where others must not wait for it."""
    _signs()


@cache
def _signs() -> tuple[_Signs, ...]:
    return tuple(_compiled(one) for one in (*LATIN, *OTHER))


def _compiled(one: Tongue) -> _Signs:
    letters = next((block for block in _BLOCKS if block.search(one.undo)), _LATIN)
    undo, judge, call = _bound(one) if one.bound else _free(one)
    about = rf"\b(?:{one.about})\b" if one.bound else f"(?:{one.about})"
    return _Signs(letters, *(re.compile(bare(part)) for part in (undo, judge, call, about)))


def _bound(one: Tongue) -> tuple[str, str, str]:
    """An order stands at the head of a clause, or after a call to a model and "must"."""
    head = rf"{_START}(?:(?:{one.agent})[:,!] ?)?"
    first = rf"{head}(?:{one.judge})\b"
    must = rf"\b(?:{one.agent}){_NEAR}\b(?:{one.must}){_NEAR}"
    praised = (rf"\b(?:{one.praise})\b{_NEAR}\b(?:{one.paper})", rf"\b(?:{one.paper}){_NEAR}\b(?:{one.praise})\b")
    judge = "|".join(f"{front}{order}" for front in (rf"{first}{_NEAR}", must) for order in praised)
    aims = f"{one.praise}|{one.rules}|{one.paper}"
    call = rf"(?:^|[.!?;:>\]]\s*)[^.!?;]{{0,40}}\b(?:{one.agent})\b[^.!?;]{{0,60}}[,:!–—-]\s*(?:\w+ ){{0,3}}?"
    return (
        rf"{head}(?:{one.undo})\b{_NEAR}\b(?:{one.rules})",
        judge,
        rf"{call}(?:{one.judge}|{one.undo})\b{_NEAR}\b(?:{aims})",
    )


def _free(one: Tongue) -> tuple[str, str, str]:
    """The form alone is an order; verb, praise and paper come in any sequence."""
    parts = [f"(?:{part})" for part in (one.paper, one.praise, one.judge)]
    ends = f"(?:{one.praise}|{one.rules})"
    called = rf"(?:{one.agent}){_NEAR}(?:{one.must}){_NEAR}"
    return (
        rf"(?:{one.rules}){_NEAR}(?:{one.undo})|(?:{one.undo}){_NEAR}(?:{one.rules})",
        "|".join(_NEAR.join(order) for order in permutations(parts)),
        rf"{called}(?:{one.judge}){_NEAR}{ends}|{called}{ends}{_NEAR}(?:{one.judge})",
    )


def orders_in(text: str) -> bool:
    """Whether a `plain` sentence, quotations taken out, gives an order to a model in one of the languages."""
    words = _WORD.findall(text)
    is_english = 10 * sum(word in _ENGLISH for word in words) > len(words)
    return any(
        (one.undo.search(text) or one.judge.search(text) or one.call.search(text)) and not one.about.search(text)
        for one in _signs()
        if (one.letters.search(text) if one.letters is not _LATIN else not is_english)
    )
