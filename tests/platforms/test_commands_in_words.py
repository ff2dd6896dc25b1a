"""Commands in what people read are written as the platform takes them, never as the terminal does."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.commands.parser import parse
from bot.core.commands.verbs import COMMANDS
from bot.core.errors import CommandError
from bot.core.posts.post import Post, Style
from bot.core.present.answer import refused
from bot.platforms.discord.posting.markup import message_payload as on_discord
from bot.platforms.slack.posting.blocks import message_payload as on_slack

BOT = Path(__file__).resolve().parents[2] / "bot"
SAID_IN = (
    "core/present_*.py",
    "core/commands/parser.py",
    "services/*.py",
    "platforms/discord/*.py",
    "platforms/slack/*.py",
)
_ALONE = "|".join(sorted(verb.name for verb in COMMANDS if " " not in verb.name))
_TOGETHER = "|".join(sorted(verb.name for verb in COMMANDS if " " in verb.name))
TYPED = re.compile(
    rf"(?<!copecheck )(?<![/`\w])(?:(?:{_TOGETHER})\b|(?<=[Tt]ype )(?:{_ALONE})\b|(?<=[Tt]ry )(?:{_ALONE})\b)"
)


def sentences_of(file: Path) -> Iterator[tuple[int, str]]:
    """Every text of a module that may be said, with values as an ellipsis: no docstring, and nothing that is a command
    from its first word, as names and buttons are."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in docstrings | inside:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.JoinedStr):
            parts = (str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values)
            yield node.lineno, "".join(parts)


def test_no_sentence_of_ours_has_a_command_that_no_platform_can_rewrite() -> None:
    found = []
    for pattern in SAID_IN:
        for file in sorted(BOT.glob(pattern)):
            for number, text in sentences_of(file):
                outside = re.sub(r"`[^`]*`", "", text)
                if any(match.start() for match in TYPED.finditer(outside)):
                    found.append(f"{file.relative_to(BOT)}:{number}: {text}")
    assert found == []


def refusals() -> Iterator[tuple[str, Post]]:
    """What is answered to every verb that is said with nothing, with too much, and almost rightly."""
    for verb in COMMANDS:
        for words in (verb.name, f"{verb.name} nonsense=1", f"{verb.name[:-1]}"):
            try:
                parse(words)
            except CommandError as error:
                yield words, refused(error)


@pytest.mark.parametrize(("words", "post"), [pytest.param(*one, id=one[0]) for one in refusals()])
def test_each_refusal_shows_the_platforms_own_command(words: str, post: Post) -> None:
    discord = "\n".join(_texts(on_discord(post, None, site_url="https://arxiv.org", link=lambda ref: None)))
    slack = "\n".join(_texts(on_slack(post, None, site_url="https://arxiv.org", link=lambda ref: None)["blocks"]))
    for command in (span.text for line in post.lines for span in line.spans if span.style is Style.COMMAND):
        assert f"/copecheck {command}" in slack or f"@CopeCheck {command}" in slack
        assert f"`/{command.split()[0]}" in discord
        assert not re.search(r"\w=", discord)
    assert not TYPED.search(re.sub(r"`[^`]*`", "", discord))


def _texts(payload: object) -> list[str]:
    whole = json.dumps(payload)
    return [json.loads(f'"{text}"') for text in re.findall(r'"(?:text|content)": "((?:[^"\\]|\\.)*)"', whole)]
