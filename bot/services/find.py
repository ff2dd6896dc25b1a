"""`search`, `recent` and `report`: what stands in the place where somebody asks, and nothing else."""

from zoneinfo import ZoneInfo

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId
from bot.core.paper import ArxivId
from bot.core.people import SearchQuery
from bot.core.phrase import echoed
from bot.core.post import Post
from bot.core.present_answer import ROWS, answer, rows, words
from bot.core.report import week_words
from bot.core.week import IsoWeek
from bot.services.means import Means, Reply, Turn, Verbs

NOTHING = "Nothing has been posted here yet. An admin begins with follow add; status says what is on."


def paper_named(words: str) -> ArxivId | None:
    """The paper that somebody looks for by its id, link or DOI; None for words."""
    try:
        return parse_arxiv_id(words)[0]
    except MalformedId:
        return None


class Find:
    """Looking for what was posted."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"search": self.search, "recent": self.recent, "report": self.report}

    async def search(self, turn: Turn) -> Reply:
        """Verdicts that hold all the words, the best match first."""
        asked = turn.command
        words = asked.get("words", "")
        paper = paper_named(words)
        query = SearchQuery(
            words="" if paper else words,
            categories=asked.get("categories", asked.get("category", ())),
            since=asked.get("since"),
            until=asked.get("until"),
            lens=self._means.lens(asked.get("lens")).key if asked.get("lens") else None,
            class_name=asked.get("class"),
            paper=paper,
        )
        command = " ".join(("search", words, *self._filters(turn)))
        return await self._page(turn, query, f"Found for {echoed(words, 80)}", command)

    def _filters(self, turn: Turn) -> list[str]:
        """The filters of a search, as one types them."""
        found: list[str] = []
        for name in ("category", "since", "until", "lens", "class"):
            value = turn.command.get(name)
            if value:
                text = ",".join(value) if isinstance(value, tuple) else str(value)
                found.append(f'{name}="{text}"' if " " in text else f"{name}={text}")
        return found

    async def recent(self, turn: Turn) -> Reply:
        """The latest verdicts of the place."""
        lens = self._means.lens(turn.command.get("lens")).key if turn.command.get("lens") else None
        command = f"recent lens={lens}" if lens else "recent"
        return await self._page(turn, SearchQuery(lens=lens), "The latest verdicts here", command)

    async def _page(self, turn: Turn, query: SearchQuery, head: str, command: str) -> Reply:
        page = int(turn.command.get("page", 1))
        found = await self._store.search(turn.place, query, ROWS, ROWS * (page - 1))
        if not found.hits:
            return Reply(await self._nothing(turn, query, page))
        sheets = [await self._means.renderer.sheet(one.paper, one.verdict, one.day) for one in found.hits
                  if one.verdict.provenance.lens in self._means.lenses]  # fmt: skip
        hint = "verdict <id> opens one of them."
        return Reply(rows(head, sheets, page=page, more=found.more, command=command, hint=hint))

    async def _nothing(self, turn: Turn, query: SearchQuery, page: int) -> Post:
        if page > 1:
            return words(f"There is no page {page}.", "Go back a page.")
        is_empty = not (await self._store.search(turn.place, SearchQuery(), 1, 0)).hits
        if is_empty:
            return words(NOTHING)
        return words("Nothing that stands here matches.", "Try fewer words or filters; every word must be there.")

    async def report(self, turn: Turn) -> Reply:
        """The Cope Report of this week so far, or of the week that was named."""
        follows = sorted(await self._means.follows_of(turn.place), key=lambda one: not (one.is_on and one.report))
        zone = follows[0].zone if follows else "UTC"
        this = IsoWeek.of(self._means.clock.now().astimezone(ZoneInfo(zone)).date())
        week = turn.command.get("week", this)
        if week > this:
            return Reply(words(f"The week of {week_words(week)} has not begun.", "Try report without a week."))
        post = await self._means.renderer.report(turn.place, week, zone)
        return Reply(answer(post.lines))
