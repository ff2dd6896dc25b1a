"""Any form of an arXiv id, link or DOI -> the canonical id and the version.

Source: arXiv's help page "Understanding the arXiv identifier" (schemes since 0704 and 1501, and before 0704).
"""

import re
from collections.abc import Iterator

from bot.core.errors import MalformedId
from bot.core.papers.paper import ArxivId

REMEDY = "Try 2611.01234 or a link to arxiv.org/abs."
CHARACTERS_READ = 2000
MOST_DIGITS = 4

_NEW = re.compile(r"(?<!\d)(?<!\d[./])(\d{2})(\d{2})\.(\d{4,5})(?:v(\d+))?(?![\d]|\.\d)", re.ASCII)
_OLD = re.compile(
    r"(?<![\w-])([a-zA-Z][a-zA-Z-]{1,9})(?:\.[a-zA-Z]{2})?/(\d{2})(\d{2})(\d{3})(?:v(\d+))?(?!\d)", re.ASCII
)
_ARCHIVES = re.compile(  # of the old scheme, closed ones among them
    r"acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    r"|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    r"|q-alg|q-bio|quant-ph|solv-int|supr-con"
)


def parse_arxiv_id(text: str) -> tuple[ArxivId, int | None]:
    """The first arXiv id in `text` and its version, None when it names none; `MalformedId` when there is no id."""
    for found in _found(text[:CHARACTERS_READ]):
        return found
    raise MalformedId("That is not an arXiv id.", REMEDY)


def paper_named(words: str) -> ArxivId | None:
    """The first paper that words name by its id, link or DOI; None where they name none."""
    return next((found for found, _ in _found(words[:CHARACTERS_READ])), None)


def arxiv_ids(text: str) -> tuple[ArxivId, ...]:
    """Every arXiv id in `text`, each once, in the order in which they stand."""
    return tuple(dict.fromkeys(paper for paper, _ in _found(text)))


def version_of(text: str, paper: ArxivId) -> int | None:
    """The version of that paper that `text` names; None where it names none."""
    return next((version for found, version in _found(text[:CHARACTERS_READ]) if found == paper), None)


def _found(text: str) -> Iterator[tuple[ArxivId, int | None]]:
    for match in sorted((*_NEW.finditer(text), *_OLD.finditer(text)), key=lambda found: found.start()):
        found = _new(match) if match.re is _NEW else _old(match)
        if found is not None:
            yield found


def _new(match: re.Match[str]) -> tuple[ArxivId, int | None] | None:
    """`YYMM.NNNN` to 1412, `YYMM.NNNNN` from 1501; the other length is repaired, as arXiv itself does."""
    year, month, number, version = match.groups()
    if not 1 <= int(month) <= 12 or int(year + month) < 704 or int(year) >= 91 or int(number) == 0:
        return None
    digits = 4 if int(year) < 15 else 5
    number = str(int(number)).zfill(digits)
    if len(number) != digits or not _is_version(version):
        return None
    return ArxivId(f"{year}{month}.{number}"), _version(version)


def _old(match: re.Match[str]) -> tuple[ArxivId, int | None] | None:
    """`archive/YYMMNNN`, 9107 to 0703; a subject class is dropped."""
    archive, year, month, number, version = match.groups()
    since = int(year) + (1900 if int(year) >= 91 else 2000)
    moment = since * 100 + int(month)
    if not _ARCHIVES.fullmatch(archive.lower()) or not 1 <= int(month) <= 12 or not 199107 <= moment <= 200703:
        return None
    if int(number) == 0 or not _is_version(version):
        return None
    return ArxivId(f"{archive.lower()}/{year}{month}{number}"), _version(version)


def _is_version(text: str | None) -> bool:
    """Whether there is no version, or one that a paper may have."""
    return text is None or (len(text) <= MOST_DIGITS and int(text) > 0)


def _version(text: str | None) -> int | None:
    return int(text) if text else None
