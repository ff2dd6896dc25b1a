"""A person's overview: what is followed where they are, the latest verdicts there, and how the feeds are."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.core.lens import Lens
from bot.core.people import SearchQuery, Shown
from bot.core.phrase import line
from bot.core.post import Line, Place, Role
from bot.core.present_edition import row
from bot.core.present_follow import follow_lines
from bot.core.present_status import closure_words
from bot.core.schedule import eastern_day
from bot.core.truth import truth_line
from bot.ports import Store
from bot.ports_platform import Home
from bot.services.render import Renderer
from bot.text.tex import readable

RECENT = 5
PLACES = 40


async def home_of(store: Store, lenses: Mapping[str, Lens], places: Sequence[Place]) -> Home:
    """The overview of those places and no others."""
    today = eastern_day(datetime.now(UTC))
    follows = [one for one in await store.follows() if one.place in places and not one.is_draft]
    followed = [text for one in follows for text in follow_lines(one, today)]
    categories = sorted({name for one in follows for name in one.categories})
    states = [await store.feed_state(name) for name in categories]
    closed = [line(Role.ROW, closure_words(one)) for one in await store.closures(places)]
    health = [*(line(Role.ROW, truth_line(one)) for one in states), *closed]
    return Home(followed, await _recent(store, lenses, places), health)


async def _recent(store: Store, lenses: Mapping[str, Lens], places: Sequence[Place]) -> list[Line]:
    """The latest verdicts, each paper once."""
    found: dict[tuple[str, str], Shown] = {}
    for place in places[:PLACES]:
        for one in (await store.search(place, SearchQuery(), RECENT, 0)).hits:
            found.setdefault((str(one.paper.id), one.verdict.provenance.lens), one)
    latest = sorted(found.values(), key=lambda one: one.shown_at, reverse=True)[:RECENT]
    renderer = Renderer(store, lenses, readable)
    return [
        row(await renderer.sheet(one.paper, one.verdict, one.day))
        for one in latest
        if one.verdict.provenance.lens in lenses
    ]
