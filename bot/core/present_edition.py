"""A follow's day as posts: its opening line, its digest, its lists of one line a paper."""

from collections.abc import Mapping, Sequence

from bot.core.edition import ClosedEdition, Fate
from bot.core.phrase import day_words, fit, joined, line, said
from bot.core.post import Line, Post, PostKind, Role, Span, Style
from bot.core.present_card import opened as opened_lines
from bot.core.scoring import leaves_out
from bot.core.sheet import NAME_MOST, SCAN_SAYS, Sheet, count_words, judge_words
from bot.core.truth import edition_line as edition_line
from bot.core.truth import truth_line as truth_line
from bot.core.verdict import AnalystKind

TITLE_MOST = 110
HEADLINE_MOST = 140
HEAD_MOST = 120


def figures(fates: Mapping[Fate, int], *, here: str = "here", listed: str = "in the thread", below: int = 0) -> str:
    """`331 announced · 5 here · 326 in the thread`, and what else there is; the figures add up.

    `below`: how many of the listed ones stand in the post itself, one line each.
    """
    words = (
        (fates.get(Fate.POSTED, 0), here),
        (below, "one line each"),
        (fates.get(Fate.LISTED, 0) - below, listed),
        (fates.get(Fate.REFUSED, 0), "refused by words"),
        (fates.get(Fate.EXCLUDED, 0), "excluded by type"),
        (fates.get(Fate.UNREAD, 0), "unread"),
    )
    return joined([f"{sum(fates.values())} announced", *(f"{count} {word}" for count, word in words if count)])


def opening(edition: ClosedEdition) -> Post:
    """The line under which an edition's cards stand."""
    return _headed(PostKind.OPENING, edition, figures(edition.fates))


def late(edition: ClosedEdition) -> Post:
    """The one line of an older day, or of papers that came after their day had closed."""
    return _headed(PostKind.LATE, edition, figures(edition.fates))


def _headed(kind: PostKind, edition: ClosedEdition, text: str) -> Post:
    return Post(kind, text, (_head(edition), line(Role.PARAGRAPH, text)))


def digest(edition: ClosedEdition, opened: Sequence[Sheet], others: Sequence[Sheet]) -> Post:
    """One post for a day: its most revealing papers opened, the others one line each."""
    text = figures(edition.fates, here="opened", below=len(others))
    lines = [_head(edition), line(Role.PARAGRAPH, text), line(Role.SMALL, _judge((*opened, *others)))]
    for sheet in opened:
        lines += [line(Role.RULE), *opened_lines(sheet)]
    if others:
        lines.append(line(Role.HEADING, "All others" if opened else "All papers"))
        lines += [row(sheet) for sheet in others]
    return Post(PostKind.DIGEST, text, tuple(lines))


def _judge(sheets: Sequence[Sheet]) -> str:
    """Who judged the papers of a post, said once."""
    by_model = next((one for one in sheets if one.verdict.provenance.analyst is not AnalystKind.SCAN), None)
    return judge_words(by_model) if by_model else SCAN_SAYS


def listing(edition: ClosedEdition, sheets: Sequence[Sheet]) -> Post:
    """One line a paper, in a thread, which may take its name from the first of them: so it counts none."""
    return Post(PostKind.LIST, _head_words(edition), tuple(row(sheet) for sheet in sheets))


def row(sheet: Sheet) -> Line:
    """A paper in one line: a model's headline, the title, how much is left out, and the heaviest omission."""
    link = Span(fit(sheet.title, TITLE_MOST) or str(sheet.paper.id), Style.PLAIN, sheet.paper.id)
    if sheet.paper.is_withdrawn:
        return line(Role.ROW, link, "  withdrawn")
    absent, asked = leaves_out(sheet.verdict, sheet.lens)
    name = f": {fit(absent[0].name, NAME_MOST)}" if absent else ""
    words = f"  {count_words(len(absent), asked)}{name}"
    analysis = sheet.verdict.analysis
    if analysis is None:
        return line(Role.ROW, link, words)
    return line(Role.ROW, Span(fit(said(analysis.headline), HEADLINE_MOST), Style.STRONG), "  ", link, words)


def _head(edition: ClosedEdition) -> Line:
    return line(Role.HEADLINE, Span(_head_words(edition), Style.STRONG))


def _head_words(edition: ClosedEdition) -> str:
    categories = ", ".join(edition.follow.categories)
    part = f"part {edition.key.part}" if edition.key.part > 1 else ""
    return joined((fit(categories, HEAD_MOST), day_words(edition.key.day), part, edition.follow.lens))
