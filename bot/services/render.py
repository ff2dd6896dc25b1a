"""A delivery's key and payload -> the post, from what the store knows now."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.core.edition import ClosedEdition, EditionKey
from bot.core.errors import PostRejected
from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.plain import post_of
from bot.core.post import Place, Post, PostKey, PostKind
from bot.core.present import Sheet, card
from bot.core.present_edition import digest, late, listing, opening
from bot.core.report import make_report, report_post
from bot.core.verdict import Verdict
from bot.core.week import IsoWeek
from bot.ports import Store


class Renderer:
    """Makes posts again and again alike: the store is the truth, a resend says the same."""

    def __init__(self, store: Store, lenses: Mapping[str, Lens], readable: Callable[[str], str]) -> None:
        self._store = store
        self._lenses = lenses
        self._readable = readable

    @property
    def readable(self) -> Callable[[str], str]:
        """How a paper's raw text becomes one that people read."""
        return self._readable

    async def post(self, key: PostKey, payload: Mapping[str, Any]) -> Post:
        """The post of that key; `PostRejected` when what it is made of is gone."""
        if payload.get("post"):
            return post_of(payload["post"])
        if key.kind is PostKind.REPORT:
            return await self.report(key.place, IsoWeek.parse(key.subject), payload.get("zone") or "UTC")
        if key.kind is PostKind.CARD and not payload.get("edition"):
            return await self._shared(key)
        edition = await self._edition(payload)
        match key.kind:
            case PostKind.OPENING:
                return opening(edition)
            case PostKind.LATE:
                return late(edition)
        sheets = await self._sheets(key, payload, edition)
        match key.kind:
            case PostKind.CARD:
                return await self._card(key, sheets[0])
            case PostKind.LIST:
                return listing(edition, sheets)
            case PostKind.DIGEST:
                opened = int(payload.get("opened", 0))
                return digest(edition, sheets[:opened], sheets[opened:])
        raise PostRejected(f"There is no way to make a post of the kind {key.kind!r}.", "This is a fault; report it.")

    async def report(self, place: Place, week: IsoWeek, zone: str) -> Post:
        """The Cope Report of a place and week, as far as the week has come."""
        begin, end = week.bounds(zone)
        facts = await self._store.week(place, begin, end)
        return report_post(make_report(week, facts), self._lenses, self._readable)

    async def sheet(self, paper: Paper, verdict: Verdict, day: date | None = None) -> Sheet:
        """A verdict outside any edition: under its primary category, on the day of its latest announcement."""
        lens = self._lenses.get(verdict.provenance.lens)
        if lens is None:
            raise PostRejected(f"The lens {verdict.provenance.lens!r} is not there any more.", "Put it back.")
        if day is None:
            day = (await self._store.latest_days([paper.id])).get(paper.id)
        return Sheet(paper, verdict, lens, paper.primary or "", day, self._readable)

    async def _shared(self, key: PostKey) -> Post:
        """A card that somebody shared."""
        paper_id = ArxivId(key.subject)
        paper, verdict = await self._store.paper(paper_id), await self._store.verdict(paper_id, key.lens)
        if paper is None or verdict is None:
            raise PostRejected("The paper of this post, or its verdict, is not in the store.", "Drop the job.")
        return await self._card(key, await self.sheet(paper, verdict))

    async def _card(self, key: PostKey, sheet: Sheet) -> Post:
        tally = await self._store.tally(key.place, sheet.paper.id, key.lens)
        dispute = await self._store.open_dispute(key.place, sheet.paper.id, key.lens)
        return card(sheet, tally, dispute)

    async def stamp(self, key: PostKey, payload: Mapping[str, Any]) -> str:
        """SHA-256 (hex) of the texts that the post's verdicts were made from; empty when it shows none."""
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        if not ids or key.kind is PostKind.LATE:
            return ""
        verdicts = await self._store.verdicts(ids, key.lens)
        hashes = "".join(verdicts[one].stamp for one in ids if one in verdicts)
        return hashlib.sha256(hashes.encode()).hexdigest()

    async def is_first(self, payload: Mapping[str, Any]) -> bool:
        """Whether every paper of the post is still in its first version."""
        papers = await self._store.papers([ArxivId(paper) for paper in payload.get("papers", ())])
        return all((paper.version or 1) == 1 for paper in papers.values())

    async def _edition(self, payload: Mapping[str, Any]) -> ClosedEdition:
        named = payload.get("edition")
        edition = await self._store.edition(EditionKey.parse(named)) if named else None
        if edition is None:
            raise PostRejected(f"The edition {named} of this post is not in the store.", "Drop the job.")
        return edition

    async def _sheets(self, key: PostKey, payload: Mapping[str, Any], edition: ClosedEdition) -> Sequence[Sheet]:
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        lens = self._lenses.get(key.lens)
        if lens is None:
            raise PostRejected(f"The lens {key.lens!r} is not there any more.", "Put it back, or drop the job.")
        papers = await self._store.papers(ids)
        verdicts = await self._store.verdicts(ids, key.lens)
        sheets = [
            Sheet(papers[one], verdicts[one], lens, _category(papers[one], edition), edition.key.day, self._readable)
            for one in ids
            if one in papers and one in verdicts
        ]
        if len(sheets) != len(ids):
            raise PostRejected("A paper of this post, or its verdict, is not in the store.", "Drop the job.")
        return sheets


def _category(paper: Paper, edition: ClosedEdition) -> str:
    """Where the place met the paper: its primary category if that is followed, else the first that is."""
    followed = edition.follow.categories
    known = [category for category in paper.categories if category in followed]
    return known[0] if known else (paper.primary or followed[0])
