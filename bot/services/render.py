"""A delivery's key and payload -> the post, from what the store knows now."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.edition import ClosedEdition, EditionKey
from bot.core.errors import PostRejected
from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.post import Post, PostKey, PostKind
from bot.core.present import Sheet, card
from bot.core.present_edition import digest, late, listing, opening
from bot.ports import Store


class Renderer:
    """Makes posts again and again alike: the store is the truth, a resend says the same."""

    def __init__(self, store: Store, lenses: Mapping[str, Lens], readable: Callable[[str], str]) -> None:
        self._store = store
        self._lenses = lenses
        self._readable = readable

    async def post(self, key: PostKey, payload: Mapping[str, Any]) -> Post:
        """The post of that key; `PostRejected` when what it is made of is gone."""
        edition = await self._edition(payload)
        match key.kind:
            case PostKind.OPENING:
                return opening(edition)
            case PostKind.LATE:
                return late(edition)
        sheets = await self._sheets(key, payload, edition)
        match key.kind:
            case PostKind.CARD:
                return card(sheets[0])
            case PostKind.LIST:
                return listing(edition, sheets)
            case PostKind.DIGEST:
                opened = int(payload.get("opened", 0))
                return digest(edition, sheets[:opened], sheets[opened:])
        raise PostRejected(f"There is no way to make a post of the kind {key.kind!r}.", "This is a fault; report it.")

    async def stamp(self, key: PostKey, payload: Mapping[str, Any]) -> str:
        """SHA-256 (hex) of the texts that the post's verdicts were made from; empty when it shows none."""
        ids = [ArxivId(paper) for paper in payload.get("papers", ())]
        if not ids or key.kind is PostKind.LATE:
            return ""
        verdicts = await self._store.verdicts(ids, key.lens)
        hashes = "".join(verdicts[one].paper_hash for one in ids if one in verdicts)
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
