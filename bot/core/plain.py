"""A post as plain values, so that a job can carry one, and back."""

from collections.abc import Mapping
from typing import Any

from bot.core.paper import ArxivId
from bot.core.post import Button, Line, Place, Post, PostKind, PostRef, Role, Span, Style


def plain_post(post: Post) -> dict[str, Any]:
    """The post as values of JSON; `post_of` is the inverse."""
    return {
        "kind": str(post.kind),
        "notification": post.notification,
        "lines": [[str(line.role), [_plain_span(span) for span in line.spans]] for line in post.lines],
        "buttons": [[button.action, button.label, button.value] for button in post.buttons],
    }


def post_of(values: Mapping[str, Any]) -> Post:
    """The post that `plain_post` wrote."""
    lines = tuple(Line(Role(role), tuple(_span(span) for span in spans)) for role, spans in values["lines"])
    buttons = tuple(Button(*button) for button in values["buttons"])
    return Post(PostKind(values["kind"]), values["notification"], lines, buttons)


def _plain_span(span: Span) -> dict[str, Any]:
    paper = {"paper": str(span.paper)} if span.paper else {}
    ref = span.post
    post = {"post": [str(ref.place), ref.id, ref.thread]} if ref else {}
    return {"text": span.text, "style": str(span.style), **paper, **post}


def _span(values: Mapping[str, Any]) -> Span:
    paper = ArxivId(values["paper"]) if "paper" in values else None
    post = PostRef(Place.parse(values["post"][0]), *values["post"][1:]) if "post" in values else None
    return Span(values["text"], Style(values["style"]), paper, post)
