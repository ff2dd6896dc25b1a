"""The bundled day's bytes, and the written example as a paper with its verdict."""

import importlib.resources
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bot.core.papers.paper import ArxivId, Paper, collapse
from bot.core.papers.sentence import Evidence, hash_text
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import score
from bot.core.verdicts.verdict import (
    Analysis,
    AnalystKind,
    Assumption,
    Basis,
    BasisKind,
    Claim,
    Classification,
    Fallacy,
    Finding,
    Label,
    Provenance,
    ShortFallacy,
    ShortVerdict,
    Verdict,
)
from bot.text.relevance import relevance
from bot.text.split import split


@dataclass(frozen=True, slots=True)
class Example:
    """An invented paper and the verdict that was written for it."""

    paper: Paper
    verdict: Verdict
    day: date


def bundled_day() -> bytes:
    """A day of invented papers in the form of arXiv's RSS."""
    return (importlib.resources.files("bot.demo") / "day.rss.xml").read_bytes()


def written_example(lens: Lens) -> Example:
    """The example verdict; its claims point at sentences of the invented abstract by number."""
    table = tomllib.loads((importlib.resources.files("bot.demo") / "example.toml").read_text(encoding="utf-8"))
    paper = Paper(
        id=ArxivId(table["id"]),
        version=1,
        title=table["title"],
        abstract=collapse(table["abstract"]),
        authors=table["authors"],
        categories=tuple(table["categories"]),
    )
    return Example(paper, _Writer(paper).verdict(table["verdict"], lens), date.fromisoformat(table["day"]))


class _Writer:
    """Makes the verdict of the file's table: the program quotes, the table only points."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._sentences = {sentence.number: sentence for sentence in split(paper.abstract)}

    def _evidence(self, numbers: list[int]) -> tuple[Evidence, ...]:
        paper, whole = self._paper, hash_text(self._paper.abstract)
        chosen = [self._sentences[number] for number in numbers]
        return tuple(Evidence(paper.id, paper.version, whole, s.start, s.end, s.text, s.number) for s in chosen)

    def verdict(self, table: dict[str, Any], lens: Lens) -> Verdict:
        findings = tuple(
            self._finding(checklist_item.key, table["checklist"].get(checklist_item.key, {}))
            for checklist_item in lens.checklist
        )
        length = len(self._paper.abstract)
        wanted = relevance(self._paper.title, tuple(self._sentences.values()), lens)
        return Verdict(
            paper=self._paper.id,
            version=self._paper.version,
            paper_hash=self._paper.text_hash,
            basis=Basis(BasisKind.ABSTRACT, length, length),
            first_line=self._evidence([1])[0],
            findings=findings,
            score=score(findings, lens, BasisKind.ABSTRACT),
            interest=100,
            trades=wanted.trades,
            provenance=Provenance(AnalystKind.WRITTEN, lens.key, lens.fingerprint, datetime(2026, 11, 1, tzinfo=UTC)),
            short=self._short(table),
            analysis=self._analysis(table),
        )

    def _finding(self, key: str, table: dict[str, Any]) -> Finding:
        return Finding(
            key, Label(table.get("label", "absent")), self._evidence(table.get("cites", [])), table.get("reason")
        )

    def _short(self, table: dict[str, Any]) -> ShortVerdict:
        fallacy = ShortFallacy(table["fallacy"]["line"], self._evidence(table["fallacy"]["cites"]))
        return ShortVerdict(table["headline"], table["does"], fallacy, tuple(table["telling"]))

    def _analysis(self, table: dict[str, Any]) -> Analysis:
        fallacy = table["core_fallacy"]
        return Analysis(
            dissection=Claim(table["dissection"]["text"], self._evidence(table["dissection"]["cites"])),
            fallacy=Fallacy(fallacy["assumed"], fallacy["instead"], self._evidence(fallacy["cites"])),
            assumptions=tuple(
                Assumption(item["proposition"], item["exposure"], self._evidence(item["cites"]))
                for item in table["assumptions"]
            ),
            social_function=table["social_function"],
            classes=tuple(Classification(item["name"], item["gloss"]) for item in table["classes"]),
            verdict=table["verdict"],
            closing=table["closing"],
        )
