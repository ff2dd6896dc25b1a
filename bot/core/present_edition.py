"""A follow's day as posts, and the truth lines that explain it: what was announced, and where each paper went."""

from collections.abc import Mapping, Sequence

from bot.core.edition import ClosedEdition, Fate
from bot.core.feed import FeedState, Outcome
from bot.core.phrase import day_words, fit, joined, line
from bot.core.post import Line, Post, PostKind, Role, Span, Style
from bot.core.present import SCAN_SAYS, Sheet, omission_words, scan_lines
from bot.core.scoring import leaves_out

TITLE_MOST = 110
OPENED_QUOTE = 320


def figures(fates: Mapping[Fate, int], *, here: str = "here", listed: str = "in the thread") -> str:
    """`331 announced · 5 here · 326 in the thread`, and what else there is; the figures add up."""
    words = {
        Fate.POSTED: here,
        Fate.LISTED: listed,
        Fate.REFUSED: "refused by words",
        Fate.EXCLUDED: "excluded by type",
        Fate.UNREAD: "unread",
    }
    rest = [f"{fates[fate]} {word}" for fate, word in words.items() if fates.get(fate)]
    return joined([f"{sum(fates.values())} announced", *rest])


def opening(edition: ClosedEdition) -> Post:
    """The line under which an edition's cards stand."""
    text = figures(edition.fates)
    return Post(PostKind.OPENING, text, (_head(edition), line(Role.PARAGRAPH, text)))


def late(edition: ClosedEdition) -> Post:
    """The one line of an older day, or of papers that came after their day had closed."""
    text = figures(edition.fates)
    return Post(PostKind.LATE, text, (_head(edition, "read late"), line(Role.PARAGRAPH, text)))


def digest(edition: ClosedEdition, opened: Sequence[Sheet], others: Sequence[Sheet]) -> Post:
    """One post for a day: its most revealing papers opened, the others one line each."""
    text = figures(edition.fates, here="opened here", listed="one line each")
    lines = [_head(edition), line(Role.PARAGRAPH, text), line(Role.SMALL, SCAN_SAYS)]
    for sheet in opened:
        lines += [line(Role.RULE, ""), line(Role.TITLE, _link(sheet)), *scan_lines(sheet, OPENED_QUOTE)]
    if others:
        lines.append(line(Role.HEADING, "All others" if opened else "All papers"))
        lines += [row(sheet) for sheet in others]
    return Post(PostKind.DIGEST, text, tuple(lines))


def listing(edition: ClosedEdition, sheets: Sequence[Sheet]) -> Post:
    """One line a paper, in a thread."""
    lines = tuple(row(sheet) for sheet in sheets)
    return Post(PostKind.LIST, f"{len(lines)} papers of {day_words(edition.key.day)}", lines)


def row(sheet: Sheet) -> Line:
    """A paper in one line: what it is, how much is left out, and the heaviest omission."""
    if sheet.paper.is_withdrawn:
        return line(Role.ROW, _link(sheet), "  withdrawn")
    absent, _ = leaves_out(sheet.verdict, sheet.lens)
    words = omission_words(sheet).removeprefix("Abstract ")
    analysis = sheet.verdict.analysis
    first = f": {absent[0].name}" if absent and not analysis else ""
    headline = f"{fit(analysis.headline, 140)}  " if analysis else ""
    return line(Role.ROW, headline, _link(sheet), f"  {words}{first}")


def _link(sheet: Sheet) -> Span:
    return Span(fit(sheet.title, TITLE_MOST), Style.PLAIN, sheet.paper.id)


def _head(edition: ClosedEdition, remark: str = "") -> Line:
    words = joined((", ".join(edition.follow.categories), day_words(edition.key.day), edition.follow.lens, remark))
    return line(Role.HEADLINE, Span(words, Style.STRONG))


# -- truth lines -------------------------------------------------------------------------------------------------------


def edition_line(edition: ClosedEdition) -> str:
    """`2 June 2026: 331 announced, 331 read, 10 posted, 321 listed`: every announced paper accounted for."""
    fates = edition.fates
    read = fates.get(Fate.POSTED, 0) + fates.get(Fate.LISTED, 0)
    words = [f"{sum(fates.values())} announced", f"{read} read"]
    words += [f"{fates.get(fate, 0)} {fate}" for fate in (Fate.POSTED, Fate.LISTED)]
    words += [f"{fates[fate]} {fate}" for fate in (Fate.REFUSED, Fate.EXCLUDED, Fate.UNREAD) if fates.get(fate)]
    part = f" (part {edition.key.part})" if edition.key.part > 1 else ""
    return f"{day_words(edition.key.day)}{part}: {', '.join(words)}"


def truth_line(feed: FeedState) -> str:
    """How a category's feed is, in one sentence."""
    day = day_words(feed.day) if feed.day else "nothing yet"
    said = {
        Outcome.ANNOUNCED: f"arXiv announced {feed.category} for {day}",
        Outcome.ALREADY_READ: f"{feed.category} is read up to {day}",
        Outcome.NOT_YET: f"arXiv has not announced today's {feed.category} yet; read up to {day}",
        Outcome.NO_ANNOUNCEMENT_WEEKEND: f"{feed.category}: no announcement on Saturdays and Sundays; read up to {day}",
        Outcome.NO_ANNOUNCEMENT_HOLIDAY: f"{feed.category}: no announcement, an arXiv holiday; read up to {day}",
        Outcome.EMPTY_WEEKDAY: f"{feed.category}: the feed is empty on a weekday; still looking; read up to {day}",
        Outcome.STALE: f"{feed.category}: the feed repeats an earlier day; still looking; read up to {day}",
        Outcome.CAUGHT_UP: f"{feed.category}: the feed repeated an earlier day; read from the listing up to {day}",
        Outcome.NEVER_POLLED: f"{feed.category} was never looked at",
    }.get(feed.outcome)
    sentence = said or f"{feed.category} could not be read ({feed.outcome}); read up to {day}"
    missed = ", ".join(day_words(one) for one in feed.missed)
    return joined((sentence, f"still missed: {missed}" if missed else ""))
