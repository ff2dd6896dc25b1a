"""The figures of an evaluation as tables that fit 80 columns, and as plain values for the JSON file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.core.evaluation.gold import Marks
from bot.core.evaluation.ranking import RankFigures
from bot.core.evaluation.share import Share
from bot.core.evaluation.trials import TrialFigures
from bot.core.verdicts.lens import Lens

WIDTH = 80
COLUMNS_BESIDE = 3
NONE = "–"
NOT_MEASURED = "not measured"


def show(console: Console, figures: Sequence[TrialFigures], lenses: Sequence[Lens]) -> None:
    """A table a lens with a column a judge (the scan first), and one with its labels beside those by hand."""
    for lens in lenses:
        judges = [figure for figure in figures if figure.lens == lens.key]
        groups = [judges[at : at + COLUMNS_BESIDE] for at in range(0, len(judges), COLUMNS_BESIDE)]
        for number, group in enumerate(groups, 1):
            more = f", {number} of {len(groups)}" if len(groups) > 1 else ""
            console.print(_whole(f"{lens.name}{more}", group), width=WIDTH)
        for group in groups:
            if judges[0].labels is not None:
                console.print(_questions(lens, group, judges[0]), width=WIDTH)


def _whole(title: str, judges: Sequence[TrialFigures]) -> Table:
    table = _table(title, judges, (26, 16))
    for name, cell in ROWS:
        table.add_row(name, *(cell(judge) for judge in judges))
    return table


def _table(title: str, judges: Sequence[TrialFigures], widths: tuple[int, int], *between: str) -> Table:
    """`widths`: the most of the first column, and of a judge's."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", max_width=widths[0])
    for name in between:
        table.add_column(name, justify="right", max_width=6)
    for judge in judges:
        table.add_column(judge.judge, justify="right", max_width=widths[1], overflow="fold")
    return table


def _questions(lens: Lens, judges: Sequence[TrialFigures], scan: TrialFigures) -> Table:
    """An item a row: what always saying *absent* gets right, then each judge. The scan has read every paper once."""
    table = _table("Labels right, by item", judges, (26, 11), "labels", "always absent")
    for asked in lens.checklist:
        marks = scan.labels_by_question.get(asked.key)
        if marks is not None:
            cells = (_right(judge.labels_by_question.get(asked.key)) for judge in judges)
            table.add_row(asked.name, str(marks.of), _percent(Share(marks.absent, marks.of)), *cells)
    return table


def _right(marks: Marks | None) -> str:
    return _percent(Share(marks.right, marks.of)) if marks else NONE


def _percent(share: Share) -> str:
    return NONE if share.value is None else f"{100 * share.value:.0f}%"


def share_words(share: Share) -> str:
    """`92% (11/12)`."""
    return NONE if share.value is None else f"{100 * share.value:.0f}% ({share.part}/{share.of})"


def _of_marks(count: Callable[[Marks], Share]) -> Callable[[TrialFigures], str]:
    return lambda figures: share_words(count(figures.labels)) if figures.labels else NOT_MEASURED


def _replies(cell: Callable[[TrialFigures], str]) -> Callable[[TrialFigures], str]:
    """A figure about replies; a judge by rule has none."""
    return lambda figures: cell(figures) if figures.replies or figures.unanswered else "by rule"


def _supported(figures: TrialFigures) -> str:
    return share_words(figures.supported) if figures.supported else NOT_MEASURED


def _measured(share: Callable[[TrialFigures], Share | None]) -> Callable[[TrialFigures], str]:
    return lambda figures: share_words(found) if (found := share(figures)) else NOT_MEASURED


def _alpha(figures: TrialFigures) -> str:
    return figures.agreement.why if figures.agreement.alpha is None else f"{figures.agreement.alpha:.2f}"


def _scores(cell: Callable[[Any], str]) -> Callable[[TrialFigures], str]:
    return lambda figures: cell(figures.scores) if figures.scores else NONE


def _alike(cell: Callable[[Any], float]) -> Callable[[TrialFigures], str]:
    return lambda figures: f"{100 * cell(figures.headlines):.0f}%" if figures.headlines else NONE


def _tokens(figures: TrialFigures) -> str:
    return f"{figures.usage.tokens_in:,} + {figures.usage.tokens_out:,}"


def _order(cell: Callable[[RankFigures], str]) -> Callable[[TrialFigures], str]:
    return lambda figures: cell(figures.order) if figures.order else NONE


ROWS: tuple[tuple[str, Callable[[TrialFigures], str]], ...] = (
    ("papers × runs", lambda figures: f"{figures.papers} × {figures.runs}"),
    ("fits at once", _replies(lambda figures: share_words(figures.at_once))),
    ("fits after repair", _replies(lambda figures: share_words(figures.after_repair))),
    ("no reply", _replies(lambda figures: str(figures.unanswered))),
    ("claims that cite", lambda figures: share_words(figures.citing)),
    ("claims dropped", lambda figures: str(figures.dropped)),
    ("  supported, by hand", _supported),
    ("labels right, by hand", _of_marks(lambda marks: Share(marks.right, marks.of))),
    ("  always absent gets", _of_marks(lambda marks: Share(marks.absent, marks.of))),
    ("stated or not, right", _of_marks(lambda marks: Share(marks.told_apart, marks.of))),
    ("  always not gets", _of_marks(lambda marks: Share(marks.of - marks.addressed, marks.of))),
    ("  of stated, found", _of_marks(lambda marks: Share(marks.found, marks.addressed))),
    ("  of found, rightly", _of_marks(lambda marks: Share(marks.found, marks.said))),
    ("runs agree (alpha)", _alpha),
    ("score, middle", _scores(lambda spread: f"{spread.middle:g}")),
    ("  middle half", _scores(lambda spread: f"{spread.quarter:g} to {spread.three_quarters:g}")),
    ("  lowest and highest", _scores(lambda spread: f"{spread.lowest} to {spread.highest}")),
    ("  distinct", _scores(lambda spread: str(spread.distinct))),
    ("  commonest", _scores(lambda spread: f"{spread.commonest} in {_percent(spread.have_it)}")),
    ("  moves between runs", lambda figures: NONE if figures.moved is None else f"{figures.moved:.1f}"),
    ("core fallacy none", lambda figures: share_words(figures.fallacy_none)),
    ("  false fallacies", _measured(lambda figures: figures.false_fallacies)),
    ("  false nones", _measured(lambda figures: figures.false_nones)),
    ("readers' pairs in order", _order(lambda figures: f"{figures.pairs:.2f}")),
    ("  cards, of their best 15", _order(lambda figures: share_words(figures.best) if figures.best else NONE)),
    ("  cards, irrelevant to all", _order(lambda figures: share_words(figures.irrelevant))),
    ("outside the lens", lambda figures: share_words(figures.outside)),
    ("texts that say too much", lambda figures: str(figures.overstated)),
    ("texts too long for a card", lambda figures: str(figures.too_long)),
    ("analyses written", lambda figures: share_words(figures.analyses)),
    ("  disagree, not shown", lambda figures: str(figures.disagreed)),
    (
        "  their words, middle",
        lambda figures: NONE if figures.analysis_words is None else f"{figures.analysis_words:g}",
    ),
    ("  their tokens", lambda figures: f"{figures.analysis_usage.tokens_in:,} + {figures.analysis_usage.tokens_out:,}"),
    ("  their cost, USD", lambda figures: f"{figures.analysis_usage.usd:.4f}"),
    ("headlines, same start", _alike(lambda same: same.shared_openings)),
    ("  shared word triples", _alike(lambda same: same.overlap)),
    ("tokens in + out", _tokens),
    ("  of these cached", lambda figures: f"{figures.usage.tokens_cached:,}"),
    ("cost, USD", lambda figures: f"{figures.usage.usd:.4f}"),
    ("seconds a paper", lambda figures: NONE if figures.seconds_each is None else f"{figures.seconds_each:.1f}"),
    ("seconds, all replies", lambda figures: f"{figures.seconds:.1f}"),
)


def plain(value: Any) -> Any:
    """Figures as plain values; a share also as its number."""
    if isinstance(value, Share):
        return {"part": value.part, "of": value.of, "share": value.value}
    if is_dataclass(value) and not isinstance(value, type):
        return dict(_fields(value))
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return value


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        yield field.name, plain(getattr(value, field.name))
