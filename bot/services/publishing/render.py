"""A delivery's key and payload -> the post, from what the store knows now."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.core.errors import PostRejected
from bot.core.follows.edition import ClosedEdition, Disposition, EditionKey, Known
from bot.core.follows.follow import Follow
from bot.core.follows.report import make_report, report_post
from bot.core.follows.week import IsoWeek
from bot.core.jobs.wait_reason import NOT_NOTED
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.post import Line, Place, Post, PostKey, PostKind
from bot.core.posts.post_json import post_from_json
from bot.core.present.about import about_lines
from bot.core.present.card import card
from bot.core.present.day_line import day_line
from bot.core.present.discussion import talk_post
from bot.core.present.edition import day_menu, digest, digest_menu, late, listing, opening
from bot.core.present.paper_view import PaperView, UnreadPaper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import rank
from bot.core.verdicts.verdict import Verdict
from bot.ports.store import Store


class Renderer:
    """Makes posts again and again alike: the store is the truth, a resend says the same."""

    def __init__(
        self, store: Store, lenses: Mapping[str, Lens], readable: Callable[[str], str], *, has_model: bool = False
    ) -> None:
        self._store = store
        self._lenses = lenses
        self._readable = readable
        self._has_model = has_model

    @property
    def readable(self) -> Callable[[str], str]:
        """How a paper's raw text becomes one that people read."""
        return self._readable

    async def post(self, key: PostKey, payload: Mapping[str, Any]) -> Post:
        """The post of that key; `PostRejected` when what it is made of is gone."""
        return (await self.stamped(key, payload))[0]

    async def stamped(self, key: PostKey, payload: Mapping[str, Any]) -> tuple[Post, str]:
        """The post of that key with the stamp of what it was made from."""
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        known = await self._store.known(ids, key.lens) if ids else Known({}, {})
        return await self._made(key, payload, known), _stamp(key, ids, known)

    async def _made(self, key: PostKey, payload: Mapping[str, Any], known: Known) -> Post:
        if payload.get("post"):
            return post_from_json(payload["post"])
        if key.kind is PostKind.REPORT:
            return await self.report(key.place, IsoWeek.parse(key.subject), payload.get("zone") or "UTC")
        if key.kind is PostKind.TALK:
            return await self._talk(key, reads_along=bool(payload.get("reads_along")))
        if key.kind is PostKind.CARD and not payload.get("edition"):
            return await self._shared(key)
        if key.kind is PostKind.CARD:
            return await self._card_of_a_day(key, payload, known)
        edition = await self._edition(payload)
        if key.kind is PostKind.LATE:
            return late(edition)
        rows = await self._rows(key, payload, known, edition.key, edition.follow)
        opened = int(payload.get("opened", 0))
        about = await self._about(edition)
        finds = await self._finds(edition) if key.kind in (PostKind.OPENING, PostKind.DIGEST) else None
        after = await self._listed_before(key, edition) if key.kind is PostKind.LIST else None

        def written() -> Post:
            match key.kind:
                case PostKind.LIST:
                    return listing(edition, rows, key, opened, after)
                case PostKind.OPENING:
                    return opening(edition, day_menu(rows, key), about, finds)
                case PostKind.DIGEST:
                    shown = [row for row in rows[:opened] if isinstance(row, PaperView)]
                    return digest(edition, shown, digest_menu(rows, opened, key), about, finds)
            raise _nothing(key)

        return await asyncio.to_thread(written)  # hundreds of titles, whose TeX takes its time

    async def _card_of_a_day(self, key: PostKey, payload: Mapping[str, Any], known: Known) -> Post:
        """A card needs none of its edition's figures, which take longer the more cards there are."""
        edition = EditionKey.parse(payload["edition"])
        follow = await self._store.edition_follow(edition)
        rows = await self._rows(key, payload, known, edition, follow)
        sheet = next((row for row in rows if isinstance(row, PaperView)), None)
        if sheet is None:
            raise _nothing(key)
        return await self._card(key, sheet)

    async def _listed_before(self, key: PostKey, edition: ClosedEdition) -> PaperView | UnreadPaper | None:
        """The last paper of the list before this one."""
        last = await self._store.listed_before(key)
        known = await self._store.known([last], key.lens) if last else Known({}, {})
        if last not in known.papers:
            return None
        return (await self._rows(key, {"papers": [str(last)]}, known, edition.key, edition.follow))[0]

    async def _about(self, edition: ClosedEdition) -> tuple[Line, ...]:
        """What all this is, in a follow's first post."""
        lens = self._lenses.get(edition.follow.lens)
        is_first = await self._store.first_edition(edition.key.follow) == edition.key
        return about_lines(lens, sorted(self._lenses), has_model=self._has_model) if lens and is_first else ()

    async def _finds(self, edition: ClosedEdition) -> Line | None:
        """The day's line, where its lens has one."""
        lens = self._lenses.get(edition.follow.lens)
        if lens is None or lens.week is None or not self._has_model:
            return None
        papers = await self._store.papers_of(edition.key)
        known = await self._store.known(papers, lens.key)
        verdicts = rank(known.verdicts.values())
        sheets = [PaperView(known.papers[one.paper], one, lens, "", None, self._readable) for one in verdicts]
        is_whole = len(sheets) == len(papers) and not edition.fates.get(Disposition.UNREAD)
        return await asyncio.to_thread(day_line, sheets, lens, is_whole=is_whole)

    async def report(self, place: Place, week: IsoWeek, zone: str, *, today: date | None = None) -> Post:
        """The Cope Report of a place and week; `today`: the day, where that week is not over."""
        begin, end = week.bounds(zone)
        facts = await self._store.week(place, begin, end)
        follows = [follow for follow in await self._store.follows() if follow.place == place and not follow.is_draft]
        categories = dict.fromkeys(category for follow in follows for category in follow.categories)
        report = make_report(week, facts, self._lenses)
        return report_post(report, self._lenses, self._readable, tuple(categories), today=today)

    async def sheet(self, paper: Paper, verdict: Verdict, day: date | None = None) -> PaperView:
        """A verdict outside any edition: under its primary category, on the day of its latest announcement."""
        lens = self._lenses.get(verdict.provenance.lens)
        if lens is None:
            raise PostRejected(f"The lens {verdict.provenance.lens!r} is not there any more.", "Put it back.")
        if day is None:
            day = (await self._store.latest_days([paper.id])).get(paper.id)
        return PaperView(paper, verdict, lens, paper.primary or "", day, self._readable)

    async def _shared(self, key: PostKey) -> Post:
        """A card that somebody shared."""
        paper_id = ArxivId(key.subject)
        paper, verdict = await self._store.paper(paper_id), await self._store.verdict(paper_id, key.lens)
        if paper is None or verdict is None:
            raise PostRejected("The paper of this post, or its verdict, is not in the store.", "Drop the job.")
        return await self._card(key, await self.sheet(paper, verdict))

    async def _talk(self, key: PostKey, *, reads_along: bool) -> Post:
        """The first post of a thread."""
        paper, lens = await self._store.paper(ArxivId(key.subject)), self._lenses.get(key.lens)
        if paper is None or lens is None:
            raise PostRejected("The paper of this post, or its lens, is not there any more.", "Drop the job.")
        return self.talk(paper, lens, reads_along=reads_along)

    def talk(self, paper: Paper, lens: Lens, *, reads_along: bool) -> Post:
        """The first post of a paper's thread; `reads_along`: whether what is written there reaches us."""
        return talk_post(paper, lens, self._readable, has_model=self._has_model, reads_along=reads_along)

    async def _card(self, key: PostKey, sheet: PaperView) -> Post:
        tally = await self._store.tally(key.place, sheet.paper.id, key.lens)
        dispute = await self._store.open_dispute(key.place, sheet.paper.id, key.lens)
        return card(sheet, tally, dispute)

    async def stamp(self, key: PostKey, payload: Mapping[str, Any]) -> str:
        """SHA-256 (hex) of what the post's verdicts were made from and what is withdrawn; empty when it shows none."""
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        return _stamp(key, ids, await self._store.known(ids, key.lens)) if ids else ""

    async def _edition(self, payload: Mapping[str, Any]) -> ClosedEdition:
        named = payload.get("edition")
        edition = await self._store.edition(EditionKey.parse(named)) if named else None
        if edition is None:
            raise _no_edition(named)
        return edition

    async def _rows(
        self, key: PostKey, payload: Mapping[str, Any], known: Known, edition: EditionKey, follow: Follow | None
    ) -> Sequence[PaperView | UnreadPaper]:
        """The papers of a post in their order; those that nobody read yet by their titles."""
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        lens = self._lenses.get(key.lens)
        if lens is None:
            raise PostRejected(f"The lens {key.lens!r} is not there any more.", "Put it back, or drop the job.")
        papers, verdicts = known.papers, known.verdicts
        unread = await self._store.unread(edition) if len(verdicts) < len(papers) else {}
        if len(papers) != len(set(ids)):
            raise PostRejected("A paper of this post is not in the store.", "Drop the job.")
        return [
            PaperView(
                papers[arxiv_id],
                verdicts[arxiv_id],
                lens,
                _category(papers[arxiv_id], follow),
                edition.day,
                self._readable,
            )
            if arxiv_id in verdicts
            else UnreadPaper(papers[arxiv_id], self._readable, unread.get(arxiv_id, NOT_NOTED).why)
            for arxiv_id in ids
        ]


def _stamp(key: PostKey, ids: Sequence[ArxivId], known: Known) -> str:
    if not ids or key.kind is PostKind.LATE:
        return ""
    gone = [paper.id for paper in known.papers.values() if paper.is_withdrawn]
    judged = [arxiv_id for arxiv_id in ids if arxiv_id in known.verdicts]
    hashes = "".join(f"{known.verdicts[arxiv_id].stamp}{'-' * (arxiv_id in gone)}" for arxiv_id in judged)
    return hashlib.sha256(hashes.encode()).hexdigest()


def _nothing(key: PostKey) -> PostRejected:
    return PostRejected(f"There is nothing to make a post of the kind {key.kind!r} of.", "Drop the job.")


def _no_edition(named: object) -> PostRejected:
    return PostRejected(f"The edition {named} of this post is not in the store.", "Drop the job.")


def _category(paper: Paper, follow: Follow | None) -> str:
    """Where the place met the paper: its primary category if that is followed, else the first that is."""
    followed = follow.categories if follow else ()
    known = [category for category in paper.categories if category in followed]
    return next(iter(known or filter(None, (paper.primary, *followed))), "")
