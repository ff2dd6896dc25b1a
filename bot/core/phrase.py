"""Small phrases that every post is built from: dates, counts, and texts cut to a length."""

from collections.abc import Callable, Iterable
from datetime import date

from bot.core.hygiene import clean, defang
from bot.core.post import Line, Role, Span, Style

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


def fit(text: str, most: int) -> str:
    """`text` in at most so many characters, cut between words where there are any."""
    if len(text) <= most:
        return text
    cut = text[: max(most - 1, 0)]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > most // 2 else cut).rstrip(" ,;:.·") + "…"


def shown(raw: str, readable: Readable) -> str:
    """A paper's raw text as people read it: TeX readable, invisible signs gone, nothing else changed."""
    return " ".join(clean(readable(raw)).split())


def said(text: str) -> str:
    """A model's or a person's words in one line, nothing in them live."""
    return " ".join(defang(text).split())


def echoed(text: str, most: int = 40) -> str:
    """What a person typed, given back to them in quotation marks: short, and nothing in it live."""
    return f"“{fit(said(text), most)}”"


def sentence(text: str) -> str:
    """`said`, with a full stop where the end has none."""
    text = said(text)
    return text if not text or text[-1] in ".!?…”\"')]" else f"{text}."


def paragraphs(text: str) -> list[str]:
    """A model's or a person's words, split where a line is empty."""
    return [one for one in (said(block) for block in defang(text).split("\n\n")) if one]


def line(role: Role, *spans: Span | str) -> Line:
    """A line of spans; a bare text is a plain span."""
    return Line(role, tuple(span if isinstance(span, Span) else Span(span) for span in spans))


def field(label: str, text: str) -> Line:
    """A labelled line: the label strong, then the text."""
    strong = Span(label, Style.STRONG)
    return line(Role.FIELD, strong, f"  {text}") if text else line(Role.FIELD, strong)


def joined(words: Iterable[str]) -> str:
    """Words with a middle dot between them."""
    return " · ".join(word for word in words if word)
