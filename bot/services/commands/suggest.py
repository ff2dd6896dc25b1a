"""What a person may mean who began to type an option: lenses, papers that stand in their place, its follows."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from zoneinfo import available_timezones

from bot.core.commands.event import Actor
from bot.core.commands.options import Option, OptionKind
from bot.core.commands.people import SearchQuery
from bot.core.papers.arxiv_id import paper_named
from bot.core.papers.categories import CATEGORIES
from bot.core.posts.phrase import sanitize, sentence, shown, truncate
from bot.core.posts.post import Place
from bot.core.verdicts.lens import Lens
from bot.ports.store import Store
from bot.text.tex import readable

SUGGESTION_MOST = 95
_ID = re.compile(r"\d{2,4}(?:\.\d{0,5})?|[a-z-]{2,12}/\d{0,7}", re.IGNORECASE | re.ASCII)
_CONTINENTS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
Suggestions = Sequence[tuple[str, str]]


async def suggestions(
    store: Store, lenses: Mapping[str, Lens], asker: Actor, option: Option, typed: str, most: int
) -> Suggestions:
    """(words to show, value), the likeliest first; nothing of any other place."""
    typed, place = typed.strip(), asker.place
    if asker.within is not None and await store.is_known(asker.within):
        place = asker.within
    match option.kind:
        case OptionKind.LENS:
            return _lenses(lenses, typed)[:most]
        case OptionKind.PAPER:
            return await _papers(store, place, typed, most)
        case OptionKind.NAME if option.name == "name":
            return (await _follows(store, place, typed))[:most]
        case OptionKind.NAME if option.name == "class":
            return _classes(lenses, typed)[:most]
        case OptionKind.CATEGORIES:
            return _categories(typed)[:most]
        case OptionKind.ZONE:
            return _zones(typed)[:most]
    return ()


def _lenses(lenses: Mapping[str, Lens], typed: str) -> Suggestions:
    found = [lens for key, lens in sorted(lenses.items()) if typed.lower() in f"{key} {lens.name}".lower()]
    found.sort(key=lambda lens: not lens.key.startswith(typed.lower()))
    return [(truncate(f"{lens.key}: {sentence(lens.summary)}", SUGGESTION_MOST), lens.key) for lens in found]


async def _papers(store: Store, place: Place, typed: str, most: int) -> Suggestions:
    """Papers that stand in the place: the latest, or those that the words (or the id) find, as far as typed."""
    paper = paper_named(typed)
    if paper is not None:
        query = SearchQuery(paper=paper)
    elif _ID.fullmatch(typed):
        query = SearchQuery(begins=typed.lower())
    else:
        query = SearchQuery(words=typed, is_begun=True)
    page = await store.search(place, query, most, 0)
    found = await asyncio.to_thread(
        lambda: {str(hit.paper.id): shown(hit.paper.title, readable) for hit in page.hits}  # TeX takes its time
    )
    return [(truncate(f"{paper_id} {title}", SUGGESTION_MOST), paper_id) for paper_id, title in found.items()]


def _classes(lenses: Mapping[str, Lens], typed: str) -> Suggestions:
    names = {sanitize(lens_class.name).lower() for lens in lenses.values() for lens_class in lens.classes}
    return [(truncate(name, SUGGESTION_MOST), name) for name in _likely(sorted(names), typed)]


def _categories(typed: str) -> Suggestions:
    """The last of the categories that are typed is completed; those before it stay."""
    *chosen, last = re.split(r"[\s,]+", typed)
    head = " ".join(chosen) + " " if chosen else ""
    names = [name for name in CATEGORIES if name not in chosen]
    return [(f"{head}{name}", f"{head}{name}") for name in _likely(names, last)]


def _zones(typed: str) -> Suggestions:
    """Zones by any part of the name: `berlin`, `new york`."""
    return [(name, name) for name in _likely(sorted(_zone_names()), typed.replace(" ", "_"))]


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Cities and UTC; not the old names, nor those that are counted backwards."""
    return frozenset(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS or name == "UTC")


def _likely(names: Sequence[str], typed: str) -> list[str]:
    """The names in which what is typed stands, those first that begin with it, then those of which a word does."""
    typed = typed.lower()
    parts = {name: re.split(r"[/._ -]", name.lower()) for name in names if typed in name.lower()}
    order = {name: (not name.lower().startswith(typed), not _begins(words, typed)) for name, words in parts.items()}
    return sorted(order, key=lambda name: order[name])


def _begins(words: Sequence[str], typed: str) -> bool:
    return any(word.startswith(typed) for word in words)


async def _follows(store: Store, place: Place, typed: str) -> Suggestions:
    names = [follow.label for follow in await store.follows() if follow.place == place]
    return [(truncate(name, SUGGESTION_MOST), name) for name in sorted(names) if typed.lower() in name.lower()]
