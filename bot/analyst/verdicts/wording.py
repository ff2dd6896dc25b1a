"""What a verdict may not say, as far as words show it: what the paper (not the abstract) lacks, names, honesty.

From an abstract one cannot know what a paper does not do. The rules are narrow on purpose: a verdict that is refused
wrongly costs a call.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.verdicts.lens import Lens

_PAPER = "paper|work|study|article|manuscript|research"
_LACKS = (
    r"never\s+(?:once\s+)?\w+|(?:does|do|did)(?:\s+not|n[’']t)\s+(?:\w+ly\s+|even\s+|ever\s+|once\s+)?"
    r"(?:mention|discuss|address|engage|say|name|ask|consider|acknowledge|report|explain|examine|explore|touch|state|"
    r"specify|describe|disclose|evaluate|test|compare|measure|quantify|account|provide|offer|include|contain|interrogate)"
    r"|(?:fails?|failed|neglects?|neglected|omits?|omitted|forgets?|forgot)\s+to\s+\w+"
    r"|(?:omits?|omitted|ignores?|ignored|overlooks?|overlooked|leaves?\s+out|left\s+out|skips?)\s+\w+"
    r"|(?:is|are|stays?|remains?)\s+silent|says?\s+nothing|has\s+nothing\s+to\s+say|lacks?\s+(?:any|a|all)\b"
    r"|contains?\s+no\b|mentions?\s+no(?:\s+|thing\b)|offers?\s+no\b|names?\s+no(?:\s+|body\b)"
)


@dataclass(frozen=True, slots=True)
class _Absences:
    """Ways to say that a whole lacks something, and the name of what was read of it."""

    read: str
    lacks: re.Pattern[str]
    nowhere: re.Pattern[str]

    @classmethod
    def of(cls, read: str, whole: str) -> "_Absences":
        """`whole`: the nouns that mean more than was read."""
        subject = rf"(?:the|this|that|its|their)\s+(?:full\s+|whole\s+)?(?:{whole})|the\s+authors?"
        return cls(
            read,
            re.compile(
                rf"\b(?<!in {read} )({subject})\s+(?:\w+ly\s+|also\s+|itself\s+|themselves\s+)?({_LACKS})",
                re.IGNORECASE,
            ),
            re.compile(
                rf"\bnowhere\s+(?:does|do|did|in)\s+({subject})"
                r"|\bno\s+(?:mention|discussion|word|account|trace|talk)\b"
                rf"[^.;:]{{0,80}}?\bin\s+({subject})|\b({subject})\s+(?:is|are|stays?|remains?)\s+mute\b",
                re.IGNORECASE,
            ),
        )

    def reworded(self, text: str) -> str:
        """`text` with what it says of the whole's absences said of what was read."""
        return self.nowhere.sub(self._elsewhere, self.lacks.sub(self._lacking, text))

    def _elsewhere(self, found: re.Match[str]) -> str:
        subject = next(group for group in found.groups() if group)
        is_people = "author" in subject.lower()
        where = f"{subject}, in {self.read}," if is_people else self.read
        if not is_people and found.group().startswith(subject) and subject[0].isupper():
            where = _capital(self.read)
        return found.group().replace(subject, where, 1)

    def _lacking(self, found: re.Match[str]) -> str:
        subject, rest = found[1], found.group()[len(found[1]) :]
        is_people = "author" in subject.lower()
        words = f"in {self.read} {subject[0].lower()}{subject[1:]}" if is_people else self.read
        return (_capital(words) if subject[0].isupper() else words) + rest


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


_ABSTRACT = _Absences.of("the abstract", _PAPER)
_PART = _Absences.of("the part that was read", f"{_PAPER}|text|document|preprint")
_BAD = (
    r"(?:dishonest\w*|liars?|lying|deceitful\w*|fraudulent\w*|fraudsters?|incompeten\w+|stupid\w*|ignoran\w+"
    r"|corrupt(?:ed|ion)?|in bad[- ]faith|bad[- ]faith|greed(?:y|ily)?|cynic(?:al|ally|ism)|malic\w+)"
)
_PEOPLE = r"(?:authors?|researchers?|scientists?|writers?|team)"
_IS = r"(?:is|are|was|were|be|been|being|seems?|looks?|sounds?|appears?|remains?|acts?|acted|write|wrote)"
# Said of people, not of what they study: "malicious clients send their updates" is a setting.
_HONESTY = re.compile(
    rf"\b(?:{_PEOPLE}|they)\s+(?:\w+ly\s+)?{_IS}(?:\s+(?:to be|not|just|either|both|a|an|the|too|so|very|\w+ly))*\s+"
    rf"{_BAD}\b|\b(?:{_PEOPLE}|they)\s+(?:\w+ly\s+)?(?:lied|lie)\b|\b{_BAD}\s+(?:\w+\s+)?{_PEOPLE}\b"
    rf"|\b(?:their|{_PEOPLE}['’]s?)\s+(?:\w+\s+)?{_BAD}\b",
    re.IGNORECASE,
)
_NAMES = re.compile(r",|;|\band\b|\n")
# What a text says of a result only where a sentence does, in whichever of the words beside it.
_STRONG = tuple(
    (re.compile(rf"\b(?:{says})\b", re.IGNORECASE), re.compile(rf"\b(?:{allowed})\b", re.IGNORECASE))
    for says, allowed in (
        (
            r"theorems?|proofs?|prove[sdn]?|provabl[ey]",
            r"theorems?|lemmas?|proofs?|prov(?:e[sdn]?|ing|abl[ey])|formal\w*",
        ),
        (r"solve[sd]?", r"(?:re)?solv(?:e[sd]?|ing)|solutions?"),
        (
            r"removes?|removed|eliminate[sd]?|dissolve[sd]?|eradicate[sd]?|abolish(?:es|ed)?",
            r"remov\w+|eliminat\w+|dissolv\w+|eradicat\w+|abolish\w*|without|unnecessary|no longer|free of|obviat\w+",
        ),
        (r"stop(?:s|ped)?|halt(?:s|ed)?", r"stop\w*|halt\w*|prevent\w*|block\w*|terminat\w+|end(?:s|ed|ing)?"),
        (r"guarantee[sd]?", r"guarant\w+|ensur\w+|certif\w+|provabl[ey]|proof|prove[sdn]?"),
        (
            r"perfect(?:ly)?|flawless(?:ly)?|infallibl[ey]|error-free",
            r"perfect\w*|flawless\w*|infallibl\w+|error-free|100",
        ),
    )
)
_MARKED = re.compile(
    r"\b(?:by|in|through|under|on|to|for) (?:this|the) (?:thesis|lens|reading|view)\b"
    r"|\b(?:this|the) (?:thesis|lens) (?:\w+ly )?(?:says?|holds?|reads?|sees?|calls?|asks?|counts?|would|contests?)\b",
    re.IGNORECASE,
)
# Numbers of sentences among the words: the program sets its own marks, from what is cited.
_NUMBERS = r"[1-9]\d{0,2}(?:\s*[,–-]\s*[Ss]?[1-9]\d{0,2}){0,20}"
_MARKS = re.compile(
    rf" ?\[(?:[Ss]\.?|[Ss]entences?)? ?{_NUMBERS}\]| ?\((?:[Ss]\.|[Ss]entences?|cites?:?) ?{_NUMBERS}\)"
)
_ELSEWHERE = re.compile(r"(?<![\w.])\d{4}\.\d{4,5}(?!\d|\.\d)|\bhttps?://\S{1,80}|\bwww\.\S{1,80}", re.IGNORECASE)
_STOPS = ".,;:!?)]}\"'”’"
_SCORE = re.compile(r"\b\d{1,3} ?(?:/|of|out of) ?100\b")
_DENIED = re.compile(
    r"\b(?:not|no|never|nothing|nobody|without|cannot|neither|nor|hardly|less than)\b(?:\s+\w+){0,3}\s*$"
)


def faults_of(text: str, *, abstract_only: bool, authors: str = "") -> list[str]:
    """What must not be said and is, each in words for the one who wrote it; empty when there is nothing."""
    faults: list[str] = []
    if abstract_only and (found := _ABSTRACT.lacks.search(text) or _ABSTRACT.nowhere.search(text)):
        faults.append(
            f'"{found.group()[:80]}": you read the abstract alone. Write what the abstract does not mention, '
            "or leave it out."
        )
    if found := _HONESTY.search(text):
        faults.append(f'"{found.group()[:80]}": say nothing of anybody\'s motive, honesty or competence.')
    if named := next((name for name in _full_names(authors) if name.lower() in text.lower()), ""):
        faults.append(f'"{named}": name no person.')
    return faults


def of_the_programs(text: str, read: str, lens: Lens) -> list[str]:
    """What only the program says and a reply says all the same: a band or a score, another paper's number, an address.

    `read`: all that was given, in which such words are the text's own.
    """
    faults: list[str] = []
    others = (match.group().rstrip(_STOPS) for match in _ELSEWHERE.finditer(text))
    if found := next((other for other in others if other not in read), ""):
        faults.append(f'"{found[:40]}": no sentence has that number or address; leave it out.')
    bands = (band.name for band in lens.bands if band.name.isupper() and band.name not in read)
    if band := next((name for name in bands if re.search(rf"\b{re.escape(name)}\b", text)), ""):
        faults.append(f'"{band}": the score and its name are counted, not written; leave it out.')
    if (points := _SCORE.search(text)) and points.group() not in read:
        faults.append(f'"{points.group()}": no sentence says it, and you give no score; leave it out.')
    return faults


def without_marks(text: str) -> str:
    """`text` without numbers of sentences in brackets: what is cited stands beside it."""
    return _MARKS.sub("", text)


def overstated(text: str, sentences: str) -> str:
    """A word of `text` that says more than the sentences, like *solves* of what they call *mitigated*; else empty."""
    for says, allowed in _STRONG:
        if allowed.search(sentences):
            continue
        for found in says.finditer(text):
            if not _DENIED.search(text[max(0, found.start() - 60) : found.start()].lower()):
                return found.group()
    return ""


def is_marked(text: str, phrase: str) -> bool:
    """Whether what is argued from the thesis says so, in the lens's own phrase or another of that kind."""
    return phrase.lower() in text.lower() or _MARKED.search(text) is not None


def of_the_abstract(text: str) -> str:
    """`text` with what it says of the paper's absences said of the abstract, which is all that was read."""
    return _ABSTRACT.reworded(text)


def of_the_part(text: str) -> str:
    """`text` with what it says of the paper's or the text's absences said of the part that was read."""
    return _PART.reworded(text)


def _full_names(authors: str) -> Iterable[str]:
    """Names of at least two words: a single one may be a word of the language."""
    for name in _NAMES.split(authors):
        words = " ".join(name.split())
        if " " in words and len(words) > 6:
            yield words
