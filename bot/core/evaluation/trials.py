"""An evaluation in figures: how often a judge's replies fit, cite, and agree with one another and with readers.

A judge is a model at an endpoint, or the scan. A reading is one paper through one lens by one judge in one run.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from types import MappingProxyType

from bot.core.evaluation.gold import Gold, Marks, add_marks, mark
from bot.core.evaluation.ranking import RankFigures, Worth, rank_figures
from bot.core.evaluation.share import Share
from bot.core.evaluation.support import ClaimKey, claims_of
from bot.core.papers.paper import ArxivId, Entry
from bot.core.present.card import CLOSING_MOST, DOES_MOST, FALLACY_MOST, HEADLINE_MOST
from bot.core.verdicts.call import REPLIED, CallOutcome, PastCall, Stage, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.similarity import Similarity, mean_similarity, similarity
from bot.core.verdicts.verdict import Analysis, Label, NoAnalysis, Verdict, texts_of

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
class EvalRun:
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
    analysis: Analysis | NoAnalysis | None = None
    analysis_usage: Usage = NO_USAGE


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
class TrialFigures:
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
    outside: Share
    false_fallacies: Share | None
    false_nones: Share | None
    order: RankFigures | None
    overstated: int
    too_long: int
    analyses: Share
    disagreed: int
    analysis_words: float | None
    analysis_usage: Usage
    headlines: Similarity | None
    replies: int
    usage: Usage
    seconds: float
    seconds_each: float | None


def ending_of(calls: Sequence[PastCall], verdict: Verdict | None) -> Ending:
    """How a reading ended, from the rows of its calls."""
    if verdict is not None:
        repaired = any(call.stage is Stage.REPAIR and call.outcome is CallOutcome.ANSWERED for call in calls)
        return Ending.REPAIRED if repaired else Ending.AT_ONCE
    return Ending.UNFIT if is_over(calls) else Ending.UNANSWERED


def is_over(calls: Sequence[PastCall]) -> bool:
    """Whether a first reply and its repair came to no verdict: in one run nobody is asked again after that."""
    replies = [call for call in calls if call.outcome in REPLIED]
    if not replies or replies[-1].outcome is CallOutcome.ANSWERED:
        return False
    return replies[-1].stage is Stage.REPAIR or replies[-1].outcome not in REPAIRABLE


def choose_papers(entries: Iterable[Entry], first: Collection[str], most: int) -> tuple[Entry, ...]:
    """At most so many of the announced papers: those that `first` names, then the others, evenly over the day."""
    known = {entry.paper.id: entry for entry in entries}
    usable = [entry for entry in known.values() if _is_usable(entry)]
    named = [entry for entry in usable if str(entry.paper.id) in first][:most]
    others = [entry for entry in usable if str(entry.paper.id) not in first]
    more = min(most - len(named), len(others))
    return (*named, *(others[at * len(others) // more] for at in range(more)))


def _is_usable(entry: Entry) -> bool:
    return bool(entry.paper.abstract) and not (entry.type.is_replacement or entry.paper.is_withdrawn)


def label_table(readings: Iterable[EvalRun], lens: Lens) -> Table:
    """A row a run, a column a paper and item: which label (its place in `LABELS`); None where there is no verdict."""
    found = {(reading.run, reading.paper): reading.verdict for reading in readings}
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


def moved(readings: Iterable[EvalRun]) -> float | None:
    """By how many points a paper's score moves from run to run: highest less lowest, the mean over the papers."""
    scores: dict[ArxivId, list[int]] = defaultdict(list)
    for reading in readings:
        if reading.verdict is not None and reading.verdict.score is not None:
            scores[reading.paper].append(reading.verdict.score)
    widths = [max(several) - min(several) for several in scores.values() if len(several) > 1]
    return sum(widths) / len(widths) if widths else None


def figures_of(
    readings: Sequence[EvalRun],
    lens: Lens,
    *,
    gold: Gold,
    supported: Mapping[ClaimKey, bool],
    alpha: Alpha,
    by_rule: bool = False,
    fallacies: Mapping[str, bool] = MappingProxyType({}),
    worths: Mapping[str, Worth] = MappingProxyType({}),
) -> TrialFigures:
    """The figures of one judge's readings through one lens; there must be one at least.

    `fallacies`: by paper, whether readers find one in it. `worths`: what papers are worth to readers.
    """
    judged = [reading.verdict for reading in readings if reading.verdict is not None]
    answered = [reading for reading in readings if reading.ending is not Ending.UNANSWERED]
    at_once = sum(eval_run.ending is Ending.AT_ONCE for eval_run in answered)
    claims = sum(len(claims_of(verdict, lens)) for verdict in judged)
    dropped = sum(_dropped(verdict) for verdict in judged)
    marks = mark(((reading.paper, reading.verdict) for reading in readings if reading.verdict is not None), lens, gold)
    seconds = [reading.seconds for reading in readings if reading.replies]
    written = [reading.analysis for reading in readings if isinstance(reading.analysis, Analysis)]
    inside = [verdict.short for verdict in judged if verdict.short and verdict.says_enough]
    none = sum(short_verdict.fallacy is None and not short_verdict.fallacy_dropped for short_verdict in inside)
    return TrialFigures(
        judge=readings[0].judge,
        lens=lens.key,
        papers=len({reading.paper for reading in readings}),
        runs=len({reading.run for reading in readings}),
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
        scores=spread([verdict.score for verdict in judged if verdict.score is not None]),
        moved=moved(readings),
        fallacy_none=Share(none, len(inside)),
        outside=Share(sum(verdict.is_outside for verdict in judged), sum(bool(verdict.premises) for verdict in judged)),
        false_fallacies=_against(judged, fallacies, known=False),
        false_nones=_against(judged, fallacies, known=True),
        order=rank_figures(_first_run(readings), worths, lens.threshold),
        overstated=sum(not short_verdict.headline or not short_verdict.does for short_verdict in inside),
        too_long=_too_long(readings),
        analyses=Share(len(written), sum(reading.analysis is not None for reading in readings)),
        disagreed=sum(isinstance(reading.analysis, NoAnalysis) and reading.analysis.disagrees for reading in readings),
        analysis_words=median(len(" ".join(texts_of(analysis)).split()) for analysis in written) if written else None,
        analysis_usage=Usage.total(reading.analysis_usage for reading in readings),
        headlines=mean_similarity(similarity(words) for words in _headlines(readings)),
        replies=sum(reading.replies for reading in readings),
        usage=Usage.total(reading.usage for reading in readings),
        seconds=sum(seconds),
        seconds_each=median(seconds) if seconds else None,
    )


def _dropped(verdict: Verdict) -> int:
    """The claims that were dropped from a verdict and its analysis."""
    return verdict.dropped_claims + (verdict.analysis.dropped_claims if verdict.analysis else 0)


def _first_run(readings: Sequence[EvalRun]) -> list[Verdict]:
    """One verdict a paper, as a day has them."""
    first = min(reading.run for reading in readings)
    return [reading.verdict for reading in readings if reading.run == first and reading.verdict is not None]


def _against(judged: Iterable[Verdict], fallacies: Mapping[str, bool], *, known: bool) -> Share | None:
    """Of the papers in which readers find a fallacy (`known`) or none, those where the judge says the opposite."""
    said = [
        verdict.short.fallacy is not None
        for verdict in judged
        if verdict.short and fallacies.get(str(verdict.paper)) is known
    ]
    return Share(sum(is_so is not known for is_so in said), len(said)) if said else None


def _too_long(readings: Iterable[EvalRun]) -> int:
    """How many texts are longer than a card has room for, and stay away from it."""
    count = 0
    for reading in readings:
        short = reading.verdict.short if reading.verdict else None
        if short is not None and not short.too_little:
            line = short.fallacy.line if short.fallacy else ""
            count += (len(short.headline) > HEADLINE_MOST) + (len(short.does) > DOES_MOST) + (len(line) > FALLACY_MOST)
        closing = reading.analysis.closing if isinstance(reading.analysis, Analysis) else ""
        count += len(closing) > CLOSING_MOST
    return count


def _headlines(readings: Iterable[EvalRun]) -> list[list[str]]:
    """The headlines of each run: a run is a day."""
    days: dict[int, list[str]] = defaultdict(list)
    for reading in readings:
        if reading.verdict is not None and reading.verdict.short is not None and reading.verdict.can_be_analysed:
            days[reading.run].append(reading.verdict.short.headline)
    return list(days.values())


def _supported(readings: Iterable[EvalRun], lens: Lens, known: Mapping[ClaimKey, bool]) -> Share | None:
    said = [
        known[key]
        for reading in readings
        if reading.verdict is not None
        for claim in claims_of(reading.verdict, lens)
        if (key := ClaimKey.of(reading.judge, reading.run, reading.verdict, claim)) in known
    ]
    return Share(sum(said), len(said)) if said else None
