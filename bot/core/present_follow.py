"""A follow in words: what it reads, when it posts, and how it stands."""

from collections.abc import Sequence
from datetime import date

from bot.core.follow import WEEKDAYS, Follow, Mode, Origin
from bot.core.lens import Lens
from bot.core.phrase import day_words, fit, joined, line, said
from bot.core.post import Button, Line, Post, Role, Span, Style
from bot.core.present_answer import answer, lens_line, run
from bot.core.present_card import opened
from bot.core.sheet import Sheet

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CATEGORIES_MOST = 200


def follow_words(follow: Follow, *, has_model: bool = True) -> str:
    """`cs.AI, cs.CL through discontinuity: top, 5 cards, at 09:00 UTC, Monday to Friday …`."""
    modes = {
        Mode.TOP: f"top, {follow.cards} {'card' if follow.cards == 1 else 'cards'} a day",
        Mode.EVERY: "every verdict a card",
        Mode.DIGEST: "one digest a day",
    }
    parts = (
        modes[follow.mode] if has_model else "one digest a day, since no model is set up",
        f"at most {follow.limit} {'message' if follow.limit == 1 else 'messages'} a day",
        f"at {follow.hour:%H:%M} {follow.zone}, {weekday_words(follow.weekdays)}",
        f"{' and '.join(follow.types)} announcements",
        f"score at least {follow.threshold}" if follow.threshold else "",
        f"only with {_listed(follow.require)}" if follow.require else "",
        f"never with {_listed(follow.refuse)}" if follow.refuse else "",
        f"report on Mondays at {follow.report_hour:%H:%M}" if follow.report else "no report",
    )
    return joined(parts)


def _listed(words: Sequence[str]) -> str:
    return fit(", ".join(f"“{said(word)}”" for word in words), 120)


def weekday_words(days: Sequence[int]) -> str:
    """`Mon to Fri`, `every day`, or the days by name."""
    if tuple(days) == WEEKDAYS:
        return "Mon to Fri"
    return "every day" if len(days) == 7 else ", ".join(DAYS[day] for day in days)


def state_words(follow: Follow, today: date) -> str:
    """`on`, `paused`, `muted until …`, `not on yet`."""
    if follow.is_draft:
        return "not on yet"
    if follow.paused:
        return "paused"
    if follow.muted_until is not None and today < follow.muted_until:
        return f"muted until {day_words(follow.muted_until)}"
    return "on"


def follow_lines(follow: Follow, today: date, *, has_model: bool = True) -> list[Line]:
    """A follow in two lines."""
    categories = fit(", ".join(follow.categories), CATEGORIES_MOST)
    kept = " (in the operator's settings)" if follow.origin is Origin.SETTINGS else ""
    head = f"  {categories} through {follow.lens}: {state_words(follow, today)}{kept}"
    return [
        line(Role.BULLET, Span(follow.label, Style.STRONG), head),
        line(Role.SMALL, follow_words(follow, has_model=has_model)),
    ]


def follow_list(follows: Sequence[Follow], today: date, *, has_model: bool = True) -> Post:
    """What a place follows."""
    if not follows:
        return answer(
            (
                line(Role.PARAGRAPH, "Nothing is followed here yet."),
                line(Role.SMALL, "An admin begins with follow add cs.AI"),
            )
        )
    lines = [line(Role.HEADING, "Followed here")]
    for follow in follows:
        lines += follow_lines(follow, today, has_model=has_model)
    return answer(lines)


def ask_lens(categories: Sequence[str], lenses: Sequence[Lens], settings: str) -> Post:
    """Which lens? One line each, one button each."""
    command = " ".join(("follow add", *categories, *([settings] if settings else [])))
    lines = [line(Role.PARAGRAPH, "Through which lens? Each judges by its own checklist:"), *map(lens_line, lenses)]
    post = answer(lines, [run(lens.key, f"{command} lens={lens.key}") for lens in lenses[:5]])
    how = "Press one, or type" if len(post.buttons) == len(lenses) else "Type"
    return answer((*lines, line(Role.SMALL, f"{how} {command} lens={lenses[0].key}")), post.buttons)


def preview(
    follow: Follow, today: date, sheet: Sheet | None, why: str, figures: str, *, has_model: bool = True
) -> Post:
    """What a follow would post, before it is on: the most revealing paper of the latest day, and the settings."""
    lines = [line(Role.HEADING, "Preview: " + fit(", ".join(follow.categories), 80))]
    if figures:
        lines.append(line(Role.PARAGRAPH, figures))
    if sheet is not None:
        lines += [line(Role.RULE), *opened(sheet), line(Role.RULE)]
    if why:
        lines.append(line(Role.PARAGRAPH, why))
    lines += follow_lines(follow, today, has_model=has_model)
    buttons: list[Button] = []
    if not follow.is_on:
        lines.append(line(Role.SMALL, f"Nothing is posted until it is on: follow on {follow.label}"))
        buttons.append(run("Turn it on", f"follow on {follow.label}"))
        buttons.append(run("Remove", f"follow remove {follow.label}"))
    return answer(lines, buttons)
