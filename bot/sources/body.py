"""The bytes of an answer as they come in: unpacked here, so that no bomb unfolds beyond the limit."""

import zlib

from bot.core.errors import SourceUnavailable
from bot.core.papers.feed import Outcome


class Body:
    """Collects and unpacks the pieces of one answer, never more than `limit` bytes. `encoding`: none or gzip."""

    def __init__(self, encoding: str, limit: int) -> None:
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            what = f"arXiv's answer is packed as {encoding[:20]!r}, which was not asked for."
            raise SourceUnavailable(Outcome.MALFORMED, what)
        self._unpacking = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
        self._limit = limit
        self._bytes = bytearray()
        self._came = False

    def add(self, piece: bytes) -> None:
        """The next bytes off the wire; `SourceUnavailable` when they are too many or no gzip."""
        self._came = self._came or bool(piece)
        if self._unpacking is not None:
            try:
                piece = self._unpacking.decompress(piece, self._limit + 1 - len(self._bytes))
            except zlib.error as error:
                raise SourceUnavailable(Outcome.MALFORMED, "arXiv's answer cannot be unpacked.") from error
        self._bytes += piece
        if len(self._bytes) > self._limit:
            what = f"arXiv's answer is larger than {self._limit} bytes."
            raise SourceUnavailable(Outcome.TOO_LARGE, what, "Raise arxiv.max_bytes if that is right.")

    def whole(self) -> bytes:
        """Everything; `SourceUnavailable` when the packed bytes end too early."""
        if self._unpacking is not None and self._came and not self._unpacking.eof:
            raise SourceUnavailable(Outcome.TRUNCATED, "The packed answer broke off.")
        return bytes(self._bytes)
