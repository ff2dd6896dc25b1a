"""`python -m bench.scores`: how the scores of each lens spread over the captured days, and what each item was labelled.

A score is good for ranking only when it tells papers apart: many distinct values, none shared by many papers, and no
band's range (five of twenty points for a lens without bands) that holds more than half of them.
"""

from collections import Counter
from collections.abc import Sequence

from bench.days import days
from bot.core.lens import Band, Lens
from bot.core.paper import Paper
from bot.core.scan import scan
from bot.core.scoring import score
from bot.core.verdict import BasisKind, Finding, Label
from bot.lenses.load import load_lenses
from bot.sources.arxiv_parse import parse_feed
from bot.text.split import split

TWENTIES = tuple(Band(f"{low}-{high}", low, high) for low, high in ((0, 20), (21, 40), (41, 60), (61, 80), (81, 100)))
SHORT = {Label.ADDRESSED: "addressed", Label.UNCLEAR: "unclear", Label.ABSENT: "absent", Label.NOT_APPLICABLE: "n/a"}


def spread(lens: Lens, readings: Sequence[Sequence[Finding]]) -> str:
    """Distinct scores, the largest share of one score, and every band's share."""
    scores = [score(findings, lens, BasisKind.ABSTRACT) for findings in readings]
    count, total = Counter(scores), len(scores)
    points, most = count.most_common(1)[0]
    bands = lens.bands or TWENTIES
    shares = (f"{one.name} {sum(one.low <= each <= one.high for each in scores) / total:.1%}" for one in bands)
    return f"{len(count)} distinct scores; {points} most often, {most / total:.1%}; " + " · ".join(shares)


def labels(lens: Lens, readings: Sequence[Sequence[Finding]]) -> list[str]:
    """One line an item: its weight in an abstract, and the share of each label."""
    lines = []
    for at, asked in enumerate(lens.checklist):
        count = Counter(findings[at].label for findings in readings)
        shares = "  ".join(f"{word} {count[label] / len(readings):4.0%}" for label, word in SHORT.items())
        lines.append(f"  {asked.key:15} {asked.weight_abstract:4g}  {shares}")
    return lines


def read(papers: Sequence[Paper], lens: Lens) -> list[tuple[Finding, ...]]:
    """The scan's labels of every paper."""
    return [
        tuple(Finding(hit.item, hit.label) for hit in scan(paper.title, split(paper.abstract), lens))
        for paper in papers
    ]


def main() -> None:
    """Print the spread of each shipped lens over all five days."""
    batches = [parse_feed(body, "cs.AI").batch for body in days().values()]
    papers = [entry.paper for batch in batches if batch for entry in batch.entries]
    for key, lens in load_lenses(None).items():
        readings = read(papers, lens)
        print(f"{key}, {len(papers)} papers: {spread(lens, readings)}", *labels(lens, readings), sep="\n", flush=True)


if __name__ == "__main__":
    main()
