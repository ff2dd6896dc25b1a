"""Modals and App Home as plain JSON. What a modal is for travels in its private_metadata and comes back with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.commands.event import Role
from bot.core.commands.parser import allowed, find_verb
from bot.core.posts.phrase import line, told
from bot.core.posts.post import Button, Line, LineRole, Post, Span, Style
from bot.core.present.answer import paged
from bot.platforms.slack.posting.blocks import RICH, actions, fitted
from bot.platforms.slack.posting.escape import Links, cut, safe
from bot.platforms.slack.posting.limits import PRIVATE, TITLE, TOTAL, VIEW_BLOCKS, total
from bot.platforms.slack.posting.rich_blocks import Block, plain

CALLBACK = "cc1.view"
ANALYSIS = "Full analysis"
PAGE_CHARACTERS = 8000
_HOME_PARTS = 3
_HOME_FOLLOWS = 8


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a modal's submission means: the verb, values that the form does not ask for, and the place it was for."""

    verb: str
    values: Mapping[str, str]
    place: str = ""

    def __str__(self) -> str:
        return json.dumps({"verb": self.verb, "values": dict(self.values), "place": self.place}, ensure_ascii=False)

    @classmethod
    def parse(cls, text: str) -> "Purpose":
        """The inverse of `str(purpose)`; `ValueError` for anything else."""
        told = json.loads(text)
        if not (isinstance(told, dict) and isinstance(told.get("verb"), str) and isinstance(told.get("values"), dict)):
            raise ValueError("the view does not say what it is for")
        values = {str(name): str(value) for name, value in told["values"].items()}
        return cls(find_verb(told["verb"]).name, values, str(told.get("place", "")))


def modal(title: str, purpose: Purpose, blocks: Sequence[Block], submit: str = "") -> dict[str, Any]:
    """A modal of these blocks; one without `submit` is for reading. `ValueError`: its purpose is too long to keep."""
    metadata = str(purpose)
    if len(metadata) > PRIVATE:
        raise ValueError("what this view is for is too long")
    view: dict[str, Any] = {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": metadata,
        "title": plain(cut(safe(title), TITLE) or "CopeCheck"),
        "close": plain("Cancel" if submit else "Close"),
        "blocks": list(blocks),
    }
    return {**view, "submit": plain(submit)} if submit else view


def analysis_view(post: Post, page: int, command: str, purpose: Purpose, links: Links) -> dict[str, Any]:
    """A full analysis (or any long post) to read; where it is longer than a page, buttons lead to the others.

    `command` asks for it again, as one would type it.
    """
    shown = paged(post, PAGE_CHARACTERS, page, command)
    buttons = actions(shown.buttons)
    blocks = fitted(shown.lines, links, RICH, VIEW_BLOCKS - len(buttons), TOTAL - total(buttons))
    return modal(ANALYSIS, purpose, [*blocks, *buttons])


@dataclass(frozen=True, slots=True)
class Followed:
    """What the Home says of a follow, and what can be done with it there."""

    lines: Sequence[Line]
    buttons: Sequence[Button] = ()


def home_view(
    follows: Sequence[Followed],
    recent: Sequence[Line],
    health: Sequence[Line],
    links: Links,
    buttons: Sequence[Button] = (),
) -> dict[str, Any]:
    """App Home: what is followed, the latest verdicts, how it is, and what one can type."""
    row = actions(buttons)
    howto = [*fitted(_howto(), links, RICH, VIEW_BLOCKS // 4, TOTAL // 4), *row]
    room = (TOTAL - total(howto)) // _HOME_PARTS - 100
    most = (VIEW_BLOCKS - len(howto)) // _HOME_PARTS - 1
    followed = _followed(follows, links, most, room, first=len(buttons))
    parts = (
        ("Followed", followed),
        ("Latest papers", fitted(recent or _NOTHING, links, RICH, most, room)),
        ("Health", fitted(health or _NOTHING, links, RICH, most, room)),
    )
    blocks: list[Block] = []
    for head, inner in parts:
        blocks += [{"type": "header", "text": plain(head)}, *inner]
    return {"type": "home", "callback_id": CALLBACK, "blocks": [*blocks, *howto]}


def _followed(follows: Sequence[Followed], links: Links, most: int, room: int, first: int) -> list[Block]:
    """A piece for each follow with its buttons, as many as there is room for; the others are counted."""
    shown = follows[:_HOME_FOLLOWS]
    blocks: list[Block] = []
    for followed in shown:
        row = actions(followed.buttons, first)
        first += len(followed.buttons)
        each = max(room // len(shown) - total(row), 100)
        blocks += [*fitted(followed.lines, links, RICH, most // len(shown) - len(row) or 1, each), *row]
    left = len(follows) - len(shown)
    rest = [told(LineRole.SMALL, f"And {left} more: type `follow list` where they are.")] if left else []
    said = rest if shown else list(_NOTHING)
    return blocks + (fitted(said, links, RICH, 1, 200) if said else [])


_NOTHING = (line(LineRole.SMALL, "Nothing yet."),)


def _howto() -> list[Line]:
    verbs = [
        line(LineRole.BULLET, Span(verb.example, Style.COMMAND), f"  {verb.help}") for verb in allowed(Role.MEMBER)
    ]
    return [
        line(LineRole.HEADING, "What to type"),
        *verbs,
        line(LineRole.SMALL, "Slash commands do not work in threads: mention the bot there, or press a button."),
    ]
