"""The figures of an evaluation as tables that fit 80 columns, and as plain values for the JSON file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from bot.core.evaluation import Figures, Share
from bot.core.gold import Marks
from bot.core.lens import Lens

WIDTH = 80
BESIDE = 3
NONE = "–"
NOT_MEASURED = "not measured"


def show(console: Console, figures: Sequence[Figures], lenses: Sequence[Lens]) -> None:
    """A table a lens with a column a judge (the scan first), and one with its labels beside those by hand."""
    for lens in lenses:
        judges = [one for one in figures if one.lens == lens.key]
        groups = [judges[at : at + BESIDE] for at in range(0, len(judges), BESIDE)]
        for number, group in enumerate(groups, 1):
            more = f", {number} of {len(groups)}" if len(groups) > 1 else ""
            console.print(_whole(f"{lens.name}{more}", group), width=WIDTH)
        for group in groups:
            if judges[0].labels is not None:
                console.print(_questions(lens, group, judges[0]), width=WIDTH)


def _whole(title: str, judges: Sequence[Figures]) -> Table:
    table = _table(title, judges, (26, 16))
    for name, cell in ROWS:
        table.add_row(name, *(cell(one) for one in judges))
    return table


def _table(title: str, judges: Sequence[Figures], widths: tuple[int, int], *between: str) -> Table:
    """`widths`: the most of the first column, and of a judge's."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", max_width=widths[0])
    for name in between:
        table.add_column(name, justify="right", max_width=6)
    for one in judges:
        table.add_column(one.judge, justify="right", max_width=widths[1], overflow="fold")
    return table


def _questions(lens: Lens, judges: Sequence[Figures], scan: Figures) -> Table:
    """An item a row: what always saying *absent* gets right, then each judge. The scan has read every paper once."""
    table = _table("Labels right, by item", judges, (26, 11), "labels", "always absent")
    for asked in lens.checklist:
        marks = scan.labels_by_question.get(asked.key)
        if marks is not None:
            cells = (_right(one.labels_by_question.get(asked.key)) for one in judges)
            table.add_row(asked.name, str(marks.of), _percent(Share(marks.absent, marks.of)), *cells)
    return table


def _right(marks: Marks | None) -> str:
    return _percent(Share(marks.right, marks.of)) if marks else NONE


def _percent(share: Share) -> str:
    return NONE if share.value is None else f"{100 * share.value:.0f}%"


def share_words(share: Share) -> str:
    """`92% (11/12)`."""
    return NONE if share.value is None else f"{100 * share.value:.0f}% ({share.part}/{share.of})"


def _of_marks(count: Callable[[Marks], Share]) -> Callable[[Figures], str]:
    return lambda one: share_words(count(one.labels)) if one.labels else NOT_MEASURED


def _replies(cell: Callable[[Figures], str]) -> Callable[[Figures], str]:
    """A figure about replies; a judge by rule has none."""
    return lambda one: cell(one) if one.replies or one.unanswered else "by rule"


def _supported(one: Figures) -> str:
    return share_words(one.supported) if one.supported else NOT_MEASURED


def _alpha(one: Figures) -> str:
    return one.agreement.why if one.agreement.alpha is None else f"{one.agreement.alpha:.2f}"


def _scores(cell: Callable[[Any], str]) -> Callable[[Figures], str]:
    return lambda one: cell(one.scores) if one.scores else NONE


def _alike(cell: Callable[[Any], float]) -> Callable[[Figures], str]:
    return lambda one: f"{100 * cell(one.headlines):.0f}%" if one.headlines else NONE


def _tokens(one: Figures) -> str:
    return f"{one.usage.tokens_in:,} + {one.usage.tokens_out:,}"


ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("papers × runs", lambda one: f"{one.papers} × {one.runs}"),
    ("fits at once", _replies(lambda one: share_words(one.at_once))),
    ("fits after repair", _replies(lambda one: share_words(one.after_repair))),
    ("no reply", _replies(lambda one: str(one.unanswered))),
    ("claims that cite", lambda one: share_words(one.citing)),
    ("claims dropped", lambda one: str(one.dropped)),
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
    ("  moves between runs", lambda one: NONE if one.moved is None else f"{one.moved:.1f}"),
    ("core fallacy none", lambda one: share_words(one.fallacy_none)),
    ("headlines, same start", _alike(lambda same: same.shared_openings)),
    ("  shared word triples", _alike(lambda same: same.overlap)),
    ("tokens in + out", _tokens),
    ("  of these cached", lambda one: f"{one.usage.tokens_cached:,}"),
    ("cost, USD", lambda one: f"{one.usage.usd:.4f}"),
    ("seconds a paper", lambda one: NONE if one.seconds_each is None else f"{one.seconds_each:.1f}"),
    ("seconds, all replies", lambda one: f"{one.seconds:.1f}"),
)


def plain(value: Any) -> Any:
    """Figures as plain values; a share also as its number."""
    if isinstance(value, Share):
        return {"part": value.part, "of": value.of, "share": value.value}
    if is_dataclass(value) and not isinstance(value, type):
        return dict(_fields(value))
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    return value


def _fields(value: Any) -> Iterator[tuple[str, Any]]:
    for one in fields(value):
        yield one.name, plain(getattr(value, one.name))
