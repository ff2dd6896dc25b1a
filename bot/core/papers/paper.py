"""Papers as arXiv names them: identifiers, versions, and what was announced on which day."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_SPACE = re.compile(r"[ \t\n\r\f\v]+")


def collapse(text: str) -> str:
    """`text` with every run of ASCII white space as one space and none at the ends: the form that is stored."""
    if "  " not in text and text.isprintable():  # nothing to collapse, told at a sixth of the price
        return text.strip(" ")
    return _SPACE.sub(" ", text).strip(" ")


@dataclass(frozen=True, slots=True, order=True)
class ArxivId:
    """A paper's identifier without its version, in arXiv's canonical form (`2611.01234`, `hep-th/9901001`)."""

    value: str

    def __str__(self) -> str:
        return self.value


class AnnounceType(StrEnum):
    """How a category announced a paper, in arXiv's own words; relative to the category that was asked."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"

    @property
    def strength(self) -> int:
        """Lower is stronger: where two categories announce one paper on one day, the stronger type counts."""
        return list(AnnounceType).index(self)

    @property
    def is_replacement(self) -> bool:
        return self in (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS)


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper's metadata. `title` and `abstract` are arXiv's raw TeX, white space collapsed, nothing else changed."""

    id: ArxivId
    version: int | None
    title: str
    abstract: str
    authors: str
    categories: tuple[str, ...]
    comment: str | None = None
    licence: str | None = None

    @property
    def primary(self) -> str | None:
        """The primary category: arXiv lists it first."""
        return self.categories[0] if self.categories else None

    @property
    def is_withdrawn(self) -> bool:
        """Whether comment or abstract is a notice that it is; a mere mention of withdrawals is none."""
        from bot.core.papers.withdrawal import says_withdrawn  # its expressions take time to compile

        return says_withdrawn(collapse(self.comment or ""), collapse(self.abstract))

    @property
    def notice(self) -> str:
        """The words that withdraw a withdrawn paper: its comment, or what stands in place of the abstract."""
        from bot.core.papers.withdrawal import says_withdrawn

        comment = collapse(self.comment or "")
        return comment if says_withdrawn(comment, "") else self.abstract

    @property
    def text_hash(self) -> str:
        """SHA-256 (hex) of the NFC title and abstract: equal exactly when nothing was changed that is judged again."""
        text = "\n".join(unicodedata.normalize("NFC", collapse(part)) for part in (self.title, self.abstract))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an announcement. `inferred`: the type was concluded from the primary category, not read."""

    paper: Paper
    type: AnnounceType
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """What one category announced on one day (a date in America/New_York). `origin`: `feed`, `listing` or `api`.

    `left_out`: entries that could not be read, each named with the reason.
    """

    category: str
    day: date
    entries: tuple[Entry, ...]
    origin: str = "feed"
    left_out: tuple[str, ...] = ()
