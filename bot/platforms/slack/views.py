"""Modals and App Home as plain JSON. What a modal is for travels in its private_metadata and comes back with it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.asked import Standing
from bot.core.command import allowed, find_verb
from bot.core.phrase import line
from bot.core.post import Button, Line, Post, Role, Span, Style
from bot.core.present_answer import paged
from bot.platforms.slack.blocks import RICH, actions, fitted
from bot.platforms.slack.escape import Links, cut, safe
from bot.platforms.slack.limits import PRIVATE, TITLE, TOTAL, VIEW_BLOCKS, total
from bot.platforms.slack.rich import Block, plain

CALLBACK = "cc1.view"
ANALYSIS = "Full analysis"
PAGE = 8000
_HOME_PARTS = 3


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
    shown = paged(post, PAGE, page, command)
    buttons = actions(shown.buttons)
    blocks = fitted(shown.lines, links, RICH, VIEW_BLOCKS - len(buttons), TOTAL - total(buttons))
    return modal(ANALYSIS, purpose, [*blocks, *buttons])


def home_view(
    follows: Sequence[Line],
    recent: Sequence[Line],
    health: Sequence[Line],
    links: Links,
    buttons: Sequence[Button] = (),
) -> dict[str, Any]:
    """App Home: what is followed, the latest verdicts, how it is, and what one can type."""
    row = actions(buttons)
    howto = [*fitted(_howto(), links, RICH, VIEW_BLOCKS // 4, TOTAL // 4), *row]
    parts = (("Followed", follows), ("Latest verdicts", recent), ("Health", health))
    room = (TOTAL - total(howto)) // _HOME_PARTS - 100
    most = (VIEW_BLOCKS - len(howto)) // _HOME_PARTS - 1
    blocks: list[Block] = []
    for head, lines in parts:
        blocks.append({"type": "header", "text": plain(head)})
        blocks += fitted(lines or _NOTHING, links, RICH, most, room)
    return {"type": "home", "callback_id": CALLBACK, "blocks": [*blocks, *howto]}


_NOTHING = (line(Role.SMALL, "Nothing yet."),)


def _howto() -> list[Line]:
    verbs = [
        line(Role.BULLET, Span(f"/copecheck {one.example}", Style.CODE), f"  {one.help}")
        for one in allowed(Standing.MEMBER)
    ]
    return [
        line(Role.HEADING, "What to type"),
        *verbs,
        line(Role.SMALL, "Slash commands do not work in threads: mention the bot there, or press a button."),
    ]
