"""Whatever a message tells one to type can be typed where it is read: in a channel, or in a shell."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.tree import COMMANDS as SHELL
from bot.cli.tree import imported
from bot.cli.typable import for_shell, in_shell, words_for_shell
from bot.core.commands.parser import parse
from bot.core.commands.verbs import COMMANDS
from bot.core.errors import CommandError
from bot.core.posts.post import Place
from bot.core.present.answer import words

BOT = Path(__file__).resolve().parents[2] / "bot"
READ_IN_SHELL = (
    "cli",
    "config",
    "lenses",
    "health",
    "core/evaluation",
    "core/verdicts/lens_file.py",
    "store/database/database.py",
)
FIRST = {"copecheck", *SHELL, *(verb.name.split()[0] for verb in COMMANDS)}
SOMETHING = "2611.01234"  # stands for what a message names: a paper, a follow, a number


def texts(file: Path) -> Iterator[str]:
    """Every text of a module that documents nothing; what is put into it is a sample."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else SOMETHING for part in node.values)  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told | parts:
            yield node.value


def commands(*, in_the_shell: bool) -> list[tuple[str, str]]:
    """(module, what stands between backticks) of every message that is read there."""
    found = []
    for file in sorted(BOT.rglob("*.py")):
        name = file.relative_to(BOT).as_posix()
        if name.startswith(READ_IN_SHELL) == in_the_shell:
            found += [(name, piece) for text in texts(file) for piece in re.findall("`([^`]+)`", text)]
    return [(name, piece) for name, piece in found if piece.split()[:1] and piece.split()[0] in FIRST]


def is_said_to_a_channel(text: str) -> bool:
    """Whether it is a command of channels, whole or named alone."""
    try:
        parse(text)
    except CommandError:
        return any(verb.name == text for verb in COMMANDS) or "<" in text
    return True


def is_typed_in_a_shell(text: str) -> bool:
    """Whether it is a command of the shell, with options that it has."""
    name, *rest = shlex.split(text)
    if (name, rest[-3:]) == ("echo", ["|", "copecheck", "chat"]):
        return is_said_to_a_channel(rest[0])
    if name != "copecheck" or not rest:
        return False
    if rest == ["--help"]:
        return True
    if rest[0] not in SHELL:
        return False
    command = imported(rest.pop(0))
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        if rest[0] not in command.commands:
            return False
        command = command.commands[rest.pop(0)]
    known = {"--help", *(option for parameter in command.params for option in parameter.opts)}
    return {word for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize(("module", "text"), commands(in_the_shell=False))
def test_what_a_channel_reads_can_be_typed_there_and_what_it_becomes_in_a_shell_too(module: str, text: str) -> None:
    assert is_said_to_a_channel(text), module
    assert is_typed_in_a_shell(in_shell(text, "console:main")), in_shell(text, "console:main")


@pytest.mark.parametrize(("module", "text"), commands(in_the_shell=True))
def test_what_a_shell_reads_can_be_typed_there(module: str, text: str) -> None:
    assert is_typed_in_a_shell(text), module


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if not verb.is_hidden], ids=lambda verb: verb.name)
def test_every_verb_has_a_form_in_the_shell(verb: object) -> None:
    assert is_typed_in_a_shell(in_shell(getattr(verb, "example", "")))


def test_a_command_of_the_shell_names_the_place_of_its_follow_and_other_words_stay() -> None:
    place = Place.parse("slack:T1/C2")
    post = for_shell(words("Paused: `follow on cs.AI` goes on, `follow list` shows all, `status` the rest."), place)
    assert [span.text for span in post.lines[0].spans][1::2] == [
        "copecheck follow on cs.AI --place slack:T1/C2",
        "copecheck follow list",
        "copecheck status",
    ]
    assert words_for_shell("Write it into `supported`; then `analysis 1 plain`.") == (
        "Write it into `supported`; then `copecheck verdict 1 plain --analysis`."
    )
