"""A post as plain values, so that a job can carry one, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Button, Line, LineRole, Menu, MenuItem, Place, Post, PostKind, PostRef, Span, Style


def post_to_json(post: Post) -> dict[str, Any]:
    """The post as values of JSON; `post_from_json` is the inverse."""
    return {
        "kind": str(post.kind),
        "notification": post.notification,
        "lines": [[str(line.role), [_plain_span(span) for span in line.spans]] for line in post.lines],
        "buttons": [[button.action, button.label, button.value] for button in post.buttons],
        "topic": post.topic,
        "tags": list(post.tags),
        "menu": _plain_menu(post.menu) if post.menu else None,
    }


def post_from_json(values: Mapping[str, Any]) -> Post:
    """The post that `post_to_json` wrote."""
    lines = tuple(Line(LineRole(role), tuple(_span(span) for span in spans)) for role, spans in values["lines"])
    buttons = tuple(Button(*button) for button in values["buttons"])
    menu = _menu(values["menu"]) if values.get("menu") else None
    kind, topic = PostKind(values["kind"]), values.get("topic") or ""
    tags = tuple(values.get("tags") or ())
    return Post(kind, values["notification"], lines, buttons, topic=topic, menu=menu, tags=tags)


def _plain_menu(menu: Menu) -> list[Any]:
    return [menu.prompt, menu.command, [[item.label, item.about, item.value] for item in menu.items]]


def _menu(values: Sequence[Any]) -> Menu:
    prompt, command, items = values
    return Menu(prompt, command, tuple(MenuItem(*item) for item in items))


def _plain_span(span: Span) -> dict[str, Any]:
    paper = {"paper": str(span.paper)} if span.paper else {}
    ref = span.post
    post = {"post": [str(ref.place), ref.id, ref.thread]} if ref else {}
    return {"text": span.text, "style": str(span.style), **paper, **post}


def _span(values: Mapping[str, Any]) -> Span:
    paper = ArxivId(values["paper"]) if "paper" in values else None
    post = PostRef(Place.parse(values["post"][0]), *values["post"][1:]) if "post" in values else None
    return Span(values["text"], Style(values["style"]), paper, post)
