"""Full texts that were read before: a cache within a budget of bytes, the longest unused goes first.

Kept only so that arXiv is asked once; nothing here is ever handed on but short quotations.
"""

import asyncio
import zlib

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.core.fulltext.fulltext import FullText
from bot.core.papers.paper import ArxivId
from bot.store.database.codec import dumps, loads
from bot.store.database.repository import Repository, storable
from bot.store.database.tables import texts

USE_NOTED_SECONDS = 60.0
PACKING = 6


class TextRepository(Repository):
    """The part of the store that is `ports_text.TextCache`."""

    async def get_text(self, paper: ArxivId, version: int, extractor: str) -> FullText | None:
        """What that extractor made of that version; None when it is not kept. Notes by the minute that it is used."""
        now = self._database.now()
        this = _key(paper, version, extractor)
        wanted = select(texts.c.body, texts.c.used, now.label("now")).where(this)
        async with self._database.read() as connection:
            row = (await connection.execute(wanted)).first()
        if row is None:
            return None
        if row.now - row.used > USE_NOTED_SECONDS:
            async with self._database.write() as connection:
                await connection.execute(update(texts).where(this).values(used=now))
        return await asyncio.to_thread(_unpacked, row.body)

    async def put_text(self, text: FullText, version: int, extractor: str, budget: int) -> None:
        """Keep a text, and let go of others until all fit into `budget` bytes; one that is larger itself drives none
        out and stays until the next comes, for those who wait for it."""
        body = await asyncio.to_thread(_packed, text)
        row = {"paper": str(text.paper), "version": version, "extractor": extractor, "size": len(body), "body": body}
        async with self._database.write() as connection:
            await self._database.lock(connection, "texts")
            await self._put(connection, texts, row | {"used": self._database.now()})
            newest = select(texts.c.paper, texts.c.version, texts.c.extractor, texts.c.size)
            total = 0
            this = (str(text.paper), version, extractor)
            rows = (await connection.execute(newest.order_by(texts.c.used.desc()))).all()
            for each in sorted(rows, key=lambda row: (row.paper, row.version, row.extractor) != this):
                if each.size > budget and (each.paper, each.version, each.extractor) == this:
                    continue
                total += each.size
                if total > budget:
                    await connection.execute(delete(texts).where(_key(each.paper, each.version, each.extractor)))


def _key(paper: ArxivId | str, version: int, extractor: str) -> ColumnElement[bool]:
    return and_(texts.c.paper == str(paper), texts.c.version == version, texts.c.extractor == extractor)


def _packed(text: FullText) -> bytes:
    return zlib.compress(storable(dumps(text)).encode(), PACKING)


def _unpacked(body: bytes) -> FullText:
    return loads(zlib.decompress(body).decode(), FullText)
