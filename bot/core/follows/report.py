"""The Cope Report: a week of a place, its most revealing papers, its arguments, and what it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.core.commands.people import Shown, Tally, WeekFacts
from bot.core.follows.week import IsoWeek
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.phrase import Readable, day_words, field, joined, line, many, sanitize, truncate
from bot.core.posts.post import Bar, Chart, Line, LineRole, Post, PostKind, Span, Style
from bot.core.present.edition import paper_menu, row
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import AnalystKind, Label

MOST_REVEALING = 5
MOST_DISPUTED = 3
NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}
TITLE_MOST = 110
CATEGORIES_MOST = 60
BAR_CELLS = 10
CHART_TITLE = "What the week's papers name"
SCORE_SAYS = "The score weighs the questions, and an unclear one by half; “leaves out” on a card counts those left out."
NOT_HERE = "CopeCheck was not here yet in that week, so there is no report of it."


@dataclass(frozen=True, slots=True)
class Scores:
    """The omission scores of a week's papers through one lens, by a model, rising; never empty."""

    lens: str
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Of so many papers through a lens of which its premise holds, how many name what it counts: (item, how many)."""

    lens: str
    papers: int
    named: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A week of a place: at most five papers, the one most argued about, those where most readers disagreed; scores
    and pictures only where a model judged. `is_judged`: whether anybody but the rules read any of them."""

    week: IsoWeek
    shown: int
    revealing: tuple[Shown, ...]
    argued: tuple[Shown, Tally] | None
    disagreed: tuple[tuple[Shown, Tally], ...]
    dropped_claims: int
    cost_usd: float
    scores: tuple[Scores, ...] = ()
    pictures: tuple[Picture, ...] = ()
    is_judged: bool = True


def make_report(week: IsoWeek, facts: WeekFacts, lenses: Mapping[str, Lens]) -> Report:
    """The report of what stood in a place; ties keep one order. No withdrawn paper is in it, none outside its lens or
    with too little text to say anything, and none whose lens is gone."""
    standing = [shown for shown in facts.shown if not shown.paper.is_withdrawn]
    telling = sorted(
        (shown for shown in standing if shown.verdict.says_enough and _lens(shown) in lenses), key=_subject
    )
    by_subject = {(shown.paper.id, _lens(shown)): shown for shown in telling}
    voted = sorted(
        ((by_subject[key], tally) for key, tally in facts.votes.items() if key in by_subject and tally.total),
        key=lambda pair: (-min(pair[1].agree, pair[1].disagree), -pair[1].total, _subject(pair[0])),
    )
    against = [pair for pair in voted if pair[1].disagree > pair[1].agree]
    against.sort(key=lambda pair: (pair[1].agree - pair[1].disagree, _subject(pair[0])))
    return Report(
        week=week,
        shown=len({shown.paper.id for shown in standing}),
        is_judged=any(shown.verdict.short for shown in standing),
        revealing=_revealing(telling),
        argued=voted[0] if voted else None,
        disagreed=tuple(against[:MOST_DISPUTED]),
        dropped_claims=sum(shown.verdict.dropped_claims for shown in standing),
        cost_usd=sum(shown.verdict.cost_usd for shown in standing),
        scores=_scores(telling),
        pictures=tuple(found for lens in lenses.values() if (found := _picture(telling, lens))),
    )


def _lens(shown: Shown) -> str:
    return shown.verdict.provenance.lens


def _subject(shown: Shown) -> tuple[ArxivId, str]:
    return shown.paper.id, _lens(shown)


def _revealing(telling: Sequence[Shown]) -> tuple[Shown, ...]:
    """The first by rank, each paper once, and only where there is something to say of it in a line."""
    known = {id(shown.verdict): shown for shown in telling if shown.verdict.short or shown.verdict.trades}
    ranked = [known[id(verdict)] for verdict in rank([shown.verdict for shown in known.values()])]
    once = {shown.paper.id: shown for shown in reversed(ranked)}
    first = [shown for shown in ranked if once.get(shown.paper.id) is shown]
    return tuple(first[:MOST_REVEALING])


def _by_model(shown: Shown) -> bool:
    return shown.verdict.provenance.analyst is AnalystKind.MODEL


def _scores(telling: Sequence[Shown]) -> tuple[Scores, ...]:
    by_lens: dict[str, list[int]] = {}
    for shown in telling:
        if _by_model(shown) and shown.verdict.score is not None:
            by_lens.setdefault(_lens(shown), []).append(shown.verdict.score)
    return tuple(Scores(lens, tuple(sorted(points))) for lens, points in sorted(by_lens.items()))


def _picture(telling: Sequence[Shown], lens: Lens) -> Picture | None:
    """What a lens counts in a week, of the papers whose abstract or text a model found to be of the right kind."""
    if lens.week is None:
        return None
    held = [
        shown.verdict
        for shown in telling
        if _by_model(shown) and _lens(shown) == lens.key and shown.verdict.holds(lens.week.premise)
    ]
    if not held:
        return None
    named = [finding.item for verdict in held for finding in verdict.labelled(Label.ADDRESSED)]
    return Picture(lens.key, len(held), tuple((key, named.count(key)) for key in lens.week.items))


def report_post(
    report: Report,
    lenses: Mapping[str, Lens],
    readable: Readable,
    categories: Sequence[str] = (),
    *,
    today: date | None = None,
) -> Post:
    """The report as a post. `today`: the day on which it is asked for, where its week is not over."""
    when = week_words(report.week, today)
    name = joined(("The Cope Report", truncate(", ".join(categories), CATEGORIES_MOST), when))
    if not report.shown:
        quiet = "nothing was posted here so far" if today else "a quiet week, nothing was posted here"
        return Post(PostKind.REPORT, f"{name}: {quiet}", (line(LineRole.HEADLINE, f"{name}: {quiet}."),))
    lines = [line(LineRole.HEADLINE, Span(name, Style.STRONG))]
    most = f" {_first_words(report)}" if report.revealing else ""
    lines.append(line(LineRole.PARAGRAPH, f"{_papers(report.shown)} read here.{most}"))
    lines += [_revealed(shown, lenses[_lens(shown)], readable) for shown in report.revealing]
    lines += _argued(report, readable)
    lines += [_score_line(score, lenses[score.lens], len(report.scores) > 1) for score in report.scores]
    lines += [line(LineRole.SMALL, SCORE_SAYS)] if report.scores else []
    charts = []
    for picture in report.pictures[:1]:
        chart, words = _drawn(picture, lenses[picture.lens])
        charts.append(chart)
        lines += words
    lines.append(line(LineRole.SMALL, _accounts(report)))
    menu = paper_menu([_sheet(shown, lenses[_lens(shown)], readable) for shown in _named(report)])
    return Post(PostKind.REPORT, name, tuple(lines), chart=charts[0] if charts else None, menu=menu)


def _named(report: Report) -> list[Shown]:
    """The papers that the report names, each once, in the order in which it does."""
    argued = (report.argued[0],) if report.argued else ()
    every = (*report.revealing, *argued, *(shown for shown, _ in report.disagreed))
    return list({shown.paper.id: shown for shown in reversed(every)}.values())[::-1]


def _first_words(report: Report) -> str:
    """Which papers of all are named, and by what their order is: by rule, those alone of which a line says anything."""
    if report.is_judged:
        return "The most revealing:"
    count = len(report.revealing)
    which = f"The first {NUMBERS[count]} that touch" if count > 1 else "The first that touches"
    return f"{which} a line of work, in order of matching words:"


def _revealed(shown: Shown, lens: Lens, readable: Readable) -> Line:
    """A paper in one line, with its score where a model judged."""
    told = row(_sheet(shown, lens, readable))
    if not _by_model(shown) or shown.verdict.score is None:
        return told
    return replace(told, spans=(*told.spans, Span(f" · omission score {shown.verdict.score}")))


def _score_line(scores: Scores, lens: Lens, is_named: bool) -> Line:
    """`23 papers, from 12 to 91, half of them at 58 or more`."""
    points = scores.points
    spread = f"from {points[0]} to {points[-1]}, half of them at {points[len(points) // 2]} or more"
    words = f"{many(len(points), 'paper')}, {spread if points[0] < points[-1] else f'at {points[0]}'}"
    scale = " (0: names all that it is asked about; 100: leaves all of it out)"
    label = f"Scored for omission, {lens.name}" if is_named else "Scored for omission"
    return field(label, f"{words}{scale}.")


def _drawn(picture: Picture, lens: Lens) -> tuple[Chart, list[Line]]:
    """The week's picture, and the same in lines: every bar has its figures in words beside it."""
    which = lens.week.which if lens.week else ""
    bars = tuple(Bar(lens.item_or_key(key).name, count, picture.papers) for key, count in picture.named)
    told = f"Of the papers of the week {truncate(sanitize(which), 160)} ({picture.papers}), how many name each:"
    lines = [line(LineRole.FIELD, told)]
    for bar in bars:
        full = round(BAR_CELLS * bar.count / bar.of)
        drawn = Span("█" * full + "░" * (BAR_CELLS - full), Style.CODE)
        lines.append(line(LineRole.BAR, drawn, f"  {truncate(bar.label, 60)}: {bar.count} of {bar.of}"))
    return Chart(CHART_TITLE, "named", "not named", bars), lines


def week_words(week: IsoWeek, today: date | None = None) -> str:
    """`16 to 22 November 2026`, or both months where they differ; of a week that is not over, the days until today."""
    if today is not None and today < week.sunday:
        return f"{_days(week.monday, today)}, so far"
    return _days(week.monday, week.sunday)


def _days(begin: date, end: date) -> str:
    if begin == end:
        return day_words(end)
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day} to {day_words(end)}"
    if begin.year == end.year:
        return f"{_without_year(begin)} to {day_words(end)}"
    return f"{day_words(begin)} to {day_words(end)}"


def _without_year(day: date) -> str:
    return day_words(day).rsplit(" ", 1)[0]


def _sheet(shown: Shown, lens: Lens, readable: Readable) -> PaperView:
    return PaperView(shown.paper, shown.verdict, lens, shown.paper.primary or "", shown.day, readable)


def _link(paper: Paper, readable: Readable) -> Span:
    title = " ".join(readable(paper.title).split())
    return Span(truncate(title, TITLE_MOST) or str(paper.id), Style.PLAIN, paper.id)


def _argued(report: Report, readable: Readable) -> list[Line]:
    lines: list[Line] = []
    if report.argued is not None:
        shown, tally = report.argued
        lines.append(line(LineRole.FIELD, Span("Most argued about", Style.STRONG), "  ", _link(shown.paper, readable)))
        lines.append(line(LineRole.SMALL, tally.words))
    if report.disagreed:
        lines.append(line(LineRole.FIELD, Span("Where readers disagreed with the verdict", Style.STRONG)))
        lines += [
            line(LineRole.ROW, _link(shown.paper, readable), f" · {tally.words}") for shown, tally in report.disagreed
        ]
    return lines


def _papers(count: int) -> str:
    return "1 paper was" if count == 1 else f"{count} papers were"


def _accounts(report: Report) -> str:
    if not report.is_judged:
        return "No model judged these papers: rules rank them, by words that touch what the lens asks about."
    claims = "1 claim was" if report.dropped_claims == 1 else f"{report.dropped_claims or 'No'} claims were"
    cost = f"The verdicts cost {report.cost_usd:.2f} USD." if report.cost_usd else "The verdicts cost nothing."
    return f"{claims} dropped for want of evidence. {cost}"
