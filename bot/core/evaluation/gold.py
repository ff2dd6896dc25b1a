"""Labels that readers gave by hand, and how often a judge's checklist has the same ones.

A file of labels has a row a paper and item: `paper,item,label,sentence,why`, where `item` is `lens.key` and `label` is
`present`, `absent`, `not_applicable`, or `unclear` where one may see it either way; those are left out of the count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.core.errors import SettingsError
from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Label, Verdict

COLUMNS = ("paper", "item", "label")
WORDS = {
    "present": Label.ADDRESSED,
    "absent": Label.ABSENT,
    "not_applicable": Label.NOT_APPLICABLE,
    "unclear": Label.UNCLEAR,
}


@dataclass(frozen=True, slots=True)
class Gold:
    """Labels by hand: by paper, then by `lens.item`."""

    by_paper: Mapping[str, Mapping[str, Label]]

    def label(self, paper: ArxivId, lens: str, key: str) -> Label | None:
        """The label of that item of that paper; None where nobody gave one."""
        return self.by_paper.get(str(paper), {}).get(f"{lens}.{key}")

    def papers(self, lenses: Iterable[str]) -> frozenset[str]:
        """The papers that have a label for one of those lenses."""
        fronts = tuple(f"{lens}." for lens in lenses)
        return frozenset(
            paper for paper, labels in self.by_paper.items() if any(label.startswith(fronts) for label in labels)
        )


NOTHING_LABELLED = Gold({})


def gold_from_rows(rows: Iterable[Mapping[str, str | None]], name: str) -> Gold:
    """Labels from the rows of a CSV file; `SettingsError` names file, line and remedy."""
    by_paper: dict[str, dict[str, Label]] = {}
    for number, row in enumerate(rows, 2):
        paper, key, word = ((row.get(column) or "").strip() for column in COLUMNS)
        if word not in WORDS or not paper or "." not in key:
            remedy = f"A row is paper,lens.item,label, and a label is one of: {', '.join(WORDS)}."
            raise SettingsError(f"{name}, line {number}, is no label.", remedy)
        if by_paper.setdefault(paper, {}).setdefault(key, WORDS[word]) is not WORDS[word]:
            raise SettingsError(f"{name}, line {number}: {paper} has two labels for {key}.", "Keep one of them.")
    return Gold(by_paper)


FALLACY_COLUMNS = ("paper", "title", "abstract", "reader_1", "reader_2")
FALLACY_WORDS = {"fallacy": True, "none": False}


def fallacies_from_rows(rows: Iterable[Mapping[str, str | None]], name: str) -> tuple[list[Paper], dict[str, bool]]:
    """Invented papers, and of those where both readers say the same, whether they find a core fallacy in it."""
    papers: list[Paper] = []
    known: dict[str, bool] = {}
    for number, row in enumerate(rows, 2):
        paper, title, abstract, *said = ((row.get(column) or "").strip() for column in FALLACY_COLUMNS)
        if not (paper and title and abstract) or any(word and word not in FALLACY_WORDS for word in said):
            remedy = f"A row is {','.join(FALLACY_COLUMNS)}, and a reader says fallacy, none or nothing yet."
            raise SettingsError(f"{name}, line {number}, is no such row.", remedy)
        papers.append(Paper(ArxivId(paper), 1, title, collapse(abstract), "", ("cs.AI",)))
        if said[0] and said[0] == said[1]:
            known[paper] = FALLACY_WORDS[said[0]]
    return papers, known


@dataclass(frozen=True, slots=True)
class Marks:
    """A judge's labels beside those by hand. `of`: how many were compared, of which `right` are the same.

    `absent`: how many are *absent* by hand, which is what a judge gets right who says nothing else. `addressed` are so
    by hand; of those the judge `found` so many, and `said` it of so many in all.
    """

    right: int = 0
    of: int = 0
    absent: int = 0
    addressed: int = 0
    found: int = 0
    said: int = 0

    @property
    def told_apart(self) -> int:
        """Of how many it rightly says whether a sentence states it or none does, whatever the reason for none."""
        return self.of - (self.addressed - self.found) - (self.said - self.found)


def mark(verdicts: Iterable[tuple[ArxivId, Verdict]], lens: Lens, gold: Gold) -> dict[str, Marks]:
    """The marks of each item of the lens that was labelled by hand, in the checklist's order."""
    counted: dict[str, Marks] = {}
    for paper, verdict in verdicts:
        for finding in verdict.findings:
            known = gold.label(paper, lens.key, finding.item)
            if known is not None and known is not Label.UNCLEAR:
                marks = _compare(finding.label, known)
                counted[finding.item] = _plus(counted.get(finding.item, Marks()), marks)
    return {asked.key: counted[asked.key] for asked in lens.checklist if asked.key in counted}


def add_marks(several: Iterable[Marks]) -> Marks | None:
    """All of them together; None without any."""
    total: Marks | None = None
    for marks in several:
        total = marks if total is None else _plus(total, marks)
    return total


def _compare(said: Label, known: Label) -> Marks:
    addressed, claimed = known is Label.ADDRESSED, said is Label.ADDRESSED
    return Marks(
        right=int(said is known),
        of=1,
        absent=int(known is Label.ABSENT),
        addressed=int(addressed),
        found=int(addressed and claimed),
        said=int(claimed),
    )


def _plus(marks: Marks, other: Marks) -> Marks:
    return Marks(
        marks.right + other.right,
        marks.of + other.of,
        marks.absent + other.absent,
        marks.addressed + other.addressed,
        marks.found + other.found,
        marks.said + other.said,
    )
