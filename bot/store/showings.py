"""What stands where, and the full-text index over it. A verdict is found only in a place where it was shown.

The index is SQLite's FTS5 or PostgreSQL's text search; a subject is a paper seen through a lens.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Select,
    Text,
    and_,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.core.paper import ArxivId, Paper
from bot.core.people import FoundPage, SearchQuery, Shown, Tally, WeekFacts
from bot.core.post import Place
from bot.core.verdict import Verdict
from bot.store.codec import loads_many
from bot.store.feeds import FeedRows, paper_of
from bot.store.rows import chunks, moment, storable, whole
from bot.store.tables import announcements, papers, showings, subjects, verdicts, votes

_WORD = re.compile(r"\w+")
# Title, abstract, headline, analysis: how much a match there weighs.
_INDEX = table("verdict_search")
_DOCUMENT: ColumnElement[Any] = literal_column("verdict_search.document")
_RANK: ColumnElement[float] = literal_column("bm25(verdict_search, 8.0, 2.0, 6.0, 1.0)", Double)
MOST_WORDS = 12
RANKED = 1000


class ShowingRows(FeedRows):
    """The part of the store that remembers what was shown, and finds it."""

    async def _index(self, connection: AsyncConnection, paper: Paper, verdict: Verdict) -> None:
        """Put a verdict into the index, in the place of the one it follows."""
        classes = [one.name.lower() for one in verdict.analysis.classes] if verdict.analysis else []
        row = {"paper": str(paper.id), "lens": verdict.provenance.lens, "classes": f"|{'|'.join(classes)}|"}
        insert = self._insert(subjects).values(**row)
        known = insert.on_conflict_do_update(index_elements=["paper", "lens"], set_={"classes": row["classes"]})
        subject = (await connection.execute(known.returning(subjects.c.id))).scalar_one()
        statements = _INDEX_SQLITE if self._database.is_sqlite else _INDEX_POSTGRES
        for statement in statements:
            await connection.execute(text(statement), {"subject": subject} | _documents(paper, verdict))

    async def _show(
        self, connection: AsyncConnection, place: Place, ids: Iterable[str], lens: str, day: date | None
    ) -> None:
        """Remember that those verdicts stand in the place."""
        shown = (await connection.execute(select(self._database.now()))).scalar_one()
        for piece in chunks(sorted(ids)):
            wanted = select(subjects.c.id).where(subjects.c.lens == lens, subjects.c.paper.in_(piece))
            found = (await connection.execute(wanted)).scalars().all()
            row = {"place": str(place), "day": day.isoformat() if day else None, "shown": shown}
            await self._add(connection, showings, [row | {"subject": subject} for subject in found])

    @whole
    async def is_shown(self, place: Place, paper: ArxivId, lens: str) -> bool:
        """Whether that verdict stands in the place."""
        wanted = _here(place).where(subjects.c.paper == str(paper), subjects.c.lens == lens)
        async with self._database.read() as connection:
            return (await connection.execute(wanted.limit(1))).first() is not None

    @whole
    async def search(self, place: Place, query: SearchQuery, limit: int, offset: int) -> FoundPage:
        """Verdicts that stand in the place, the best match first; without words the latest first."""
        wanted = _here(place)
        order: list[Any] = [showings.c.shown.desc(), subjects.c.id.desc()]
        if query.words:
            words = _WORD.findall(query.words)[:MOST_WORDS]
            if not words:
                return FoundPage(())
            matches = self._hits(place, words, _filters(query))
            wanted = wanted.join(matches, matches.c.subject == subjects.c.id)
            order = [matches.c.rank, *order]
        else:
            wanted = wanted.where(*_filters(query))
        async with self._database.read() as connection:
            rows = (await connection.execute(wanted.order_by(*order).limit(limit + 1).offset(offset))).all()
            shown = await self._shown(connection, rows[:limit])
        return FoundPage(tuple(shown), len(rows) > limit)

    def _hits(self, place: Place, words: Sequence[str], filters: Sequence[ColumnElement[bool]]) -> CTE:
        """(subject, rank) of what holds every word in the place; the lowest rank is the best.

        Of a word that stands nearly everywhere only the latest matches are ranked, so that an answer takes no longer.
        """
        number: ColumnElement[int] = literal_column("verdict_search.rowid", Integer)
        key: ColumnElement[int] = literal_column("+verdict_search.rowid", Integer)  # read the index once, not by row
        rank: ColumnElement[float] = _RANK
        holds: ColumnElement[bool] = literal_column("verdict_search", Text).match(" ".join(f'"{one}"' for one in words))
        if not self._database.is_sqlite:
            query = func.plainto_tsquery("english", " ".join(words))
            number = key = literal_column("verdict_search.subject", Integer)
            rank, holds = -func.ts_rank(_DOCUMENT, query), _DOCUMENT.op("@@", is_comparison=True)(query)
        joined = _INDEX.join(showings, showings.c.subject == key).join(subjects, subjects.c.id == showings.c.subject)
        found = select(number.label("subject"), rank.label("rank")).select_from(joined)
        found = found.where(holds, showings.c.place == str(place), *filters).order_by(number.desc()).limit(RANKED)
        return found.cte("hits").prefix_with("MATERIALIZED")

    async def _shown(self, connection: AsyncConnection, rows: Sequence[Any]) -> list[Shown]:
        """The verdicts of rows of `_here`, in their order."""
        if not rows:
            return []
        pairs = [and_(verdicts.c.paper == row.paper, verdicts.c.lens == row.lens) for row in rows]
        found: dict[tuple[str, str], tuple[Paper, Verdict]] = {}
        for at in range(0, len(pairs), 50):
            latest = select(func.max(verdicts.c.id)).where(_any(pairs[at : at + 50]))
            latest = latest.group_by(verdicts.c.paper, verdicts.c.lens)
            both = select(verdicts.c.body, papers).join(papers, papers.c.id == verdicts.c.paper)
            known = (await connection.execute(both.where(verdicts.c.id.in_(latest)))).all()
            judged = await loads_many([row.body for row in known], Verdict)
            for row, verdict in zip(known, judged, strict=True):
                found[row.id, verdict.provenance.lens] = paper_of(row), verdict
        shown = [(row, found.get((row.paper, row.lens))) for row in rows]
        return [Shown(*both, _day(row.day), moment(row.shown)) for row, both in shown if both]

    @whole
    async def week(self, place: Place, begin: datetime, end: datetime) -> WeekFacts:
        """What was shown in the place from `begin` until before `end`, and its votes."""
        within = showings.c.shown.between(begin.timestamp(), end.timestamp() - 1e-6)
        async with self._database.read() as connection:
            rows = (await connection.execute(_here(place).where(within).order_by(subjects.c.id))).all()
            shown = await self._shown(connection, rows)
            tallies = await self._tallies(connection, place)
        known = {(one.paper.id, one.verdict.provenance.lens) for one in shown}
        return WeekFacts(tuple(shown), {key: tally for key, tally in tallies.items() if key in known})

    async def _tallies(self, connection: AsyncConnection, place: Place) -> Mapping[tuple[ArxivId, str], Tally]:
        """All votes of a place."""
        counted = (
            select(votes.c.paper, votes.c.lens, votes.c.choice, func.count().label("count"))
            .where(votes.c.place == str(place))
            .group_by(votes.c.paper, votes.c.lens, votes.c.choice)
        )
        figures: dict[tuple[ArxivId, str], dict[str, int]] = {}
        for row in (await connection.execute(counted)).all():
            figures.setdefault((ArxivId(row.paper), row.lens), {})[row.choice] = row[3]
        return {key: Tally(**found) for key, found in figures.items()}

    @whole
    async def latest_days(self, ids: Iterable[ArxivId]) -> Mapping[ArxivId, date]:
        """The latest announcement day of each paper that was ever announced."""
        found: dict[ArxivId, date] = {}
        async with self._database.read() as connection:
            for piece in chunks([str(one) for one in ids]):
                days = select(announcements.c.paper, func.max(announcements.c.day)).where(
                    announcements.c.paper.in_(piece)
                )
                rows = (await connection.execute(days.group_by(announcements.c.paper))).all()
                found |= {ArxivId(paper): date.fromisoformat(day) for paper, day in rows}
        return found


def _here(place: Place) -> Select[Any]:
    """(paper, lens, day, shown) of everything that stands in a place."""
    columns = (subjects.c.paper, subjects.c.lens, showings.c.day, showings.c.shown)
    joined = select(*columns).join_from(showings, subjects, subjects.c.id == showings.c.subject)
    return joined.where(showings.c.place == str(place))


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.paper:
        found.append(subjects.c.paper == str(query.paper))
    if query.lens:
        found.append(subjects.c.lens == query.lens)
    if query.since:
        found.append(showings.c.day >= query.since.isoformat())
    if query.until:
        found.append(showings.c.day <= query.until.isoformat())
    if query.class_name:
        found.append(subjects.c.classes.contains(f"|{query.class_name.lower()}|", autoescape=True))
    if query.categories:
        of_these = announcements.c.category.in_(query.categories)
        found.append(exists().where(announcements.c.paper == subjects.c.paper, of_these))
    return found


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *others = conditions
    for one in others:
        first = first | one
    return first


def _day(words: str | None) -> date | None:
    return date.fromisoformat(words) if words else None


def _documents(paper: Paper, verdict: Verdict) -> dict[str, str]:
    """What is searched of a verdict, by column."""
    analysis = verdict.analysis
    words = {"title": paper.title, "abstract": paper.abstract, "headline": "", "analysis": ""}
    if analysis is not None:
        assumed = [f"{one.proposition} {one.exposure}" for one in analysis.assumptions]
        fallacy = (analysis.fallacy.assumed, analysis.fallacy.instead) if analysis.fallacy else ()
        parts = (analysis.does, analysis.dissection.text, *fallacy, *assumed, analysis.social_function)
        words |= {"headline": analysis.headline, "analysis": "\n".join((*parts, analysis.verdict, analysis.closing))}
    return {name: storable(value) for name, value in words.items()}


_INDEX_SQLITE = (
    "DELETE FROM verdict_search WHERE rowid = :subject",
    "INSERT INTO verdict_search (rowid, title, abstract, headline, analysis) "
    "VALUES (:subject, :title, :abstract, :headline, :analysis)",
)
_INDEX_POSTGRES = (
    "INSERT INTO verdict_search (subject, document) VALUES (:subject, "
    "setweight(to_tsvector('english', :title), 'A') || setweight(to_tsvector('english', :headline), 'B') || "
    "setweight(to_tsvector('english', :abstract), 'C') || setweight(to_tsvector('english', :analysis), 'D')) "
    "ON CONFLICT (subject) DO UPDATE SET document = excluded.document",
)
