"""An evaluation in figures: how often a judge's replies fit, cite, and agree with one another and with readers.

A judge is a model at an endpoint, or the scan. A reading is one paper through one lens by one judge in one run.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from bot.core.call import REPLIED, CallOutcome, PastCall, Stage, Usage
from bot.core.gold import Gold, Marks, add_marks, mark
from bot.core.lens import Lens
from bot.core.paper import ArxivId, Entry
from bot.core.sameness import Sameness, mean_sameness, sameness
from bot.core.support import ClaimKey, claims_of
from bot.core.verdict import Label, Verdict

SCAN = "scan"
REPAIRABLE = (CallOutcome.UNFIT, CallOutcome.TRUNCATED)
BY_RULE = "by rule: always alike"
ONE_RUN = "one run"
NO_PAIRS = "no item was labelled twice"
ONE_LABEL = "one label only"
NO_USAGE = Usage()
LABELS = tuple(Label)

Table = Sequence[Sequence[int | None]]
Alpha = Callable[[Table], float]


class Ending(StrEnum):
    """How a reading ended. `unfit`: the model replied, repaired once, and it was no verdict; `unanswered`: no reply."""

    AT_ONCE = "fits at once"
    REPAIRED = "fits after repair"
    UNFIT = "no verdict"
    UNANSWERED = "no reply"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one judge said of one paper in one run. Without a verdict, `reason` says why."""

    judge: str
    paper: ArxivId
    lens: str
    run: int
    ending: Ending
    verdict: Verdict | None = None
    usage: Usage = NO_USAGE
    replies: int = 0
    seconds: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None of nothing."""
        return self.part / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How scores lie: lowest, quartiles, highest; how many distinct; the commonest one and how many have it."""

    lowest: int
    quarter: float
    middle: float
    three_quarters: float
    highest: int
    distinct: int
    commonest: int
    have_it: Share


@dataclass(frozen=True, slots=True)
class Agreement:
    """Krippendorff's alpha over the runs' labels; without one, `why` it is not defined."""

    alpha: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted of one judge through one lens. None: not measured."""

    judge: str
    lens: str
    papers: int
    runs: int
    readings: int
    at_once: Share
    after_repair: Share
    unanswered: int
    citing: Share
    dropped: int
    supported: Share | None
    labels: Marks | None
    labels_by_question: Mapping[str, Marks]
    agreement: Agreement
    scores: Spread | None
    moved: float | None
    fallacy_none: Share
    headlines: Sameness | None
    replies: int
    usage: Usage
    seconds: float
    seconds_each: float | None


def ending_of(calls: Sequence[PastCall], verdict: Verdict | None) -> Ending:
    """How a reading ended, from the rows of its calls."""
    if verdict is not None:
        repaired = any(one.stage is Stage.REPAIR and one.outcome is CallOutcome.ANSWERED for one in calls)
        return Ending.REPAIRED if repaired else Ending.AT_ONCE
    return Ending.UNFIT if is_over(calls) else Ending.UNANSWERED


def is_over(calls: Sequence[PastCall]) -> bool:
    """Whether a first reply and its repair came to no verdict: in one run nobody is asked again after that."""
    replies = [one for one in calls if one.outcome in REPLIED]
    if not replies or replies[-1].outcome is CallOutcome.ANSWERED:
        return False
    return replies[-1].stage is Stage.REPAIR or replies[-1].outcome not in REPAIRABLE


def choose_papers(entries: Iterable[Entry], first: Collection[str], most: int) -> tuple[Entry, ...]:
    """At most so many of the announced papers: those that `first` names, then the others, evenly over the day."""
    known = {entry.paper.id: entry for entry in entries}
    usable = [one for one in known.values() if _is_usable(one)]
    named = [one for one in usable if str(one.paper.id) in first][:most]
    others = [one for one in usable if str(one.paper.id) not in first]
    more = min(most - len(named), len(others))
    return (*named, *(others[at * len(others) // more] for at in range(more)))


def _is_usable(entry: Entry) -> bool:
    return bool(entry.paper.abstract) and not (entry.type.is_replacement or entry.paper.is_withdrawn)


def label_table(readings: Iterable[Reading], lens: Lens) -> Table:
    """A row a run, a column a paper and item: which label (its place in `LABELS`); None where there is no verdict."""
    found = {(one.run, one.paper): one.verdict for one in readings}
    runs = sorted({run for run, _ in found})
    papers = sorted({paper for _, paper in found})
    keys = [asked.key for asked in lens.checklist]
    return [[_label(found.get((run, paper)), key) for paper in papers for key in keys] for run in runs]


def _label(verdict: Verdict | None, key: str) -> int | None:
    labels = {finding.item: finding.label for finding in verdict.findings} if verdict else {}
    return LABELS.index(labels[key]) if key in labels else None


def agreement(table: Table, alpha: Alpha) -> Agreement:
    """Alpha of a table of labels, or why there is none: it is not defined when all labels are the same."""
    if len(table) < 2:
        return Agreement(None, ONE_RUN)
    columns = [[label for label in column if label is not None] for column in zip(*table, strict=True)]
    paired = [column for column in columns if len(column) > 1]
    if not paired:
        return Agreement(None, NO_PAIRS)
    if len({label for column in paired for label in column}) == 1:
        return Agreement(None, f"{ONE_LABEL}: {LABELS[paired[0][0]]}")
    return Agreement(alpha(table))


def spread(scores: Sequence[int]) -> Spread | None:
    """How scores lie; None without any."""
    if not scores:
        return None
    ordered = sorted(scores)
    counts = {score: ordered.count(score) for score in ordered}
    commonest = max(counts, key=lambda score: (counts[score], -score))
    return Spread(
        lowest=ordered[0],
        quarter=_quantile(ordered, 0.25),
        middle=_quantile(ordered, 0.5),
        three_quarters=_quantile(ordered, 0.75),
        highest=ordered[-1],
        distinct=len(counts),
        commonest=commonest,
        have_it=Share(counts[commonest], len(ordered)),
    )


def _quantile(ordered: Sequence[int], share: float) -> float:
    """By linear interpolation between the two nearest."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def moved(readings: Iterable[Reading]) -> float | None:
    """By how many points a paper's score moves from run to run: highest less lowest, the mean over the papers."""
    scores: dict[ArxivId, list[int]] = defaultdict(list)
    for one in readings:
        if one.verdict is not None:
            scores[one.paper].append(one.verdict.score)
    widths = [max(several) - min(several) for several in scores.values() if len(several) > 1]
    return sum(widths) / len(widths) if widths else None


def figures_of(
    readings: Sequence[Reading],
    lens: Lens,
    *,
    gold: Gold,
    supported: Mapping[ClaimKey, bool],
    alpha: Alpha,
    by_rule: bool = False,
) -> Figures:
    """The figures of one judge's readings through one lens; there must be one at least."""
    judged = [one.verdict for one in readings if one.verdict is not None]
    answered = [one for one in readings if one.ending is not Ending.UNANSWERED]
    at_once = sum(one.ending is Ending.AT_ONCE for one in answered)
    claims = sum(len(claims_of(verdict, lens)) for verdict in judged)
    dropped = sum(verdict.dropped_claims for verdict in judged)
    marks = mark(((one.paper, one.verdict) for one in readings if one.verdict is not None), lens, gold)
    seconds = [one.seconds for one in readings if one.replies]
    analyses = [verdict.analysis for verdict in judged if verdict.analysis and not verdict.analysis.too_little]
    none = sum(one.fallacy is None and not one.fallacy_dropped for one in analyses)
    return Figures(
        judge=readings[0].judge,
        lens=lens.key,
        papers=len({one.paper for one in readings}),
        runs=len({one.run for one in readings}),
        readings=len(readings),
        at_once=Share(at_once, len(answered)),
        after_repair=Share(len(judged), len(answered)),
        unanswered=len(readings) - len(answered),
        citing=Share(claims, claims + dropped),
        dropped=dropped,
        supported=_supported(readings, lens, supported),
        labels=add_marks(marks.values()),
        labels_by_question=marks,
        agreement=Agreement(None, BY_RULE) if by_rule else agreement(label_table(readings, lens), alpha),
        scores=spread([verdict.score for verdict in judged]),
        moved=moved(readings),
        fallacy_none=Share(none, len(analyses)),
        headlines=mean_sameness(sameness(words) for words in _headlines(readings)),
        replies=sum(one.replies for one in readings),
        usage=_sum(one.usage for one in readings),
        seconds=sum(seconds),
        seconds_each=median(seconds) if seconds else None,
    )


def _headlines(readings: Iterable[Reading]) -> list[list[str]]:
    """The headlines of each run: a run is a day."""
    days: dict[int, list[str]] = defaultdict(list)
    for one in readings:
        if one.verdict is not None and one.verdict.analysis is not None and not one.verdict.analysis.too_little:
            days[one.run].append(one.verdict.analysis.headline)
    return list(days.values())


def _supported(readings: Iterable[Reading], lens: Lens, known: Mapping[ClaimKey, bool]) -> Share | None:
    said = [
        known[key]
        for one in readings
        if one.verdict is not None
        for claim in claims_of(one.verdict, lens)
        if (key := ClaimKey.of(one.judge, one.run, one.verdict, claim)) in known
    ]
    return Share(sum(said), len(said)) if said else None


def _sum(usages: Iterable[Usage]) -> Usage:
    every = list(usages)
    return Usage(
        sum(one.tokens_in for one in every),
        sum(one.tokens_out for one in every),
        sum(one.tokens_cached for one in every),
        sum(one.usd for one in every),
    )
