"""A text -> the terms that it is found by: small letters, light stems, numbers and acronyms kept, stop words gone.

English rules; words of other languages stay as they are. `terms_of` is alike for a question and for the text.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:(?:[.,](?=\d)|[-‐‑–'’](?=[^\W_]))[^\W_]+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")
_POSSESSIVE = re.compile(r"['’]s?\b")
_HYPHEN = re.compile("[-‐‑–]")
_ACRONYM = re.compile(r"[A-Z]{2,}s?|[A-Z]")
_LAYOUT = re.compile(r"\\(?:frac|text\w*|math\w+|left|right|begin|end|label|ref|cite\w*|operatorname|emph)\b")
_VOWEL = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"([b-df-hj-kmnp-rtv-xz])\1$")
# Words that tell nothing apart, and those by which a question is put and not what it is about.
_STOP_WORDS = """
a about above after again against all also am an and any anybody anyone anything are as at be because been before
being below between both but by can cannot could did do does doing don done down during each even ever every few for
from further get gets give given gives go had has have having he her here hers him his how however i if in into is isn
it its itself just know let like ll made make makes many may me might mine more most much must my no nobody nor not
nothing now of off on once one only or other our ours out over own per please quite rather re really s said same say
says shall she should since so some somebody someone something still such t tell than that the their theirs them then
there these they thing things this those though through thus to too towards under until up upon us ve very via was we
were what whatever when where whether which while who whom whose why will with within without would yes yet you your
yours article author authors explain document manuscript mean means mention mentions paper papers preprint question
section sentence text work works dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt whats theres
havent hasnt
"""
STOP = frozenset(_STOP_WORDS.split())


def terms_of(text: str) -> tuple[str, ...]:
    """The terms of a text in its order, those that stand there twice too."""
    return tuple(_terms(text))


def _terms(text: str) -> Iterator[str]:
    text = _LAYOUT.sub(" ", text if text.isascii() else _letters(text))
    for word in _WORD.findall(_THOUSANDS.sub("", text)):
        yield from _of_word(word)


def _letters(text: str) -> str:
    """Ligatures as letters, accents gone, Greek letters by their names: `α` is `alpha`."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(_named(sign) for sign in plain if not unicodedata.combining(sign))


@lru_cache(maxsize=512)
def _named(sign: str) -> str:
    name = unicodedata.name(sign, "")
    return f" {name.split()[-1].lower()} " if name.startswith("GREEK") and "LETTER" in name else sign


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[str, ...]:
    """The terms of one word: its parts, and for one with hyphens all of it in one too (`pre-training`)."""
    parts = [one for one in _HYPHEN.split(_POSSESSIVE.sub("", word)) if one]
    found = [term for part in parts if (term := _term(part))]
    return (*found, _stem("".join(parts).lower())) if len(parts) > 1 else tuple(found)


def _term(word: str) -> str:
    """One term; empty for a stop word. An acronym is none, whatever it looks like (`IT`, `US`)."""
    small = word.lower()
    if _ACRONYM.fullmatch(word) and small not in ("a", "i"):
        bare = small.removesuffix("s") if word.endswith("s") else small
        return word if bare in STOP and len(word) > 1 else bare
    return "" if small in STOP else _stem(small)


def _stem(word: str) -> str:
    """A word without the endings that grammar adds; words with figures, and short ones, stay."""
    if len(word) < 4 or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and _VOWEL.search(stem):
            word = _DOUBLED.sub(r"\1", stem)
            break
    for ending in ("ations", "ation", "ators", "ator", "ate", "at", "ments", "ment", "ly", "ions", "ion", "e"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 3:
            return stem
    return word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


# Words that papers use for one thing and readers for the same: whoever asks with one finds the others too, for less.
KINDRED = (
    "people person participant subject respondent volunteer annotator rater worker user patient student human crowd",
    "data dataset corpus corpora benchmark collection sample record",
    "limit limitation weakness shortcoming caveat drawback restrict fail failure threat assumption",
    "cost price expensive cheap dollar usd euro money budget paid pay afford fee wage compensate",
    "compute hardware gpu tpu cpu hour memory machine processor",
    "code source release available repository open-source public download licence license",
    "accuracy accurate correct score result performance precision recall error",
    "baseline compare comparison against versus rival alternative outperform beat",
    "ethic consent privacy harm approval board review bias fair",
    "fund sponsor grant support donate interest",
    "purpose aim goal motivate objective why reason",
    "fast slow speed time latency second minute hour duration long",
    "big large size small many number count total",
    "new novel first contribution propose introduce",
    "next future plan later open remain",
    "better improve gain increase higher best rise",
    "worse drop decrease lower fall decline degrade worst",
)


@lru_cache(maxsize=1)
def _kin() -> dict[str, tuple[str, ...]]:
    kin: dict[str, dict[str, None]] = {}
    for group in KINDRED:
        terms = terms_of(group)
        for term in terms:
            kin.setdefault(term, {}).update(dict.fromkeys(one for one in terms if one != term))
    return {term: tuple(others) for term, others in kin.items()}


def kin_of(term: str) -> tuple[str, ...]:
    """Terms that may stand for the same thing."""
    return _kin().get(term, ())
