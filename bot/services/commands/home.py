"""A person's overview: what is followed where they are, the latest verdicts there, and how the feeds are."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.commands.people import SearchQuery, Shown
from bot.core.papers.calendar import eastern_day
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import line
from bot.core.posts.post import Line, LineRole, Place
from bot.core.present.connection import closure_words
from bot.core.present.edition import row
from bot.core.present.follow import follow_lines
from bot.core.present.status_lines import truth_line
from bot.core.verdicts.lens import Lens
from bot.ports.platform import Home
from bot.ports.store import Store
from bot.services.publishing.render import Renderer
from bot.text.tex import readable

VERDICTS_SHOWN = 5
PLACES_MOST = 40


async def home_of(
    store: Store, lenses: Mapping[str, Lens], places: Sequence[Place], now: datetime, *, has_model: bool
) -> Home:
    """The overview of those places and no others."""
    today = eastern_day(now)
    follows = [follow for follow in await store.follows() if follow.place in places and not follow.is_draft]
    followed = [(follow, follow_lines(follow, today, has_model=has_model)) for follow in follows]
    categories = sorted({name for follow in follows for name in follow.categories})
    states = [await store.feed_state(name) for name in categories]
    closed = [line(LineRole.ROW, closure_words(closure)) for closure in await store.closures(places)]
    health = [*(line(LineRole.ROW, truth_line(state)) for state in states), *closed]
    return Home(today, followed, await _recent(store, lenses, places), health)


async def _recent(store: Store, lenses: Mapping[str, Lens], places: Sequence[Place]) -> list[Line]:
    """The latest verdicts, each paper once."""
    found: dict[ArxivId, Shown] = {}
    for place in places[:PLACES_MOST]:
        for hit in (await store.search(place, SearchQuery(lenses=tuple(lenses)), VERDICTS_SHOWN, 0)).hits:
            found.setdefault(hit.paper.id, hit)
    latest = sorted(found.values(), key=lambda item: item.shown_at, reverse=True)[:VERDICTS_SHOWN]
    renderer = Renderer(store, lenses, readable)
    return [row(await renderer.sheet(shown.paper, shown.verdict, shown.day)) for shown in latest]
