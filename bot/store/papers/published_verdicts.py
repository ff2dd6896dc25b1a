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

from bot.core.commands.people import FoundPage, SearchQuery, Shown, Tally, WeekFacts
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.post import Place
from bot.core.verdicts.verdict import Verdict
from bot.store.database.async_engine import AsyncConnection
from bot.store.database.codec import loads_many
from bot.store.database.repository import chunks, moment, prepared, storable
from bot.store.database.tables import announcements, papers, showings, subjects, verdicts, votes
from bot.store.papers.feeds import FeedRepository, paper_of

_WORD = re.compile(r"\w+")
# Title, abstract, headline, analysis: how much a match there weighs.
_INDEX = table("verdict_search")
_DOCUMENT: ColumnElement[Any] = literal_column("verdict_search.document")
_RANK: ColumnElement[float] = literal_column("bm25(verdict_search, 8.0, 2.0, 6.0, 1.0)", Double)
MOST_WORDS = 12
STEP_SECONDS = 1e-6  # between the moments of papers that were shown at once, so that the latest come by their rank
HITS_RANKED = 1000
LEAST_STEM, LONGEST_ENDING = 3, 6  # letters: of what a stem keeps at least, and of what it leaves off at most


class PublishedVerdictRepository(FeedRepository):
    """The part of the store that remembers what was shown, and finds it."""

    async def _index(self, connection: AsyncConnection, judged: Sequence[tuple[Paper, Verdict]]) -> None:
        """Put verdicts into the index, each in the place of the one it follows."""
        if not judged:
            return
        known, _ = self._subjects_put()
        rows = [_subject_row(verdict) for _, verdict in judged]
        numbers = {(row.paper, row.lens): row.id for row in (await connection.execute(known, rows)).all()}
        entries = [
            {"subject": numbers[str(paper.id), verdict.provenance.lens]} | _documents(paper, verdict)
            for paper, verdict in judged
        ]
        for statement in _INDEX_SQLITE if self._database.is_sqlite else _INDEX_POSTGRES:
            await connection.execute(statement, entries)

    @prepared
    def _subjects_put(self) -> Any:
        insert = self._insert(subjects)
        changed = {"classes": insert.excluded.classes}
        put = insert.on_conflict_do_update(index_elements=["paper", "lens"], set_=changed)
        return put.returning(subjects.c.id, subjects.c.paper, subjects.c.lens)

    async def _show(
        self, connection: AsyncConnection, place: Place, ids: Iterable[str], lens: str, day: date | None
    ) -> None:
        """Remember that those verdicts stand in the place, the first as the latest of them."""
        now = await self._moment(connection)
        ordered = list(ids)
        shown = {paper: now + (len(ordered) - at) * STEP_SECONDS for at, paper in enumerate(ordered)}
        row = {"place": str(place), "day": day.isoformat() if day else None}
        for piece in chunks(sorted(shown)):
            wanted = select(subjects.c.id, subjects.c.paper).where(subjects.c.lens == lens, subjects.c.paper.in_(piece))
            found = (await connection.execute(wanted)).all()
            rows = [row | {"subject": one.id, "shown": shown[one.paper]} for one in found]
            await self._add(connection, showings, rows)

    async def is_shown(self, place: Place, paper: ArxivId, lens: str) -> bool:
        """Whether that verdict stands in the place."""
        wanted = _here(place).where(subjects.c.paper == str(paper), subjects.c.lens == lens)
        async with self._database.read() as connection:
            return (await connection.execute(wanted.limit(1))).first() is not None

    async def search(self, place: Place, query: SearchQuery, limit: int, offset: int) -> FoundPage:
        """Verdicts that stand in the place, one a paper, the best match first; without words the latest first."""
        wanted = _here(place)
        order: list[Any] = [showings.c.shown.desc(), subjects.c.id.desc()]
        if query.words:
            words = _WORD.findall(query.words)[:MOST_WORDS]
            if not words:
                return FoundPage(())
            matches = self._hits(place, words, query)
            wanted = wanted.join(matches, matches.c.subject == subjects.c.id)
            order = [matches.c.rank, *order]
        else:
            wanted = wanted.where(*_filters(query))
        async with self._database.read() as connection:
            rows = (await _one_a_paper(connection, wanted.order_by(*order), offset + limit + 1))[offset:]
            shown = await self._shown(connection, rows[:limit])
        return FoundPage(tuple(shown), len(rows) > limit)

    def _hits(self, place: Place, words: Sequence[str], query: SearchQuery) -> CTE:
        """(subject, rank) of what holds every word in the place, or any; the lowest rank is the best.

        Of a word that stands nearly everywhere only the latest matches are ranked, so that an answer takes no longer.
        """
        number: ColumnElement[int] = literal_column("verdict_search.rowid", Integer)
        key: ColumnElement[int] = literal_column("+verdict_search.rowid", Integer)  # read the index once, not by row
        rank: ColumnElement[float] = _RANK
        sought = (" OR " if query.is_any else " ").join(f'"{word}"' for word in words)
        if query.is_begun:
            sought = " AND ".join(f"({' OR '.join(_begun(word, chr(34), '*'))})" for word in words)
        holds: ColumnElement[bool] = literal_column("verdict_search", Text).match(sought)
        if not self._database.is_sqlite:
            terms = _terms(words, query)
            number = key = literal_column("verdict_search.subject", Integer)
            rank, holds = -func.ts_rank(_DOCUMENT, terms), _DOCUMENT.op("@@", is_comparison=True)(terms)
        joined = _INDEX.join(showings, showings.c.subject == key).join(subjects, subjects.c.id == showings.c.subject)
        found = select(number.label("subject"), rank.label("rank")).select_from(joined)
        found = (
            found.where(holds, showings.c.place == str(place), *_filters(query))
            .order_by(number.desc())
            .limit(HITS_RANKED)
        )
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

    async def week(self, place: Place, begin: datetime, end: datetime) -> WeekFacts:
        """What was shown in the place from `begin` until before `end`, and its votes."""
        within = showings.c.shown.between(begin.timestamp(), end.timestamp() - 1e-6)
        async with self._database.read() as connection:
            rows = (await connection.execute(_here(place).where(within).order_by(subjects.c.id))).all()
            shown = await self._shown(connection, rows)
            tallies = await self._tallies(connection, place)
        known = {(verdict_shown.paper.id, verdict_shown.verdict.provenance.lens) for verdict_shown in shown}
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

    async def showings_of(self, id: ArxivId) -> Sequence[tuple[Place, datetime]]:
        """The places in which a verdict on the paper was shown, and when."""
        joined = select(showings.c.place, showings.c.shown).join(subjects, subjects.c.id == showings.c.subject)
        async with self._database.read() as connection:
            rows = (await connection.execute(joined.where(subjects.c.paper == str(id)))).all()
        return [(Place.parse(row.place), moment(row.shown)) for row in rows]

    async def latest_days(self, ids: Iterable[ArxivId]) -> Mapping[ArxivId, date]:
        """The latest announcement day of each paper that was ever announced."""
        found: dict[ArxivId, date] = {}
        async with self._database.read() as connection:
            for piece in chunks([str(arxiv_id) for arxiv_id in ids]):
                days = select(announcements.c.paper, func.max(announcements.c.day)).where(
                    announcements.c.paper.in_(piece)
                )
                rows = (await connection.execute(days.group_by(announcements.c.paper))).all()
                found |= {ArxivId(paper): date.fromisoformat(day) for paper, day in rows}
        return found


def _terms(words: Sequence[str], query: SearchQuery) -> ColumnElement[Any]:
    """What PostgreSQL looks for."""
    if query.is_begun:
        typed = " & ".join(f"({' | '.join(_begun(word, chr(39), ':*'))})" for word in words)
        return func.to_tsquery("english", typed)
    if not query.is_any:
        return func.plainto_tsquery("english", " ".join(words))
    first, *others = (func.plainto_tsquery("english", word) for word in words)
    terms: ColumnElement[Any] = first
    for other in others:
        terms = terms.op("||")(other)
    return terms


def _here(place: Place) -> Select[Any]:
    """(paper, lens, day, shown) of everything that stands in a place."""
    columns = (subjects.c.paper, subjects.c.lens, showings.c.day, showings.c.shown)
    joined = select(*columns).join_from(showings, subjects, subjects.c.id == showings.c.subject)
    return joined.where(showings.c.place == str(place))


async def _one_a_paper(connection: AsyncConnection, wanted: Select[Any], most: int) -> list[Any]:
    """The first so many rows of different papers: of a paper that was read through several lenses the first row."""
    taken = most
    while True:
        rows = (await connection.execute(wanted.limit(taken))).all()
        first: dict[str, Any] = {}
        for row in rows:
            first.setdefault(row.paper, row)
        if len(first) >= most or len(rows) < taken:
            return list(first.values())[:most]
        taken *= 2


def _begun(word: str, quote: str, any_end: str) -> list[str]:
    """What finds the words that begin so, for either index: both keep stems, and a stem may end before what is typed.

    `automat` finds *automated*, which is kept as `autom`.
    """
    ends = range(len(word) - 1, max(LEAST_STEM, len(word) - LONGEST_ENDING) - 1, -1)
    return [f"{quote}{word}{quote}{any_end}", *(f"{quote}{word[:end]}{quote}" for end in ends)]


def _filters(query: SearchQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.paper:
        found.append(subjects.c.paper == str(query.paper))
    if query.but:
        found.append(subjects.c.paper != str(query.but))
    if query.begins:
        found.append(subjects.c.paper.startswith(query.begins, autoescape=True))
    if query.lenses:
        found.append(subjects.c.lens.in_(query.lenses))
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
    for other in others:
        first = first | other
    return first


def _day(words: str | None) -> date | None:
    return date.fromisoformat(words) if words else None


def _subject_row(verdict: Verdict) -> dict[str, str]:
    names = [classification.name.lower() for classification in verdict.analysis.classes] if verdict.analysis else []
    return {"paper": str(verdict.paper), "lens": verdict.provenance.lens, "classes": f"|{'|'.join(names)}|"}


def _documents(paper: Paper, verdict: Verdict) -> dict[str, str]:
    """What is searched of a verdict, by column."""
    short, analysis = verdict.short, verdict.analysis
    words = {"title": paper.title, "abstract": paper.abstract, "headline": "", "analysis": ""}
    parts: list[str] = []
    if short is not None:
        words["headline"] = short.headline
        parts += [short.does, *([short.fallacy.line] if short.fallacy else [])]
    if analysis is not None:
        fallacy = (analysis.fallacy.assumed, analysis.fallacy.instead) if analysis.fallacy else ()
        assumed = [f"{assumption.proposition} {assumption.exposure}" for assumption in analysis.assumptions]
        parts += [analysis.dissection.text, *fallacy, *assumed, analysis.social_function]
        parts += [analysis.verdict, analysis.closing]
    words["analysis"] = "\n".join(parts)
    return {name: storable(value) for name, value in words.items()}


_INDEX_SQLITE = (
    text("DELETE FROM verdict_search WHERE rowid = :subject"),
    text(
        "INSERT INTO verdict_search (rowid, title, abstract, headline, analysis) "
        "VALUES (:subject, :title, :abstract, :headline, :analysis)"
    ),
)
_INDEX_POSTGRES = (
    text(
        "INSERT INTO verdict_search (subject, document) VALUES (:subject, "
        "setweight(to_tsvector('english', :title), 'A') || setweight(to_tsvector('english', :headline), 'B') || "
        "setweight(to_tsvector('english', :abstract), 'C') || setweight(to_tsvector('english', :analysis), 'D')) "
        "ON CONFLICT (subject) DO UPDATE SET document = excluded.document"
    ),
)
