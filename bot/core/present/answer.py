"""Answers to commands: refusals, receipts, pages of verdicts, help, lenses; each one screen, in words for people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.commands.event import Role
from bot.core.commands.parser import allowed, short_form, usage
from bot.core.commands.people import Tally
from bot.core.commands.verbs import Verb
from bot.core.errors import CopeCheckError
from bot.core.hostile.hygiene import clean
from bot.core.jobs.wait_words import again_words
from bot.core.posts.connection import PlaceOutage
from bot.core.posts.phrase import day_words, ended, field, line, sanitize, sentence, told, truncate
from bot.core.posts.post import VALUE_MOST, Button, Line, LineRole, Menu, Post, PostKind, PostRef, Span, Style
from bot.core.present.about import INTRODUCTION
from bot.core.present.card import card
from bot.core.present.edition import paper_menu, row
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens

ROWS_SHOWN = 10
LESS_HINT = (
    "For yourself, mute the channel or leave a thread; in a thread, `stop` keeps me silent. For everybody, ask who "
    "manages this channel: `follow fewer`, `follow mute` (a week) and `follow pause` are theirs."
)


def answer(lines: Iterable[Line], buttons: Iterable[Button] = (), menu: Menu | None = None) -> Post:
    """An answer; what a notification shows is its first line. A button whose command is too long is left out."""
    lines = tuple(lines)
    fitting = tuple(button for button in buttons if len(button.value) <= VALUE_MOST)
    return Post(PostKind.ANSWER, truncate(lines[0].text if lines else "", 140), lines, fitting, menu=menu)


def words(*sentences: str) -> Post:
    """An answer in plain words: the first sentence, then the rest below it."""
    first, *others = (sentence for sentence in sentences if sentence)
    return answer((told(LineRole.PARAGRAPH, first), *(told(LineRole.SMALL, other) for other in others)))


def refused(error: CopeCheckError) -> Post:
    """What cannot be, and the next step; what may have been meant is a press away."""
    told = words(truncate(clean(error.what), 600), truncate(clean(error.remedy), 600))
    return answer(told.lines, [run(truncate(sanitize(error.command), 60), error.command)]) if error.command else told


def run(label: str, command: str) -> Button:
    """A button that is a command."""
    return Button("run", label, command)


def looked(looked_at: datetime | None) -> tuple[Line, ...]:
    """When arXiv last said something of the paper; nothing where that is not known."""
    return (line(LineRole.SMALL, f"Last looked at on arXiv: {day_words(looked_at.date())}."),) if looked_at else ()


def judged(
    sheet: PaperView, *, standing_at: PostRef | None, sharing: bool, tally: Tally, looked_at: datetime | None = None
) -> Post:
    """A verdict as an answer: the card, with Share here or a link to the card that stands here already."""
    shown = card(sheet, tally)
    further = looked(looked_at)
    lines = [*shown.lines[:-1], ended(shown.lines[-1]), *further] if further else [*shown.lines]
    buttons = list(shown.buttons)
    if standing_at is not None:
        lines.append(line(LineRole.SMALL, Span("It stands here already.", post=standing_at)))
    elif sharing and not sheet.paper.is_withdrawn:
        buttons.append(Button("share", "Share here", f"share {sheet.paper.id} {sheet.lens.key}"))
    return answer(lines, buttons)


def other_version(asked: int | None, judged_version: int | None) -> list[Line]:
    """Where the verdict is on another version than was asked for: which one it is on."""
    if asked is None or judged_version is None or asked == judged_version:
        return []
    return [line(LineRole.SMALL, f"This is about v{judged_version}, as arXiv has it; you asked about v{asked}.")]


def rows(head: str, sheets: Sequence[PaperView], *, page: int, more: bool, command: str) -> Post:
    """A page of verdicts, one line each, any of which can be opened, with buttons to the pages beside it."""
    lines = [line(LineRole.HEADING, head), *(row(sheet) for sheet in sheets)]
    buttons: list[Button] = []
    if page > 1:
        buttons.append(run("Page before", f"{command} page={page - 1}"))
    if more:
        buttons.append(run("Next page", f"{command} page={page + 1}"))
    post = answer(lines, buttons, paper_menu(sheets))
    told = f"Page {page}." if page > 1 or more else ""
    if more and len(post.buttons) < len(buttons):
        told = f"{told} There is more: use fewer words, or a filter."
    return replace(post, lines=(*post.lines, line(LineRole.SMALL, told))) if told else post


def help_screen(standing: Role) -> Post:
    """Every command that a person of that standing may use, one line each."""
    lines = [line(LineRole.HEADLINE, Span(INTRODUCTION, Style.STRONG))]
    for verb in allowed(standing):
        lines.append(line(LineRole.BULLET, Span(short_form(verb), Style.COMMAND), f"  {verb.help}"))
    if standing is Role.MEMBER:
        lines.append(told(LineRole.SMALL, f"Too much? {LESS_HINT}"))
    lines.append(told(LineRole.SMALL, "An arXiv link alone asks for its verdict. More: `help <command>`"))
    return answer(lines)


def help_group(name: str, verbs: Sequence[Verb]) -> Post:
    """The commands that begin with one word, each as it is typed."""
    lines = [line(LineRole.HEADING, f"{name}:")]
    for verb in verbs:
        who = "  (admins)" if verb.needs is not Role.MEMBER else ""
        lines.append(line(LineRole.BULLET, Span(short_form(verb), Style.COMMAND), f"  {verb.help}{who}"))
    lines.append(told(LineRole.SMALL, f"One in full: `help {verbs[0].name}`"))
    return answer(lines)


def help_verb(verb: Verb) -> Post:
    """One command in full: how it is typed, what each option means, an example."""
    lines = [
        line(LineRole.HEADING, f"{verb.name}: {verb.help}"),
        line(LineRole.PARAGRAPH, Span(usage(verb), Style.COMMAND)),
    ]
    for option in verb.options:
        if not option.is_hidden:
            choices = f" ({', '.join(option.choices)})" if option.choices else ""
            lines.append(line(LineRole.BULLET, Span(option.name, Style.STRONG), f"  {option.help}{choices}"))
    lines.append(line(LineRole.SMALL, "Example: ", Span(verb.example, Style.COMMAND)))
    if verb.needs is not Role.MEMBER:
        lines.append(line(LineRole.SMALL, "For who manages the channel."))
    return answer(lines)


def lens_list(lenses: Mapping[str, Lens]) -> Post:
    """The lenses, one line each."""
    lines = [line(LineRole.HEADING, "Lenses")]
    buttons: list[Button] = []
    for key, lens in sorted(lenses.items()):
        lines.append(lens_line(lens))
        buttons.append(run(f"Show {key}", f"lens show {key}"))
    return answer(lines, buttons[:5])


def lens_line(lens: Lens) -> Line:
    """A lens in one line."""
    return line(LineRole.BULLET, Span(lens.key, Style.STRONG), f"  {truncate(sentence(lens.summary), 200)}")


def lens_page(lens: Lens) -> Post:
    """What a lens asks of a text, and what it says of itself."""
    lines = [
        line(LineRole.HEADING, f"{sanitize(lens.name)} ({lens.key})"),
        line(LineRole.PARAGRAPH, truncate(sanitize(lens.thesis), 1200)),
        line(LineRole.SUBHEADING, "It asks"),
        *(
            line(
                LineRole.BULLET,
                Span(sanitize(checklist_item.name), Style.STRONG),
                f"  {truncate(sanitize(checklist_item.question), 300)}",
            )
            for checklist_item in lens.checklist
        ),
    ]
    if lens.classes:
        lines.append(line(LineRole.SUBHEADING, "Its classes"))
        lines += [
            line(
                LineRole.BULLET,
                Span(sanitize(lens_class.name), Style.STRONG),
                f"  {truncate(sanitize(lens_class.gloss), 300)}",
            )
            for lens_class in lens.classes
        ]
    lines.append(line(LineRole.SMALL, truncate(sanitize(lens.says_of_itself), 600)))
    return answer(lines)


def receipt(paper: str, lens: str, what: str = "verdict") -> Post:
    """What is said at once when the verdict (or its analysis) takes a while."""
    return words(f"Reading {paper} through the lens {lens}. The {what} comes here when it is ready.")


def notice(closure: PlaceOutage, name: str) -> Post:
    """What who manages a place is told, once, when it takes no posts."""
    lines = (
        line(
            LineRole.PARAGRAPH,
            f"I cannot post in {truncate(sanitize(name), 100)}: {truncate(sentence(closure.what), 400)}",
        ),
        # our own words, to be copied as they are: /invite @CopeCheck, say
        line(LineRole.PARAGRAPH, truncate(" ".join(clean(closure.remedy).split()), 400)) if closure.remedy else None,
        line(LineRole.SMALL, "What is waiting for it goes out by itself when that is mended. I say this once."),
    )
    kept = tuple(said for said in lines if said is not None)
    return Post(PostKind.NOTICE, truncate(kept[0].text, 140), kept)


def moved(what: str) -> Post:
    """What stands in public while an answer takes longer than the platform lets us answer in private."""
    return words(f"The answer to “{truncate(sanitize(what), 80)}” takes a while. It will stand here.")


def moved_link(ref: PostRef) -> Post:
    """The private receipt's last word, when the answer goes to a post."""
    first = line(LineRole.PARAGRAPH, "This takes longer than an answer can stay private. ")
    return answer((first, line(LineRole.PARAGRAPH, Span("The answer will stand here.", post=ref))))


def came_alone(post: Post, why: str) -> Post:
    """An answer that was to stand for all, as it goes to who asked alone."""
    return replace(post, lines=(*post.lines, told(LineRole.SMALL, f"{why}, so this comes to you alone.")))


def nowhere() -> Post:
    """The private receipt's last word, when the answer can stand nowhere."""
    return words(
        "This takes longer than an answer can stay private, and I can write neither here nor to you for you.",
        "Allow direct messages from this server, or ask again later: what is known by then is answered at once.",
    )


ANYWHERE = frozenset(["verdict", "analysis", "lens", "help", "discuss", "steelman", "changes", "dispute"])
OF_A_CARD = frozenset(["share", "agree", "disagree"])
ELSEWHERE = "`status` and `help` say more, in the channel where you asked."


def away(post: Post) -> Post:
    """An answer as it goes to another place than the one that it is about: without what would be done to that one."""
    kept = tuple(button for button in post.buttons if button.value.split(" ", 1)[0] in ANYWHERE)
    if all(button in kept or button.action in OF_A_CARD for button in post.buttons):
        return replace(post, buttons=kept)
    return replace(post, lines=(*post.lines, told(LineRole.SMALL, ELSEWHERE)), buttons=kept)


def waiting(paper: str, cause: str, until: datetime) -> Post:
    """Why a verdict is not there yet, and when it is tried again."""
    rest = "The verdict comes here as soon as it is ready; there is nothing to do."
    return words(f"{paper} waits: {again_words(cause, until)}", rest)


def paged(post: Post, most: int, page: int, command: str) -> Post:
    """A long post in pages of at most so many characters, cut between lines."""
    pages = _pages(post.lines, most)
    at = min(max(page, 1), len(pages))
    if len(pages) == 1:
        return post
    buttons = list(post.buttons) if at == 1 else []
    if at > 1:
        buttons.append(run("Page before", f"{command} page={at - 1}"))
    if at < len(pages):
        buttons.append(run("Next page", f"{command} page={at + 1}"))
    fitting = tuple(button for button in buttons if len(button.value) <= VALUE_MOST)
    more = "" if len(fitting) == len(buttons) else f" Others: `{command} page=<number>`"
    foot = told(LineRole.SMALL, f"Page {at} of {len(pages)}.{more}")
    return Post(post.kind, post.notification, (*pages[at - 1], foot), fitting)


def _pages(lines: Sequence[Line], most: int) -> list[list[Line]]:
    pages: list[list[Line]] = [[]]
    room = most
    for said in lines:
        cost = len(said.text) + 1
        if pages[-1] and cost > room:
            pages.append([])
            room = most
        pages[-1].append(said)
        room -= cost
    return pages


def labelled(label: str, text: str) -> Line:
    """A labelled line."""
    return field(label, text)
