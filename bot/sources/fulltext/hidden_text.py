"""Hidden passages as they are come upon: letters that follow one another are one passage; what says nothing is none."""

import re

from bot.core.fulltext.fulltext import HiddenPassage, Hiding
from bot.core.papers.paper import collapse
from bot.core.papers.sentence import Sentence

PASSAGE_CHARACTERS = 2000
MOST_PASSAGES = 200
_WORD = re.compile(r"\w{2,}")
_ADDRESS = re.compile(
    r"\b(?:your?|ignore|disregard|instructions?|reviewers?|accept|praise|do not|highest|positive review)\b",
    re.IGNORECASE,
)
_PROSE = re.compile(r"(?:\w{1,40}\W{1,3}){6}\w*[.!?]")  # a sentence that ends
LEAST_WORDS = 3
LEAST_LETTERS = 12


class HiddenText:
    """Collects; each once, at most so many and so long, for the file is a stranger's."""

    def __init__(self) -> None:
        self._done: list[HiddenPassage] = []
        self._seen: set[tuple[Hiding, str]] = set()
        self._how: Hiding | None = None
        self._where = ""
        self._text: list[str] = []
        self._length = 0

    def add(self, how: Hiding, text: str, where: str) -> None:
        """Words that nobody sees."""
        if how is not self._how:
            self.rest()
        self._how, self._where = how, where
        if self._length <= PASSAGE_CHARACTERS:
            self._text.append(text)
            self._length += len(text)

    def add_if_it_instructs(self, how: Hiding, text: str, where: str) -> None:
        """Words that are unseen by their nature, as a place-holder's: a passage only where they tell what to do."""
        from bot.core.hostile.injection import instructions_in  # its words take 4 MB of a worker, and are seldom needed

        words = collapse(text.replace("\n", " "))[:PASSAGE_CHARACTERS]
        if instructions_in("", [Sentence(1, 0, len(words), words)]):
            self.rest()
            self.add(how, words, where)
            self.rest()

    @property
    def is_open(self) -> bool:
        """Whether the last letter was hidden."""
        return self._how is not None

    def follows(self, sign: str) -> bool:
        """A space belongs to whatever was before it: whether that can be seen."""
        if self._how is not None:
            self._text.append(sign)
        return self._how is None

    def rest(self) -> None:
        """Something visible comes, or a block ends: the passage is whole."""
        if self._how is None:
            return
        text = collapse("".join(self._text).replace("\n", " "))[:PASSAGE_CHARACTERS]
        is_new = (self._how, text) not in self._seen
        if is_new and _says_something(text, self._how) and len(self._done) < MOST_PASSAGES:
            self._seen.add((self._how, text))
            self._done.append(HiddenPassage(self._how, text, self._where))
        self._how, self._length = None, 0
        self._text.clear()

    def all(self) -> tuple[HiddenPassage, ...]:
        """Every passage, in the file's order."""
        self.rest()
        return tuple(self._done)


def _says_something(text: str, how: Hiding) -> bool:
    """Spacers, stray signs and axis ticks are no passage; nor are the labels of a plot that was scaled down, or what
    the boxes of a slide cover of others."""
    letters = sum(letter.isalpha() for letter in text)
    spaced = len(_WORD.findall(text)) >= LEAST_WORDS or " " not in text or not text.isascii()
    is_label = how in (Hiding.TINY, Hiding.COVERED) and not (_PROSE.search(text) or _ADDRESS.search(text))
    return letters >= LEAST_LETTERS and spaced and not is_label
