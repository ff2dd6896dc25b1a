"""The Cope Report: a week of a place, its most revealing papers, its arguments, and what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.people import Shown, Tally, WeekFacts
from bot.core.phrase import Readable, day_words, fit, joined, line
from bot.core.post import Line, Post, PostKind, Role, Span, Style
from bot.core.present_edition import row
from bot.core.scoring import rank
from bot.core.sheet import Sheet
from bot.core.week import IsoWeek

MOST_REVEALING = 5
MOST_DISPUTED = 3
TITLE_MOST = 110


@dataclass(frozen=True, slots=True)
class Report:
    """A week of a place: at most five papers, the one most argued about, those where most readers disagreed."""

    week: IsoWeek
    shown: int
    revealing: tuple[Shown, ...]
    argued: tuple[Shown, Tally] | None
    disagreed: tuple[tuple[Shown, Tally], ...]
    dropped_claims: int
    cost_usd: float


def make_report(week: IsoWeek, facts: WeekFacts) -> Report:
    """The report of what stood in a place; withdrawn papers are left out, and ties keep one order."""
    standing = [one for one in facts.shown if not one.paper.is_withdrawn]
    by_subject = {(one.paper.id, one.verdict.provenance.lens): one for one in standing}
    voted = sorted(
        ((by_subject[key], tally) for key, tally in facts.votes.items() if key in by_subject and tally.total),
        key=lambda pair: (-min(pair[1].agree, pair[1].disagree), -pair[1].total, _subject(pair[0])),
    )
    against = [pair for pair in voted if pair[1].disagree > pair[1].agree]
    against.sort(key=lambda pair: (pair[1].agree - pair[1].disagree, _subject(pair[0])))
    return Report(
        week=week,
        shown=len({one.paper.id for one in standing}),
        revealing=_revealing(standing),
        argued=voted[0] if voted else None,
        disagreed=tuple(against[:MOST_DISPUTED]),
        dropped_claims=sum(one.verdict.dropped_claims for one in standing),
        cost_usd=sum(one.verdict.provenance.cost_usd for one in standing),
    )


def _subject(one: Shown) -> tuple[ArxivId, str]:
    return one.paper.id, one.verdict.provenance.lens


def _revealing(standing: list[Shown]) -> tuple[Shown, ...]:
    """The first by rank, each paper once."""
    known = {id(one.verdict): one for one in standing}
    ranked = [known[id(verdict)] for verdict in rank([one.verdict for one in sorted(standing, key=_subject)])]
    once = {one.paper.id: one for one in reversed(ranked)}
    first = [one for one in ranked if once.get(one.paper.id) is one]
    return tuple(first[:MOST_REVEALING])


def report_post(report: Report, lenses: Mapping[str, Lens], readable: Readable) -> Post:
    """The report as a post."""
    name = f"The Cope Report · {week_words(report.week)}"
    lines = [line(Role.HEADLINE, Span(name, Style.STRONG))]
    if not report.shown:
        quiet = "A quiet week: nothing was posted here."
        return Post(PostKind.REPORT, f"{name}: a quiet week", (*lines, line(Role.PARAGRAPH, quiet)))
    lines.append(line(Role.PARAGRAPH, f"{_papers(report.shown)} read here. The most revealing:"))
    for one in report.revealing:
        lens = lenses.get(one.verdict.provenance.lens)
        lines.append(row(_sheet(one, lens, readable)) if lens else _title(one.paper, readable))
    lines += _argued(report, readable)
    return Post(PostKind.REPORT, fit(name, 140), (*lines, line(Role.SMALL, _accounts(report))))


def week_words(week: IsoWeek) -> str:
    """`16 to 22 November 2026`, or both months where they differ."""
    begin, end = week.monday, week.sunday
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{begin.day} to {day_words(end)}"
    if begin.year == end.year:
        return f"{_without_year(begin)} to {day_words(end)}"
    return f"{day_words(begin)} to {day_words(end)}"


def _without_year(day: date) -> str:
    return day_words(day).rsplit(" ", 1)[0]


def _sheet(one: Shown, lens: Lens, readable: Readable) -> Sheet:
    return Sheet(one.paper, one.verdict, lens, one.paper.primary or "", one.day, readable)


def _title(paper: Paper, readable: Readable) -> Line:
    return line(Role.ROW, _link(paper, readable))


def _link(paper: Paper, readable: Readable) -> Span:
    title = " ".join(readable(paper.title).split())
    return Span(fit(title, TITLE_MOST) or str(paper.id), Style.PLAIN, paper.id)


def _argued(report: Report, readable: Readable) -> list[Line]:
    lines: list[Line] = []
    if report.argued is not None:
        one, tally = report.argued
        lines.append(line(Role.FIELD, Span("Most argued about", Style.STRONG), "  ", _link(one.paper, readable)))
        lines.append(line(Role.SMALL, _votes(tally)))
    if report.disagreed:
        lines.append(line(Role.FIELD, Span("Where readers disagreed with the verdict", Style.STRONG)))
        lines += [line(Role.ROW, _link(one.paper, readable), f"  {_votes(tally)}") for one, tally in report.disagreed]
    return lines


def _votes(tally: Tally) -> str:
    return f"{tally.agree} agree, {tally.disagree} disagree"


def _papers(count: int) -> str:
    return "1 paper was" if count == 1 else f"{count} papers were"


def _accounts(report: Report) -> str:
    claims = "1 claim was" if report.dropped_claims == 1 else f"{report.dropped_claims or 'No'} claims were"
    cost = f"The verdicts cost {report.cost_usd:.2f} USD." if report.cost_usd else "The verdicts cost nothing."
    return joined((f"{claims} dropped for want of evidence.", cost))
