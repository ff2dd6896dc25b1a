"""Whether an analysis denies what its short verdict found a sentence for, as far as words show it.

The rule is narrow on purpose: it knows an item by its name in the lens, said behind words that deny.
"""

import re
from collections.abc import Iterable

from bot.core.verdicts.lens import ChecklistItem

_DENIES = re.compile(
    r"\b(?:(?:does|do|did)(?: not|n['’]t) (?:\w+ly |even |ever )?"
    r"(?:mention|say|name|state|report|address|give|tell|discuss|ask|disclose)"
    r"|(?:says?|said|tells?) nothing|(?:names?|mentions?|states?|gives?|reports?|offers?) (?:no|neither)"
    r"|never (?:\w+ly |once )?(?:mentions?|says?|names?|states?|asks?|reports?|gives?|tells?)"
    r"|(?:is|stays?|remains?) silent|no sentence|nowhere|leaves? out|left out|omits?|pass(?:es)? over)\b"
)
_SENTENCE = re.compile(r"[^.;!?\n]+")
_WORD = re.compile(r"[a-z]{5,}")


def denied(texts: Iterable[str], addressed: Iterable[ChecklistItem]) -> str:
    """The name of an item that is addressed and of which one of the texts says that nothing is said; else empty."""
    denials = [
        sentence.group()[found.end() :]
        for text in texts
        for sentence in _SENTENCE.finditer(text.lower())
        if (found := _DENIES.search(sentence.group()))
    ]
    return next((item.name for item in addressed if any(_names(item, rest) for rest in denials)), "")


def _names(item: ChecklistItem, rest: str) -> bool:
    """Whether words name that item: its whole name, or all of its longer words where it has several."""
    name = item.name.lower()
    words = set(_WORD.findall(name))
    return re.search(rf"\b{re.escape(name)}\b", rest) is not None or (
        len(words) > 1 and words <= set(_WORD.findall(rest))
    )
