"""What a button, a choice or a form of ours may carry: a command, one of every verb, as a stranger would send it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.store.database.tables import metadata
from bot.store.sql import SqlStore

BOT = Path(__file__).resolve().parents[2] / "bot"
PLACES_OWN = "zebra"  # a word of a follow, which who is in its place may read
SECRETS = ("quagga", "okapi", "gnu")
FOLLOW = "cs.AI"


def presses(paper: ArxivId, menu: str, channel: str) -> Mapping[str, str]:
    """A command of every verb about one paper, the posts' menu of that digest, and that channel by name."""
    of_it = f"{paper} plain"
    there = f"channel={channel}"
    return {
        "verdict": f"verdict {of_it}",
        "analysis": f"analysis {of_it}",
        "ask": f"ask What of it? paper={paper}",
        "stop": "stop",
        "dispute": f"dispute {of_it} headline It is another matter.",
        "search": "search cupboard",
        "recent": "recent",
        "similar": f"similar {paper}",
        "report": "report",
        "lens list": "lens list",
        "lens show": "lens show plain",
        "follow add": f"follow add cs.LG lens=plain {there}",
        "follow list": f"follow list {there}",
        "follow edit": f"follow edit {FOLLOW} cards=1 {there}",
        "follow on": f"follow on {FOLLOW} {there}",
        "follow pause": f"follow pause {FOLLOW} {there}",
        "follow mute": f"follow mute {FOLLOW} {there}",
        "follow fewer": f"follow fewer {FOLLOW} {there}",
        "follow preview": f"follow preview {FOLLOW} {there}",
        "follow now": f"follow now {FOLLOW} {there}",
        "follow remove": f"follow remove {FOLLOW} {there}",
        "sharing": "sharing off",
        "status": "status",
        "feedback": "feedback A word of mine.",
        "help": "help",
        "agree": f"agree {of_it}",
        "disagree": f"disagree {of_it}",
        "discuss": f"discuss {of_it}",
        "steelman": f"steelman {of_it}",
        "changes": f"changes {of_it}",
        "open": f"open {menu} 1",
        "about": "about plain",
        "share": f"share {of_it}",
    }


def carried() -> Iterator[tuple[str, str]]:
    """(file, beginning of the command) of every button that the code makes."""
    for file in sorted(BOT.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("Button", "run"):
                command = call.args[-1] if call.args else None
                if isinstance(command, ast.JoinedStr):
                    command = command.values[0]
                if isinstance(command, ast.Constant) and isinstance(command.value, str):
                    yield str(file.relative_to(BOT)), command.value


async def rows_of(store: SqlStore, place: Place, person: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Every row about a place, or about a person in it, of every table, but what was done when and work that waits."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with store._database.read() as connection:
        for table in metadata.sorted_tables:
            if "place" not in table.c or table.name in ("payers", "acts"):
                continue
            wanted = select(table).where(table.c.place == str(place))
            if person:
                if "person" not in table.c:
                    continue
                wanted = wanted.where(table.c.person == person)
            rows = (await connection.execute(wanted)).all()
            if rows:
                found[table.name] = sorted((tuple(row) for row in rows), key=str)
    return found
