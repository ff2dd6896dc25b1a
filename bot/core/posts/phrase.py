"""Small phrases that every post is built from: dates, counts, and texts cut to a length."""

from collections.abc import Callable, Iterable
from datetime import date

from bot.core.hostile.hygiene import clean, defang
from bot.core.posts.post import Line, LineRole, Span, Style

COMMAND, QUOTE = "`", "'"
Readable = Callable[[str], str]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day_words(day: date) -> str:
    """`27 May 2026`, whatever the machine's language."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def truncate(text: str, most: int) -> str:
    """`text` in at most so many characters, cut between words where there are any."""
    if len(text) <= most:
        return text
    cut = text[: max(most - 1, 0)]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > most // 2 else cut).rstrip(" ,;:.·") + "…"


def shown(raw: str, readable: Readable) -> str:
    """A paper's raw text as people read it: TeX readable, invisible signs gone, nothing else changed."""
    return " ".join(clean(readable(raw)).split())


def sanitize(text: str) -> str:
    """A model's or a person's words in one line, nothing in them live."""
    return " ".join(defang(text).split())


def quote(text: str, most: int = 40) -> str:
    """What a person typed, given back to them in quotation marks: short, and nothing in it live."""
    return f"“{truncate(sanitize(text).replace(COMMAND, QUOTE), most)}”"


def sentence(text: str) -> str:
    """`sanitize`, with a full stop where the end has none."""
    text = sanitize(text)
    return text if text.rstrip("”\"')]")[-1:] in ".!?…" else f"{text}."  # an empty end is in any text


def ended(said: Line) -> Line:
    """A line with a full stop, where its end has no sign: for one that another sentence follows."""
    return Line(said.role, (*said.spans, Span("."))) if said.text[-1:].isalnum() else said


def paragraphs(text: str) -> list[str]:
    """A model's or a person's words, split where a line is empty."""
    return [paragraph for paragraph in (sanitize(block) for block in defang(text).split("\n\n")) if paragraph]


def line(role: LineRole, *spans: Span | str) -> Line:
    """A line of spans; a bare text is a plain span."""
    return Line(role, tuple(span if isinstance(span, Span) else Span(span) for span in spans))


def told(role: LineRole, text: str) -> Line:
    """A line of ours in which a command stands between backticks: each platform sets its own sign before it."""
    pieces = text.split(COMMAND)
    return line(
        role,
        *(Span(piece, Style.COMMAND if at % 2 else Style.PLAIN) for at, piece in enumerate(pieces) if piece),
    )


def field(label: str, text: str) -> Line:
    """A labelled line: the label strong, then the text."""
    strong = Span(label, Style.STRONG)
    return line(LineRole.FIELD, strong, f"  {text}") if text else line(LineRole.FIELD, strong)


def many(count: int, noun: str, others: str = "") -> str:
    """`1 class`, `2 classes`: a count with its noun; `others` where the plural is more than an s."""
    return f"{count} {noun if count == 1 else others or f'{noun}s'}"


def joined(words: Iterable[str]) -> str:
    """Words with a middle dot between them."""
    return " · ".join(word for word in words if word)
