"""Foreign text for Discord: nothing in it is live, and a reader sees the same signs.

What Discord's client does, as maintainers and faithful parsers of it tell (discord-api-docs issues 6088, 6185, 6315,
6565, 7673):
- A backslash before any sign that is no letter, digit or space is hidden and makes the sign plain; before anything
  else it stays visible. That holds everywhere but in code and in the label of a masked link.
- In a label backslashes are shown, invisible signs and all spaces but U+0020 are removed, pairs of marks format, and
  one emoji, address or mention makes the whole link fall back to its source. So a label is either harmless as it
  stands, or no label.
- Of a masked link's address backslashes are taken away, so that `](` must never be written by anyone but us.
- `:name:` of a standard emoji is live in a bot's message, though people's own clients replace it before they send.
- Invites (`discord.gg/x`) are seen without a scheme.
"""

import re
import unicodedata
from urllib.parse import quote

from bot.core.hostile.hygiene import clean

_LIVE = re.compile(
    r"[\\*_~`|<>#@\[]"  # formatting, headings, quotes, code, links, mentions
    r"|:(?! )"  # an address's scheme, an emoji's name
    r"|(?:^|(?<=\]))\("  # the joint of a masked link, also where two spans meet
    r"|(?<=\w)\.(?=[^\W\d_])"  # a host's name
)
# What begins a list at the start of a line; a span may come to stand there.
_MARKER = re.compile(r"^(\s*(?:\d+(?=\.))?)([-+.])")

_NEVER_IN_LABEL = re.compile(
    r"[\\<\[\]@]"  # escapes, mentions, a link in a link
    r"|:(?=/|\S*:)|[/\u2044\u2215\u2571\u27cb\u29f8\u30ce\u4e3f]{2}"  # an emoji's name; addresses, by lookalikes too
    r"|\bdis\w*\.\w|\w\.\w+/"  # an invite
    r"|^[-+*>#]|^\d+[.)](?!\d)"  # what begins a block
    r"|(?:[*_~`|].*){2}",  # marks that could pair
    re.IGNORECASE,
)
_ARROWS = 0x2190  # no sign of the category So below it is drawn as an emoji, but for those named here
_EMOJI = frozenset("‼⁉ℹ↔⤴⤵◻◼◽◾〰〽")
_PICTURES = 0x1F000
_ADDRESS = "%/:?=&.,+-"
_ADDRESS_MOST = 400


def one_line(text: str) -> str:
    """`text` on one line, without signs that cannot be seen."""
    return clean(text).replace("\n", " ")


def inert(text: str) -> str:
    """`text` on one line with a backslash before every sign that Discord could act on."""
    return _MARKER.sub(r"\1\\\2", _LIVE.sub(r"\\\g<0>", one_line(text)))


def code(text: str) -> str:
    """`text` as inline code; as inert text where code cannot hold it: no backslash counts in there."""
    text = one_line(text)
    if not text.strip() or "`" in text or "](" in text:
        return inert(text)
    return f"`{text}`"


def masked(label: str, url: str) -> str | None:
    """A link without a preview; None when the label could do anything but be read, or the address is no address."""
    label = one_line(label).strip()
    url = quote(url, safe=_ADDRESS)
    if not (_is_harmless(label) and url.startswith(("https://", "http://")) and len(url) <= _ADDRESS_MOST):
        return None
    return f"[{label}](<{url}>)"


def _is_harmless(label: str) -> bool:
    return bool(label) and not _NEVER_IN_LABEL.search(label) and not any(map(_is_lost, label))


def _is_lost(sign: str) -> bool:
    """Whether Discord draws the sign as an emoji, which no label may hold, or takes it away."""
    kind = unicodedata.category(sign)
    is_emoji = sign in _EMOJI or ord(sign) >= _PICTURES or (kind == "So" and ord(sign) >= _ARROWS)
    return is_emoji or kind in ("Cf", "Cn", "Co") or (kind == "Zs" and sign != " ")
