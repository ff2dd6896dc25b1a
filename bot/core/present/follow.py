"""A follow in words: what it reads, when it posts, and how it stands."""

from collections.abc import Sequence
from datetime import date

from bot.core.follows.follow import WEEKDAYS, Follow, Mode, Origin
from bot.core.posts.phrase import joined, line, sanitize, told, truncate
from bot.core.posts.post import Button, Line, LineRole, Post, Span, Style
from bot.core.present.answer import answer, lens_line, run
from bot.core.present.card import opened
from bot.core.present.edition import judged_by
from bot.core.present.paper_view import PaperView
from bot.core.present.status_lines import state_words
from bot.core.verdicts.lens import Lens

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
CATEGORIES_MOST = 200


def follow_words(follow: Follow, *, has_model: bool) -> str:
    """`cs.AI, cs.CL through discontinuity: top, 5 cards, at 09:00 UTC, Monday to Friday …`."""
    modes = {
        Mode.TOP: f"top, {follow.cards} {'card' if follow.cards == 1 else 'cards'} a day",
        Mode.EVERY: "every verdict a card",
        Mode.DIGEST: "one digest a day",
    }
    then = "" if follow.mode is Mode.DIGEST else f" (with one: {modes[follow.mode]})"
    parts = (
        modes[follow.mode] if has_model else f"{modes[Mode.DIGEST]}, since no model is set up{then}",
        f"at most {follow.limit} {'message' if follow.limit == 1 else 'messages'} a day",
        f"at {follow.hour:%H:%M} {follow.zone}, {weekday_words(follow.weekdays)}",
        f"{' and '.join(follow.types)} announcements",
        f"interest at least {follow.threshold}" if follow.threshold else "",
        f"only with {_listed(follow.require)}" if follow.require else "",
        f"never with {_listed(follow.refuse)}" if follow.refuse else "",
        f"report on Mondays at {follow.report_hour:%H:%M}" if follow.report else "no report",
    )
    return joined(parts)


def _listed(words: Sequence[str]) -> str:
    return truncate(", ".join(f"“{sanitize(word)}”" for word in words), 120)


def weekday_words(days: Sequence[int]) -> str:
    """`Mon to Fri`, `every day`, or the days by name."""
    if tuple(days) == WEEKDAYS:
        return "Mon to Fri"
    return "every day" if len(days) == 7 else ", ".join(DAYS[day] for day in days)


GET_LESS = ("follow edit", "follow fewer", "follow mute", "follow pause", "follow remove")
NOT_IN_DIRECT = ("Nothing is followed in direct messages here.", "Follow it in a channel.")


def follow_head(follow: Follow, today: date) -> Line:
    """What a follow reads, through which lens, and how it stands."""
    categories = truncate(", ".join(follow.categories), CATEGORIES_MOST)
    kept = " (in the operator's settings)" if follow.origin is Origin.SETTINGS else ""
    read = "" if follow.label == categories else f"{categories} "
    head = f"  {read}through {follow.lens}: {state_words(follow, today)}{kept}"
    return line(LineRole.BULLET, Span(follow.label, Style.STRONG), head)


def follow_lines(follow: Follow, today: date, *, has_model: bool) -> list[Line]:
    """A follow in two lines: the second says when and how it posts."""
    return [follow_head(follow, today), line(LineRole.SMALL, f"{follow_words(follow, has_model=has_model)}.")]


def follow_list(follows: Sequence[Follow], today: date, *, has_model: bool) -> Post:
    """What a place follows."""
    if not follows:
        return answer(
            (
                line(LineRole.PARAGRAPH, "Nothing is followed here yet."),
                told(LineRole.SMALL, "An admin begins with `follow add cs.AI`"),
            )
        )
    lines = [line(LineRole.HEADING, "Followed here")]
    for follow in follows:
        lines += follow_lines(follow, today, has_model=has_model)
    return answer((*lines, *(told(LineRole.SMALL, text) for text in _who_changes(follows))))


def _who_changes(follows: Sequence[Follow]) -> list[str]:
    """Who can change what is followed: by where each follow was written down."""
    kept = sum(follow.origin is Origin.SETTINGS for follow in follows)
    said = ["What stands in the operator's settings can be changed only by who runs the bot."] if kept else []
    which = "the others" if kept else "that"
    verbs = "`follow edit`, `follow fewer`, `follow mute`, `follow pause`"
    return said + ([f"Who manages this channel can change {which}: {verbs}"] if kept < len(follows) else [])


def admins_only(verb: str) -> tuple[str, str]:
    """That a verb is not for members, and what they can do."""
    less = " To see less yourself, mute the channel." if verb in GET_LESS else ""
    return f"`{verb}` is for who manages this channel.", f"Ask them; `status` shows what is on.{less}"


def ask_lens(categories: Sequence[str], lenses: Sequence[Lens], settings: str) -> Post:
    """Which lens? One line each, one button each."""
    command = " ".join(("follow add", *categories, *([settings] if settings else [])))
    lines = [line(LineRole.PARAGRAPH, "Through which lens? Each judges by its own checklist:"), *map(lens_line, lenses)]
    post = answer(lines, [run(lens.key, f"{command} lens={lens.key}") for lens in lenses[:5]])
    how = "Press one, or type" if len(post.buttons) == len(lenses) else "Type"
    return answer((*lines, told(LineRole.SMALL, f"{how} `{command} lens={lenses[0].key}`")), post.buttons)


def preview(
    follow: Follow,
    today: date,
    sheet: PaperView | None,
    why: str,
    figures: str,
    *,
    has_model: bool,
    is_ready: bool = True,
) -> Post:
    """What a follow would post, before it is on: the most revealing paper of the latest day, and the settings.

    What is not `is_ready` (a category could not be read yet) can be looked at again, and not be turned on by a press.
    """
    lines = [line(LineRole.HEADING, "Preview: " + truncate(", ".join(follow.categories), 80))]
    if figures:
        lines.append(line(LineRole.PARAGRAPH, figures))
    if sheet is not None:
        lines += [line(LineRole.RULE), *opened(sheet), line(LineRole.SMALL, judged_by([sheet])), line(LineRole.RULE)]
    if why:
        lines.append(line(LineRole.PARAGRAPH, why))
    lines += follow_lines(follow, today, has_model=has_model)
    buttons: list[Button] = []
    if not follow.is_on:
        lines.append(told(LineRole.SMALL, f"Nothing is posted until it is on: `follow on {follow.label}`"))
        begin, again = (
            run("Turn it on", f"follow on {follow.label}"),
            run("Look again", f"follow preview {follow.label}"),
        )
        buttons += [begin if is_ready else again, run("Remove", f"follow remove {follow.label}")]
    return answer(lines, buttons)
