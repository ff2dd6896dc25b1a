"""What we say, before anyone's markup: lines of typed spans, buttons, and the key that makes a post unique.

A platform renders a `Post`; nothing in it is markup, and every link was built by the program.
"""

import hashlib
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.core.papers.paper import ArxivId

VALUE_MOST = 64


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A channel: `platform` is `console`, `discord` or `slack`; `channel` is that platform's own id for it."""

    platform: str
    channel: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.channel}"

    @property
    def is_private(self) -> bool:
        """Whether it is where one person is written to alone."""
        return self.channel.rpartition("/")[2].startswith("@")

    @classmethod
    def parse(cls, text: str) -> "Place":
        """`platform:channel` -> Place; `ValueError` for anything else."""
        platform, mark, channel = text.partition(":")
        if not (platform and mark and channel) or "|" in text or not text.isprintable() or len(text.split()) != 1:
            raise ValueError(f"{text!r} is not of the form platform:channel")
        return cls(platform, channel)

    @classmethod
    def private(cls, person: str) -> "Place":
        """Where a person (`platform:id`) is written to alone: `discord:@7`, `slack:T1/@U2`."""
        platform, _, rest = person.partition(":")
        community, slash, name = rest.rpartition("/")
        return cls(platform, f"{community}{slash}@{name}")


class PostKind(StrEnum):
    """What a post is. The kind is part of the key."""

    OPENING = "opening"
    CARD = "card"
    LIST = "list"
    DIGEST = "digest"
    LATE = "late"
    REPORT = "report"
    ANSWER = "answer"
    NOTICE = "notice"
    TALK = "talk"


@dataclass(frozen=True, slots=True, order=True)
class PostKey:
    """(place, kind, subject, lens): the same key is never posted twice. `str(key)` is its stored form."""

    place: Place
    kind: PostKind
    subject: str
    lens: str

    def __str__(self) -> str:
        return "|".join((str(self.place), self.kind, self.subject, self.lens))

    @property
    def digest(self) -> str:
        """25 characters of SHA-256 (hex) of the key: what fits a platform's nonce."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:25]

    @classmethod
    def parse(cls, text: str) -> "PostKey":
        """The inverse of `str(key)`."""
        place, kind, rest = text.split("|", 2)
        subject, _, lens = rest.rpartition("|")
        return cls(Place.parse(place), PostKind(kind), subject, lens)


@dataclass(frozen=True, slots=True)
class PostRef:
    """Where a post is: the platform's own id for it, and the thread it hangs in (the id of the thread's post)."""

    place: Place
    id: str
    thread: str | None = None


class Style(StrEnum):
    """How a span is set. `COMMAND`: as the terminal's chat takes it; a platform writes it its own way."""

    PLAIN = "plain"
    STRONG = "strong"
    EM = "em"
    CODE = "code"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Span:
    """Text (never markup) in one style. `paper` makes it a link to that paper's abstract page, `post` one to a post."""

    text: str
    style: Style = Style.PLAIN
    paper: ArxivId | None = None
    post: PostRef | None = None


class LineRole(StrEnum):
    """What a line is for; a platform decides how such a line looks."""

    HEADLINE = "headline"
    TITLE = "title"
    HEADING = "heading"
    SUBHEADING = "subheading"
    FIELD = "field"
    QUOTE = "quote"
    PARAGRAPH = "paragraph"
    NUMBERED = "numbered"
    BULLET = "bullet"
    ROW = "row"
    BAR = "bar"
    CLOSING = "closing"
    SMALL = "small"
    RULE = "rule"


class Form(IntEnum):
    """How plainly a post is set. What a platform refuses for its form goes out in the next one."""

    RICH = 0
    PLAIN = 1
    TEXT = 2
    BARE = 3


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph: its role and its spans."""

    role: LineRole
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Button:
    """A button: `action` is a stable name (`analysis`, `agree`, `run`), `label` what people read.

    `value` is the command that a press is, as one would type it; at most `VALUE_MOST` characters.
    """

    action: str
    label: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of a menu: what people read, what it is about, and what is said after the menu's command when chosen."""

    label: str
    about: str
    value: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Papers of which one can be chosen. Choosing is a press: the command with the item's value behind it.

    `open <digest of the post's key>` is looked up by the place of the item in the post, counted from 1.
    """

    prompt: str
    command: str
    items: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: how many, of how many."""

    label: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts as a picture, for platforms that draw; the post says the same in its lines of the role `BAR`."""

    title: str
    named: str
    others: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """A post: its lines, what a notification shows, its menu and buttons, and how plainly a platform sets it.

    `tags`: under which names a platform that files posts by tags may file it, as the verdict or the day has them.
    `topic`: what a thread or a forum post is called that begins with it; empty: its headline or title. `chart`: what a
    platform that can draw shows at the end, in place of the lines that are bars.
    """

    kind: PostKind
    notification: str
    lines: tuple[Line, ...]
    buttons: tuple[Button, ...] = ()
    form: Form = Form.RICH
    topic: str = ""
    menu: Menu | None = None
    chart: Chart | None = None
    tags: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words of all lines, one line each: for counting, searching and tests."""
        return "\n".join(line.text for line in self.lines)
