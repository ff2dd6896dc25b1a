"""Which tags of a forum fit a post: those that are named as its category, its lens or one of its classes."""

import re
from collections.abc import Sequence

from bot.core.post import Post, PostKey, Role
from bot.platforms.discord.permissions import Spot, Tag

MOST = 5
_TELLING = (Role.FIELD, Role.SMALL, Role.HEADLINE)


def fitting(spot: Spot, key: PostKey, post: Post) -> list[str]:
    """The ids of the tags, five at most; the first that may be set where the forum wants one and none fits."""
    open_ones = [tag for tag in spot.tags if not tag.is_moderated]
    names = _names(key, post)
    found = [tag for tag in open_ones if tag.name.strip().casefold() in names]
    return [str(tag.id) for tag in _chosen(spot, open_ones, found)]


def _chosen(spot: Spot, open_ones: Sequence[Tag], found: Sequence[Tag]) -> Sequence[Tag]:
    return open_ones[:1] if spot.needs_tag and not found else found[:MOST]


def _names(key: PostKey, post: Post) -> set[str]:
    """What the post says of itself: its lens, and the words between the dots of its telling lines, but no title."""
    names = {key.lens.casefold()}
    for line in post.lines:
        if line.role in _TELLING:
            pieces = [piece.strip() for span in line.spans for piece in re.split("[·,]", span.text)]
            names |= {piece.casefold() for piece in pieces}
            names |= {word.casefold() for piece in pieces for word in piece.split() if "." in word or "-" in word}
    return names - {""}
