"""The texts as the settings build them: asked of the site that they name, within their limits, kept over restarts."""

from pathlib import Path

from bot.app import open_app
from bot.config.settings import Settings
from bot.core.fulltext.fulltext import FullText, TextKind
from bot.core.papers.paper import ArxivId, Paper
from tests.fakes import latexml
from tests.fakes.arxiv import FakeArxiv

PAPER = Paper(ArxivId("2606.00001"), 1, "On Cupboards", "We fill them.", "A. Author", ("cs.AI",))


async def fetched(arxiv: FakeArxiv, folder: Path, **text: int) -> FullText:
    """The text by an app of its own over one store."""
    where = {"feed_url": arxiv.url, "api_url": arxiv.api_url, "site_url": arxiv.url, "request_gap_seconds": 0}
    said = {"arxiv": where, "store": {"url": str(folder / "store.db")}, "text": text}
    async with open_app(Settings.model_validate(said | {"platforms": {"console": {"show": False}}})) as app:
        return await app.texts.fetch_text(PAPER)


async def test_a_text_is_kept_over_restarts_and_the_settings_limits_hold(tmp_path: Path) -> None:
    async with FakeArxiv() as arxiv:
        arxiv.pages["2606.00001v1"] = latexml.page(latexml.sections(2))
        first = await fetched(arxiv, tmp_path)
        assert first.basis.kind is TextKind.HTML
        assert await fetched(arxiv, tmp_path) == first
        assert arxiv.count("html") == 1
        short = await fetched(arxiv, tmp_path, max_characters=1000)
        assert short.basis.characters <= 1000
        assert arxiv.count("html") == 2
