"""Which tags of a forum fit a post: those that are named as what the post may be filed under."""

from collections.abc import Sequence

from bot.core.posts.post import Post, PostKey
from bot.platforms.discord.api.permissions import ChannelFacts, Tag

MOST_TAGS = 5


def fitting(spot: ChannelFacts, key: PostKey, post: Post) -> list[str]:
    """The ids of the tags, five at most; the first that may be set where the forum wants one and none fits."""
    names = {name.casefold() for name in (key.lens, *post.tags)}
    found = [tag for tag in _open(spot) if tag.name.strip().casefold() in names]
    return [str(tag.id) for tag in found[:MOST_TAGS]] or needed(spot)


def needed(spot: ChannelFacts) -> list[str]:
    """The id of the first tag that may be set, where the forum wants one; else none."""
    return [str(tag.id) for tag in _open(spot)[:1]] if spot.needs_tag else []


def _open(spot: ChannelFacts) -> Sequence[Tag]:
    return [tag for tag in spot.tags if not tag.is_moderated]
