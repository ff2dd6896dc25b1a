"""What is written for channels, as one types it in a shell: their commands become commands of `copecheck`."""

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.posts.post import Line, Place, Post

ALIKE = ("follow", "lens", "report", "status", "verdict")  # what is typed alike in both
_COMMAND = re.compile(r"`([^`]+)`")


def in_shell(command: str, place: str = "") -> str:
    """`follow on cs.AI` -> `copecheck follow on cs.AI`; what only channels have is said to a channel in the terminal.

    `place`: where a follow stands, for a command that names one. What is no command stays as it is.
    """
    from bot.core.commands.verbs import COMMANDS

    first, _, rest = command.partition(" ")
    names = [verb.name for verb in COMMANDS if f"{command} ".startswith(f"{verb.name} ")]
    if not names and not any(verb.name.startswith(f"{first} ") for verb in COMMANDS):
        return command
    if first == "help" and (not rest or rest.startswith(ALIKE)):
        return f"copecheck {rest} --help".replace("  ", " ")
    if first == "analysis":
        return f"copecheck verdict {rest} --analysis"
    if first not in ALIKE:
        return f"echo {shlex.quote(command)} | copecheck chat"
    is_of_one = first == "follow" and command not in names
    return f"copecheck {command}" + (f" --place {place}" if place and is_of_one else "")


def words_for_shell(text: str, place: str = "") -> str:
    """A sentence with its commands, which stand between backticks."""
    return _COMMAND.sub(lambda found: f"`{in_shell(found[1], place)}`", text)


def for_shell(post: "Post", place: "Place") -> "Post":
    """A post with its commands."""
    from bot.core.posts.post import Style

    def typed(line: "Line") -> "Line":
        spans = (
            replace(span, text=in_shell(span.text, str(place))) if span.style is Style.COMMAND else span
            for span in line.spans
        )
        return replace(line, spans=tuple(spans))

    return replace(post, lines=tuple(map(typed, post.lines)))
