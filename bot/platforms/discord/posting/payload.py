"""A post as the body of a request, by the markup, with links to our other posts where they are known."""

from typing import Any

from bot.core.posts.post import Post, PostKey
from bot.platforms.discord.api.places import Places
from bot.platforms.discord.posting.markup import message_payload


async def body_of(post: Post, key: PostKey | None, places: Places, site_url: str) -> dict[str, Any]:
    """The body of a message; with a key its nonce is in it."""
    refs = [span.post for line in post.lines for span in line.spans if span.post is not None]
    await places.meet(list(dict.fromkeys(refs)))
    return message_payload(post, key, site_url=site_url, link=places.link)


def without_nonce(body: dict[str, Any]) -> dict[str, Any]:
    """A body for an edit or a forum post, which know no nonce."""
    return {name: value for name, value in body.items() if name not in ("nonce", "enforce_nonce")}
