"""What a person may mean who began to type an option: lenses, papers that stand in their place, its follows."""

from collections.abc import Mapping, Sequence

from bot.core.asked import Asker
from bot.core.lens import Lens
from bot.core.option import Kind, Option
from bot.core.people import SearchQuery
from bot.core.phrase import fit, said, sentence
from bot.core.post import Place
from bot.ports import Store
from bot.services.find import paper_named

SHOWN = 95
Suggestions = Sequence[tuple[str, str]]


async def suggestions(
    store: Store, lenses: Mapping[str, Lens], asker: Asker, option: Option, typed: str, most: int
) -> Suggestions:
    """(words to show, value), the likeliest first; nothing of any other place."""
    typed, place = typed.strip(), asker.place
    if asker.within is not None and await store.is_known(asker.within):
        place = asker.within
    match option.kind:
        case Kind.LENS:
            return _lenses(lenses, typed)[:most]
        case Kind.PAPER:
            return await _papers(store, place, typed, most)
        case Kind.NAME if option.name == "name":
            return (await _follows(store, place, typed))[:most]
    return ()


def _lenses(lenses: Mapping[str, Lens], typed: str) -> Suggestions:
    found = [lens for key, lens in sorted(lenses.items()) if typed.lower() in f"{key} {lens.name}".lower()]
    found.sort(key=lambda lens: not lens.key.startswith(typed.lower()))
    return [(fit(f"{lens.key}: {sentence(lens.summary)}", SHOWN), lens.key) for lens in found]


async def _papers(store: Store, place: Place, typed: str, most: int) -> Suggestions:
    """Papers that stand in the place: the latest, or those that the words (or the id) find."""
    paper = paper_named(typed)
    query = SearchQuery(paper=paper) if paper else SearchQuery(words=typed)
    page = await store.search(place, query, most, 0)
    found = {str(hit.paper.id): said(hit.paper.title) for hit in page.hits}
    return [(fit(f"{paper_id} {title}", SHOWN), paper_id) for paper_id, title in found.items()]


async def _follows(store: Store, place: Place, typed: str) -> Suggestions:
    names = [one.label for one in await store.follows() if one.place == place]
    return [(fit(name, SHOWN), name) for name in sorted(names) if typed.lower() in name.lower()]
