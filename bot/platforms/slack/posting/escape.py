"""Text for Slack: what could be live in it is not, and a reader still reads the same.

Untrusted text stands in plain_text objects and rich_text elements, which Slack does not parse. Only `text` (what a
notification shows) and links that the program itself makes need signs escaped. Source: docs.slack.dev, formatting text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from bot.core.hostile.hygiene import HAIR, clean
from bot.core.posts.phrase import truncate
from bot.core.posts.post import Line, PostRef, Span

URL_MOST = 3000
OWN_URL_MOST = 500
SITE = "https://arxiv.org"
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Of a mention, a channel's name, an emoji's code, a scheme and a domain: the sign that a hair space comes behind.
_LIVE = re.compile(r"[@＠](?=\w)|[#＃](?=\w)|:(?=//|[\w+'-]+:)|(?<=[\w-])[.。．｡](?=[^\W\d_]{2})", re.IGNORECASE)
_WHOLE_URL = re.compile(r"https?://[^\s<>|\"\\^`{}\x00-\x20\x7f]+")


def safe(text: str) -> str:
    """A span's text in one line, without signs that cannot be seen."""
    return clean(text).replace("\n", " ")


def escaped(text: str) -> str:
    """The three signs that Slack's markup is made of, as entities."""
    return text.translate(_SIGNS)


def inert(text: str) -> str:
    """`text` for the field of that name: no mention, channel, emoji code or address in it is live."""
    return escaped(_LIVE.sub(lambda sign: sign.group() + HAIR, safe(text)))


def measure(text: str) -> int:
    """How long Slack may find a text: signs escaped, and signs beyond the basic plane counted twice."""
    return (
        len(text.encode("utf-16-le", "surrogatepass")) // 2
        + 4 * text.count("&")
        + 3 * text.count("<")
        + 3 * text.count(">")
    )


def cut(text: str, most: int) -> str:
    """`text` with a measure of at most so much, cut between words where there are any."""
    if len(text) <= most and measure(text) <= most:
        return text
    text = text[: most + 1]
    low, high = 0, min(len(text), most)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(truncate(text, middle)) <= most else (low, middle - 1)
    return truncate(text, low) if low else ""


def whole(url: str | None) -> str | None:
    """An address that may stand in a link as it is; None for any other."""
    return url if url and len(url) <= OWN_URL_MOST and _WHOLE_URL.fullmatch(url) else None


@dataclass(frozen=True, slots=True)
class Links:
    """The only two kinds of links: to a paper's abstract page at `site_url`, and to a post by `link`."""

    site_url: str
    link: Callable[[PostRef], str | None]

    def url(self, span: Span) -> str | None:
        """Where a span leads; None when it is bare."""
        if span.paper is not None:
            return whole(f"{self.site_url.rstrip('/')}/abs/{quote(str(span.paper), safe='/.', errors='replace')}")
        return whole(self.link(span.post)) if span.post is not None else None

    def mark(self, span: Span) -> str:
        """What a link is called where its text may not be: the paper's id, or plainly `the post`."""
        return cut(safe(str(span.paper)), 60) if span.paper is not None else "the post"

    def markup(self, span: Span) -> str:
        """A span's link as mrkdwn, made of nothing but its address and its mark; empty without an address."""
        url = self.url(span)
        return f"<{escaped(url)}|{escaped(self.mark(span)).replace('|', ' ')}>" if url else ""

    def cost(self, line: Line) -> int:
        """The most that a line (made safe before) takes of a message in either tier, with its links."""
        return 2 + sum(self._cost(span) for span in line.spans)

    def _cost(self, span: Span) -> int:
        address = len(self.markup(span)) + measure(self.mark(span)) + 6 if span.paper or span.post else 0
        return measure(span.text) + address + 4
