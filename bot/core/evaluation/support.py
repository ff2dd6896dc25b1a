"""Whether a quoted sentence supports the claim that cites it: a sample for readers, and what they said.

The program sees that a claim cites a sentence which is there; whether that sentence carries it only a reader can say.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from bot.core.errors import SettingsError
from bot.core.papers.sentence import Evidence
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Label, Verdict

COLUMNS = ("paper", "lens", "run", "part", "sentence", "supported", "judge", "claim", "words")
SAID = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class CitedClaim:
    """A claim of a verdict and the sentences it cites. `part`: where it stands, like `fallacy` or `finding worker`."""

    part: str
    text: str
    evidence: tuple[Evidence, ...]

    @property
    def sentences(self) -> str:
        """The numbers of the sentences, with spaces between."""
        return " ".join(str(evidence.sentence) for evidence in self.evidence)


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """Which claim of which reading it is. Its text is in it: what was said of other words does not count."""

    judge: str
    paper: str
    lens: str
    run: int
    part: str
    sentences: str
    claim: str

    @classmethod
    def of(cls, judge: str, run: int, verdict: Verdict, claim: CitedClaim) -> Self:
        """The key of that claim of a judge's verdict."""
        text = hashlib.sha256(_cell(claim.text).encode()).hexdigest()
        return cls(_cell(judge), str(verdict.paper), verdict.provenance.lens, run, claim.part, claim.sentences, text)


def claims_of(verdict: Verdict, lens: Lens) -> tuple[CitedClaim, ...]:
    """Every claim of the verdict that cites: fallacy, dissection, assumptions, and what is said to be addressed."""
    return tuple(claim for claim in _claims(verdict, lens) if claim.evidence)


def _claims(verdict: Verdict, lens: Lens) -> Iterator[CitedClaim]:
    short, said = verdict.short, verdict.analysis
    if short is not None and short.fallacy is not None:
        yield CitedClaim("fallacy", short.fallacy.line, short.fallacy.evidence)
    if said is not None:
        yield CitedClaim("dissection", said.dissection.text, said.dissection.evidence)
        for number, assumption in enumerate(said.assumptions, 1):
            yield CitedClaim(f"assumption {number}", assumption.proposition, assumption.evidence)
    for finding in verdict.labelled(Label.ADDRESSED):
        asked = lens.item_or_key(finding.item)
        yield CitedClaim(f"finding {finding.item}", " ".join(asked.question.split()), finding.evidence)


def sample_rows(verdicts: Iterable[tuple[str, int, Verdict]], lens: Lens, most: int) -> list[dict[str, str]]:
    """At most so many claims of a judge's verdicts (judge, run, verdict), as rows to be labelled; always the same."""
    found = []
    for judge, run, verdict in verdicts:
        for claim in claims_of(verdict, lens):
            row = _row(judge, run, verdict, claim)
            place = hashlib.sha256("\0".join(row.values()).encode()).hexdigest()
            found.append((place, row))
    chosen = sorted(found, key=lambda item: item[0])[:most]
    return sorted((row for _, row in chosen), key=lambda row: (row["paper"], row["run"], row["part"]))


def _row(judge: str, run: int, verdict: Verdict, claim: CitedClaim) -> dict[str, str]:
    words = " ".join(evidence.words for evidence in claim.evidence)
    cells = (str(verdict.paper), verdict.provenance.lens, str(run), claim.part, claim.sentences, "")
    return dict(zip(COLUMNS, (*cells, _cell(judge), _cell(claim.text), _cell(words)), strict=True))


def _cell(text: str) -> str:
    """One line that no spreadsheet takes for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def support_from_rows(rows: Iterable[Mapping[str, str | None]], name: str) -> dict[ClaimKey, bool]:
    """What readers said of a sample: `yes` or `no`; rows that nobody labelled are left out."""
    known: dict[ClaimKey, bool] = {}
    for number, row in enumerate(rows, 2):
        if any(row.get(column) is None for column in COLUMNS):
            raise SettingsError(
                f"{name}, line {number}, is no row of a sample.", "Write one with `copecheck eval --sample`."
            )
        cells = {column: (row[column] or "").strip() for column in COLUMNS}
        word = cells["supported"].lower()
        if word and (word not in SAID or not cells["run"].isdigit()):
            remedy = "Write yes or no into `supported`, or leave it empty."
            raise SettingsError(f"{name}, line {number}: {word!r} is no answer.", remedy)
        if word:
            known[_key(cells)] = SAID[word]
    return known


def _key(cells: Mapping[str, str]) -> ClaimKey:
    text = hashlib.sha256(cells["claim"].encode()).hexdigest()
    judge, run = cells["judge"], int(cells["run"])
    return ClaimKey(judge, cells["paper"], cells["lens"], run, cells["part"], cells["sentence"], text)
