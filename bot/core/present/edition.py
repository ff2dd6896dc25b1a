"""A follow's day as posts: its opening line, its digest, its lists of one line a paper, and the menus of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.follows.edition import ClosedEdition, Disposition
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.posts.phrase import day_words, joined, line, sanitize, truncate
from bot.core.posts.post import Button, Line, LineRole, Menu, MenuItem, Post, PostKey, PostKind, Span, Style
from bot.core.present.card import opened as opened_lines
from bot.core.present.paper_view import CHOSEN_SAYS, PaperView, UnreadPaper, judge_words, touched
from bot.core.present.status_lines import stands_of
from bot.core.verdicts.verdict import AnalystKind

HEAD_MOST = 120
# What a line of a list may have in all: of headline and title, and of a title alone; a title keeps at least so much.
ROW_MOST, SHORT_ROW_MOST, TITLE_LEAST = 140, 64, 30
HEADLINE_MOST, TITLE_MOST = 140, 110
MENU_LABEL_MOST = 100


def figures(
    fates: Mapping[Disposition, int], by_search: int = 0, unread: Mapping[NotedReason, int] | None = None
) -> str:
    """`331 announced · 5 here · 326 in the thread`, and what else there is; the figures add up.

    `by_search`: how many of the listed ones stand in no post; `unread`: how many were not read, by the reason that was
    noted.
    """
    words = (
        (fates.get(Disposition.POSTED, 0), "here"),
        (fates.get(Disposition.LISTED, 0) - by_search, "in the thread"),
        (by_search, "by search"),
        (fates.get(Disposition.REFUSED, 0), "refused by words"),
        (fates.get(Disposition.EXCLUDED, 0), "excluded by type"),
        *unread_figures(fates.get(Disposition.UNREAD, 0), unread or {}),
    )
    return joined([f"{sum(fates.values())} announced", *(f"{count} {word}" for count, word in words if count)])


def unread_figures(count: int, reasons: Mapping[NotedReason, int]) -> list[tuple[int, str]]:
    """How many were not read for want of budget and how many by the model; the figures add up to `count`."""
    told = Counter[str]()
    for noted, number in reasons.items():
        told[unread_words(noted.why)] += number
    told["unread"] += max(count - told.total(), 0)
    return [(number, words) for words, number in sorted(told.items(), reverse=True) if number]


def unread_words(why: WaitReason) -> str:
    """`unread (budget)` or `unread (model)`; only `unread` where it waits for neither."""
    if why.is_budget:
        return "unread (budget)"
    return "unread (model)" if why.is_model else "unread"


def opening(
    edition: ClosedEdition, menu: Menu | None = None, about: Sequence[Line] = (), finds: Line | None = None
) -> Post:
    """The line under which an edition's cards stand. `menu`: the next papers; `about`: what all this is, at first;
    `finds`: the day's line."""
    return _headed(PostKind.OPENING, edition, (finds,) if finds else (), menu, about)


def late(edition: ClosedEdition) -> Post:
    """The one line of an older day, or of papers that came after their day had closed."""
    return _headed(PostKind.LATE, edition, (), None, ())


def digest(
    edition: ClosedEdition,
    opened: Sequence[PaperView],
    menu: Menu | None = None,
    about: Sequence[Line] = (),
    finds: Line | None = None,
) -> Post:
    """One post for a day: the day's line, its most revealing papers opened; the next ones are its menu."""
    lines = [finds] if finds else []
    lines += [line(LineRole.SMALL, judged_by(opened))] if opened else []
    for sheet in opened:
        lines += [line(LineRole.RULE), *opened_lines(sheet)]
    return _headed(PostKind.DIGEST, edition, lines, menu, about)


def _headed(
    kind: PostKind, edition: ClosedEdition, lines: Sequence[Line], menu: Menu | None, about: Sequence[Line]
) -> Post:
    """A post of a day: whose day it is, its figures, what stands in it, and how one goes on from there."""
    head, text = _head_words(edition), figures(edition.fates, stands_of(edition).by_search, edition.unread)
    first = [line(LineRole.HEADLINE, Span(head, Style.STRONG)), line(LineRole.PARAGRAPH, text)]
    explained = [line(LineRole.RULE), *about] if about else []
    categories = truncate(", ".join(edition.follow.categories), HEAD_MOST)
    notification = f"{categories}, {day_words(edition.key.day)}: {text}"
    tags = (*edition.follow.categories, edition.follow.lens)
    return Post(kind, notification, (*first, *lines, *explained), _ways_on(edition), topic=head, menu=menu, tags=tags)


def _ways_on(edition: ClosedEdition) -> tuple[Button, ...]:
    day = edition.key.day.isoformat()
    search = Button("search", "Search this day", f"search since={day} until={day}")
    return search, Button("about", "What is this?", f"about {edition.follow.lens}")


def day_menu(sheets: Sequence[PaperView | UnreadPaper], key: PostKey, which: str = "the next") -> Menu | None:
    """The papers of a post of which one can be opened, looked up by their place in it."""
    if not sheets:
        return None
    items = tuple(_item(sheet, str(number)) for number, sheet in enumerate(sheets, 1))
    prompt = f"Open one of {which} {len(items)}" if len(items) > 1 else "Open the paper"
    return Menu(prompt, f"open {key.digest}", items)


def digest_menu(sheets: Sequence[PaperView | UnreadPaper], opened: int, key: PostKey) -> Menu | None:
    """The papers of a digest: the opened ones first, though their numbers come last, as `PlannedPost.menu` has them."""
    menu = day_menu((*sheets[opened:], *sheets[:opened]), key, "the first")
    if menu is None:
        return None
    next_ones = len(menu.items) - opened
    return replace(menu, items=(*menu.items[next_ones:], *menu.items[:next_ones]))


def paper_menu(sheets: Sequence[PaperView], prompt: str = "Open one of them") -> Menu | None:
    """The papers of an answer of which one can be opened, by name."""
    items = tuple(_item(sheet, f"{sheet.paper.id} {sheet.lens.key}") for sheet in sheets)
    return Menu(prompt, "verdict", items) if items else None


def _item(sheet: PaperView | UnreadPaper, value: str) -> MenuItem:
    return MenuItem(truncate(sheet.title, MENU_LABEL_MOST) or str(sheet.paper.id), _about(sheet), value)


def _about(sheet: PaperView | UnreadPaper) -> str:
    """A paper's headline, or whose work it touches."""
    if sheet.paper.is_withdrawn:
        return "withdrawn"
    if isinstance(sheet, UnreadPaper):
        return unread_words(sheet.why)
    if sheet.verdict.is_outside:
        return "outside this lens"
    headline = sanitize(sheet.verdict.short.headline) if sheet.verdict.short else ""
    return headline or joined(trade.name for trade in sheet.verdict.trades[:2])


def judged_by(sheets: Sequence[PaperView]) -> str:
    """Who judged the papers of a post, said once; of a scan, why these stand first."""
    by_model = next((sheet for sheet in sheets if sheet.verdict.provenance.analyst is not AnalystKind.SCAN), None)
    return judge_words(by_model) if by_model else CHOSEN_SAYS


def listing(
    edition: ClosedEdition,
    sheets: Sequence[PaperView | UnreadPaper],
    key: PostKey | None = None,
    others: int = 0,
    after: PaperView | UnreadPaper | None = None,
) -> Post:
    """One line a paper under the trade that it touches, in a thread, which may take its name from the first of them:
    so it counts none. `others`: how many papers of the day stand in no post; `after`: the last one of the list before,
    whose trade may go on."""
    lines: list[Line] = []
    is_judged = any(isinstance(sheet, PaperView) and sheet.verdict.short for sheet in sheets)
    before = _trade(after) if after else ""
    for sheet in sheets:
        trade = _trade(sheet)
        if trade != before or not lines:
            heading = f"{trade}, continued" if trade == before else trade
            lines.append(line(LineRole.FIELD, Span(heading, Style.STRONG)))
        lines.append(row(sheet, most=ROW_MOST if is_judged else SHORT_ROW_MOST))
        before = trade
    if others:
        lines.append(line(LineRole.SMALL, _others_words(others, is_judged=is_judged)))
    menu = day_menu(sheets, key, "these") if key else None
    return Post(PostKind.LIST, _head_words(edition), tuple(lines), menu=menu)


def _trade(sheet: PaperView | UnreadPaper) -> str:
    """The heading under which a paper stands."""
    if isinstance(sheet, UnreadPaper):
        return "Not read"
    return sheet.verdict.trades[0].name if sheet.verdict.trades else "Other papers"


def _others_words(others: int, *, is_judged: bool) -> str:
    """How many are listed nowhere, and where they are found."""
    are, find = ("paper is", "finds it") if others == 1 else ("papers are", "finds them")
    why = "" if is_judged else ": no line of work was found in the text"
    return f"{others} more {are} not shown here{why}. “Search this day”, under the day's first post, {find}."


def row(sheet: PaperView | UnreadPaper, *, most: int = 0) -> Line:
    """A paper in one line: a model's headline and the title; of a scan the title and whose work it touches. `most`:
    how many characters a line may have in a list, where a heading says whose work it is."""
    if sheet.paper.is_withdrawn:
        return _titled(sheet, " · withdrawn", most)
    if isinstance(sheet, UnreadPaper):
        return _titled(sheet, f" · {unread_words(sheet.why)}", most)
    if sheet.verdict.is_outside:
        return _titled(sheet, " · outside this lens", most)
    if sheet.verdict.short is None:
        work = "" if most else touched(sheet)
        return _titled(sheet, f" · {work}" if work else "", most)
    headline = sanitize(sheet.verdict.short.headline)
    if not headline or len(headline) > HEADLINE_MOST:
        return _titled(sheet, "", most)
    link = sheet.link(max(TITLE_LEAST, ROW_MOST - len(headline)))
    return line(LineRole.ROW, Span(headline, Style.STRONG), "  ", link)


def _titled(sheet: PaperView | UnreadPaper, why: str, most: int) -> Line:
    title = truncate(sheet.title, most - len(why) if most else TITLE_MOST) or str(sheet.paper.id)
    return line(LineRole.ROW, Span(title, Style.PLAIN, sheet.paper.id), *([why] if why else []))


def _head_words(edition: ClosedEdition) -> str:
    categories = ", ".join(edition.follow.categories)
    part = f"part {edition.key.part}" if edition.key.part > 1 else ""
    return joined((truncate(categories, HEAD_MOST), day_words(edition.key.day), part, edition.follow.lens))
