"""A paper that somebody names in any form: from the store when it is known, else from arXiv's API."""

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import PaperNotFound
from bot.core.paper import Paper
from bot.ports import PaperSource, Store


async def look_up(text: str, *, store: Store, source: PaperSource) -> Paper:
    """The paper that `text` names by id, link or DOI; its latest version, remembered.

    `MalformedId` when there is no id in it, `PaperNotFound` when arXiv knows no such paper, `SourceUnavailable` when
    arXiv cannot be asked. A withdrawn paper is found: `Paper.is_withdrawn` tells.
    """
    paper_id, _ = parse_arxiv_id(text)
    known = await store.paper(paper_id)
    if known is not None:
        return known
    found = (await source.fetch_papers([paper_id])).get(paper_id)
    if found is None:
        raise PaperNotFound(f"arXiv knows no paper {paper_id}.", "Check the number, or search on arxiv.org.")
    await store.put_papers([found])
    return found
