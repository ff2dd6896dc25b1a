"""Answers to commands: refusals, receipts, pages of verdicts, help, lenses; each one screen, in words for people."""

from collections.abc import Iterable, Mapping, Sequence

from bot.core.asked import Standing
from bot.core.command import allowed, usage
from bot.core.connection import Closure
from bot.core.errors import CopeCheckError
from bot.core.hygiene import clean
from bot.core.lens import Lens
from bot.core.people import Tally
from bot.core.phrase import field, fit, joined, line, said, sentence
from bot.core.post import VALUE_MOST, Button, Line, Post, PostKind, PostRef, Role, Span, Style
from bot.core.present_card import card
from bot.core.present_edition import row
from bot.core.sheet import Sheet
from bot.core.verbs import Verb

ROWS = 10


def answer(lines: Iterable[Line], buttons: Iterable[Button] = ()) -> Post:
    """An answer; what a notification shows is its first line. A button whose command is too long is left out."""
    lines = tuple(lines)
    fitting = tuple(button for button in buttons if len(button.value) <= VALUE_MOST)
    return Post(PostKind.ANSWER, fit(lines[0].text if lines else "", 140), lines, fitting)


def words(*sentences: str) -> Post:
    """An answer in plain words: the first sentence, then the rest below it."""
    first, *others = (one for one in sentences if one)
    return answer((line(Role.PARAGRAPH, first), *(line(Role.SMALL, one) for one in others)))


def refused(error: CopeCheckError) -> Post:
    """What cannot be, and the next step."""
    return words(fit(clean(error.what), 600), fit(clean(error.remedy), 600))


def run(label: str, command: str) -> Button:
    """A button that is a command."""
    return Button("run", label, command)


def judged(sheet: Sheet, *, standing_at: PostRef | None, sharing: bool, tally: Tally) -> Post:
    """A verdict as an answer: the card, with Share here or a link to the card that stands here already."""
    shown = card(sheet, tally)
    lines = list(shown.lines)
    buttons = list(shown.buttons)
    if standing_at is not None:
        lines.append(line(Role.SMALL, Span("It stands here already.", post=standing_at)))
    elif sharing and not sheet.paper.is_withdrawn:
        buttons.append(Button("share", "Share here", f"share {sheet.paper.id} {sheet.lens.key}"))
    return answer(lines, buttons)


def rows(head: str, sheets: Sequence[Sheet], *, page: int, more: bool, command: str, hint: str = "") -> Post:
    """A page of verdicts, one line each, with buttons to the pages beside it."""
    lines = [line(Role.HEADING, head), *(row(sheet) for sheet in sheets)]
    buttons: list[Button] = []
    if page > 1:
        buttons.append(run("Page before", f"{command} page={page - 1}"))
    if more:
        buttons.append(run("Next page", f"{command} page={page + 1}"))
    if more or page > 1:
        lines.append(line(Role.SMALL, joined((f"Page {page}.", f"More: {command} page={page + 1}" if more else ""))))
    if hint:
        lines.append(line(Role.SMALL, hint))
    return answer(lines, buttons)


def help_screen(standing: Standing) -> Post:
    """Every command that a person of that standing may use, one line each."""
    lines = [
        line(
            Role.HEADLINE,
            Span("CopeCheck reads the day's new arXiv papers and says what they leave out.", Style.STRONG),
        )
    ]
    for verb in allowed(standing):
        lines.append(line(Role.BULLET, Span(_short(verb), Style.CODE), f"  {verb.help}"))
    if standing is Standing.MEMBER:
        lines.append(line(Role.SMALL, "What a place follows is decided by its admins."))
    lines.append(line(Role.SMALL, "An arXiv link alone asks for its verdict. More: help <command>"))
    return answer(lines)


def _short(verb: Verb) -> str:
    needed = [option for option in verb.options if option.is_positional and not option.is_hidden]
    return " ".join((verb.name, *(f"<{one.name}>" if one.is_required else f"[{one.name}]" for one in needed)))


def help_group(name: str, verbs: Sequence[Verb]) -> Post:
    """The commands that begin with one word, each as it is typed."""
    lines = [line(Role.HEADING, f"{name}:")]
    for verb in verbs:
        who = "  (admins)" if verb.needs is not Standing.MEMBER else ""
        lines.append(line(Role.BULLET, Span(_short(verb), Style.CODE), f"  {verb.help}{who}"))
    lines.append(line(Role.SMALL, f"One in full: help {verbs[0].name}"))
    return answer(lines)


def help_verb(verb: Verb) -> Post:
    """One command in full: how it is typed, what each option means, an example."""
    lines = [
        line(Role.HEADING, f"{verb.name}: {verb.help}"),
        line(Role.PARAGRAPH, Span(usage(verb), Style.CODE)),
    ]
    for option in verb.options:
        if not option.is_hidden:
            choices = f" ({', '.join(option.choices)})" if option.choices else ""
            lines.append(line(Role.BULLET, Span(option.name, Style.STRONG), f"  {option.help}{choices}"))
    lines.append(line(Role.SMALL, "Example: ", Span(verb.example, Style.CODE)))
    if verb.needs is not Standing.MEMBER:
        lines.append(line(Role.SMALL, "For admins of the place."))
    return answer(lines)


def lens_list(lenses: Mapping[str, Lens]) -> Post:
    """The lenses, one line each."""
    lines = [line(Role.HEADING, "Lenses")]
    buttons: list[Button] = []
    for key, lens in sorted(lenses.items()):
        lines.append(lens_line(lens))
        buttons.append(run(f"Show {key}", f"lens show {key}"))
    return answer(lines, buttons[:5])


def lens_line(lens: Lens) -> Line:
    """A lens in one line."""
    return line(Role.BULLET, Span(lens.key, Style.STRONG), f"  {fit(sentence(lens.summary), 200)}")


def lens_page(lens: Lens) -> Post:
    """What a lens asks of a text, and what it says of itself."""
    lines = [
        line(Role.HEADING, f"{said(lens.name)} ({lens.key})"),
        line(Role.PARAGRAPH, fit(said(lens.thesis), 1200)),
        line(Role.SUBHEADING, "It asks"),
        *(
            line(Role.BULLET, Span(said(one.name), Style.STRONG), f"  {fit(said(one.question), 300)}")
            for one in lens.checklist
        ),
    ]
    if lens.classes:
        lines.append(line(Role.SUBHEADING, "Its classes"))
        lines += [
            line(Role.BULLET, Span(said(one.name), Style.STRONG), f"  {fit(said(one.gloss), 300)}")
            for one in lens.classes
        ]
    lines.append(line(Role.SMALL, fit(said(lens.says_of_itself), 600)))
    return answer(lines)


def receipt(paper: str, lens: str) -> Post:
    """What is said at once when the verdict takes a while."""
    return words(f"Reading {paper} through the lens {lens}. The verdict comes here when it is ready.")


def notice(closure: Closure, name: str) -> Post:
    """What who manages a place is told, once, when it takes no posts."""
    lines = (
        line(Role.PARAGRAPH, f"I cannot post in {fit(said(name), 100)}: {fit(sentence(closure.what), 400)}"),
        # our own words, to be copied as they are: /invite @CopeCheck, say
        line(Role.PARAGRAPH, fit(" ".join(clean(closure.remedy).split()), 400)) if closure.remedy else None,
        line(Role.SMALL, "What is waiting for it goes out by itself when that is mended. I say this once."),
    )
    kept = tuple(one for one in lines if one is not None)
    return Post(PostKind.NOTICE, fit(kept[0].text, 140), kept)


def moved(what: str) -> Post:
    """What stands in public while an answer takes longer than the platform lets us answer in private."""
    return words(f"The answer to “{fit(said(what), 80)}” takes a while. It will stand here.")


def moved_link(ref: PostRef) -> Post:
    """The private receipt's last word, when the answer goes to a post."""
    first = line(Role.PARAGRAPH, "This takes longer than an answer can stay private. ")
    return answer((first, line(Role.PARAGRAPH, Span("The answer will stand here.", post=ref))))


def waiting(paper: str, reason: str) -> Post:
    """Why a verdict is not there yet."""
    return words(
        f"{paper} waits: {fit(sentence(reason), 300)}", "It comes here as soon as it is ready; there is nothing to do."
    )


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
    foot = line(
        Role.SMALL, joined((f"Page {at} of {len(pages)}.", f"More: {command} page={at + 1}" if at < len(pages) else ""))
    )
    return Post(
        post.kind,
        post.notification,
        (*pages[at - 1], foot),
        tuple(one for one in buttons if len(one.value) <= VALUE_MOST),
    )


def _pages(lines: Sequence[Line], most: int) -> list[list[Line]]:
    pages: list[list[Line]] = [[]]
    room = most
    for one in lines:
        cost = len(one.text) + 1
        if pages[-1] and cost > room:
            pages.append([])
            room = most
        pages[-1].append(one)
        room -= cost
    return pages


def tally_words(tally: Tally) -> str:
    """`3 agree, 1 disagrees here.`"""
    agree = "1 agrees" if tally.agree == 1 else f"{tally.agree} agree"
    disagree = "1 disagrees" if tally.disagree == 1 else f"{tally.disagree} disagree"
    return f"{agree}, {disagree} here."


def labelled(label: str, text: str) -> Line:
    """A labelled line."""
    return field(label, text)
