"""Forgetting a person, a place or a whole community: by every column of every table, so that a new one is walked, too.

Rows that are of the one who is forgotten go; where others' rows only name them, the name is struck out.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, String, Table, Text, and_, delete, or_, select, update

from bot.core.commands.payer import mark
from bot.core.jobs.job import Queue
from bot.core.posts.post import Place
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.repository import chunks
from bot.store.database.tables import (
    announcements,
    calls,
    editions,
    fates,
    feeds,
    follows,
    jobs,
    metadata,
    papers,
    plans,
    post_papers,
    posts,
    talks,
    texts,
    verdicts,
)
from bot.store.database.tables_turns import unknown_papers
from bot.store.follows.follows import FollowRepository

OF_ALL = (papers, announcements, verdicts, texts, feeds, calls, unknown_papers)
"""What is of nobody: arXiv's papers, and what was thought of them."""

ASKED = (Queue.LOOK, Queue.ANSWER, Queue.REMARK)
SNOWFLAKE = re.compile(r"discord:(\d{15,})")
SLACK_MEMBER = re.compile(r"slack:\w+/([UW]\w+)")


class ForgettingRepository(FollowRepository):
    """The part of the store that forgets."""

    async def forget_person(self, person: str) -> int:
        """Delete everything stored about a person, and what was followed in their direct messages; how many rows."""
        async with self._database.write() as connection:
            alone = update(talks).where(talks.c.alone == person).values(alone="")
            gone = int((await connection.execute(alone)).rowcount)
            await connection.execute(update(calls).where(calls.c.person == mark(person)).values(person=""))
            gone += await self._clear(connection, Place.private(person))
            return gone + await _erase(connection, person)

    async def forget_place(self, place: Place) -> int:
        """Delete everything stored about a place: follows, votes, requests, feedback, posts; how many rows."""
        async with self._database.write() as connection:
            return await self._clear(connection, place)

    async def forget_community(self, community: str) -> int:
        """Delete every row that still names a guild or workspace, its places or people, after its places went; how
        many rows."""
        async with self._database.write() as connection:
            ours = update(calls).where(calls.c.community == mark(community)).values(community="", person="")
            await connection.execute(ours)
            return await _erase(connection, community, is_community=True)

    async def _clear(self, connection: AsyncConnection, place: Place) -> int:
        """What a place's rows lead to and does not name it, then every row that does."""
        name = str(place)
        await self._database.lock(connection, name)
        followed = (await connection.execute(select(follows.c.name).where(follows.c.place == name))).scalars().all()
        for follow in followed:
            await self._drop_editions(connection, follow)
        planned = select(plans.c.edition).where(plans.c.place == name)
        closed = select(editions.c.key).where(or_(editions.c.key.in_(planned), editions.c.follow.in_(followed)))
        keys = (await connection.execute(closed)).scalars().all()
        gone = await _delete(connection, jobs, and_(jobs.c.lane == name, jobs.c.queue == Queue.DELIVER))
        shown = select(posts.c.key).where(posts.c.place == name)
        gone += await _delete(connection, post_papers, post_papers.c.key.in_(shown))
        for piece in chunks(keys):
            gone += await _delete(connection, fates, fates.c.edition.in_(piece))
            gone += await _delete(connection, editions, editions.c.key.in_(piece))
        return gone + await _erase(connection, name)


async def _erase(connection: AsyncConnection, name: str, *, is_community: bool = False) -> int:
    """Delete what is of the one named, strike the name out of all else; how many rows were touched."""
    touched = 0
    for table in metadata.sorted_tables:
        if table in OF_ALL:
            continue
        words = [
            column
            for column in table.c
            if isinstance(column.type, String) and (is_community or column.name != "community")
        ]
        for row in await _naming(connection, table, words, name):
            struck = {word.name: struck_out(row._mapping[word.name], name, is_community) for word in words}
            changed = {key: value for key, value in struck.items() if value != row._mapping[key]}
            if changed:
                touched += 1
                is_theirs = is_community or _is_theirs(table, row, changed, name)
                await _end(connection, table, row, {} if is_theirs else changed)
    return touched


async def _naming(connection: AsyncConnection, table: Table, words: Sequence[Any], name: str) -> Sequence[Row[Any]]:
    """The rows in which that may be named; LIKE knows no bounds of words, `struck_out` does."""
    if not words:
        return ()
    named = or_(*(column.contains(part, autoescape=True) for column in words for part in _forms(name)))
    return (await connection.execute(select(table).where(named))).all()


def _is_theirs(table: Table, row: Row[Any], changed: dict[str, Any], name: str) -> bool:
    """Whether a row is of the one named, not of somebody who names them: in a key, or as who asked for work."""
    if any(not isinstance(table.c[column].type, Text) for column in changed):
        return True
    if table is not jobs:
        return False
    told = any(f'"{key}":"{name}"' in row.payload for key in ("person", "place"))
    return row.queue in ASKED or (told and row.queue == Queue.DELIVER)


async def _end(connection: AsyncConnection, table: Table, row: Row[Any], changed: dict[str, Any]) -> None:
    """Delete a row, or change it where there is something to keep."""
    this = and_(*(column == row._mapping[column.name] for column in table.primary_key))
    await connection.execute(update(table).where(this).values(**changed) if changed else delete(table).where(this))


def _forms(name: str) -> Iterator[str]:
    """How somebody is written down: by their whole name, by a number of Discord's, which is nobody else's, and in words
    of others as Slack writes a mention."""
    yield name
    if number := SNOWFLAKE.fullmatch(name):
        yield number[1]
    if member := SLACK_MEMBER.fullmatch(name):
        yield f"<@{member[1]}"


def struck_out(text: str | None, name: str, is_community: bool = False) -> str | None:
    """`text` without that name where it stands as a whole: never within a longer one, nor as that of a community."""
    for form in _forms(name) if text else ():
        if form.startswith("<@"):  # with the name that Slack may put behind the id
            text = re.sub(rf"{re.escape(form)}(?:\|[^<>]*)?>", "", text or "")
            continue
        not_community = "" if is_community else r'(?<!"community":")(?<!"community":"discord:)'
        text = re.sub(rf"{not_community}(?<!\w){re.escape(form)}(?!\w|[.-]\w)", "", text or "")
    return text


async def _delete(connection: AsyncConnection, table: Table, which: Any) -> int:
    return int((await connection.execute(delete(table).where(which))).rowcount)
