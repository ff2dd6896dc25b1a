"""`search`, `recent`, `similar` and `report`: what stands in the place where somebody asks, and nothing else."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from bot.core.commands.people import SearchQuery
from bot.core.errors import Refused
from bot.core.follows.report import NOT_HERE, week_words
from bot.core.follows.week import IsoWeek
from bot.core.papers.arxiv_id import paper_named, parse_arxiv_id
from bot.core.papers.paper import Paper
from bot.core.posts.phrase import quote, shown, truncate
from bot.core.posts.post import Post
from bot.core.present.answer import ROWS_SHOWN, answer, rows, words
from bot.services.commands.context import CommandCall, CommandContext, CommandReply, Verbs
from bot.services.publishing.report import was_here
from bot.text.stems import TERMS

_WORD = re.compile(r"[^\W\d_]+")
SIMILAR_WORDS_MOST = 12
NOTHING = "Nothing has been posted here yet. An admin begins with `follow add`; `status` says what is on."


def telling_words(paper: Paper) -> list[str]:
    """The words of a title, then those that the abstract says most often, without those that tell nothing."""
    said = [
        *_WORD.findall(paper.title.lower()),
        *(word for word, _ in Counter(_WORD.findall(paper.abstract.lower())).most_common()),
    ]
    return [word for word in dict.fromkeys(said) if len(word) > 3 and TERMS.of(word)][:SIMILAR_WORDS_MOST]


class SearchVerbs:
    """Looking for what was posted."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"search": self.search, "recent": self.recent, "similar": self.similar, "report": self.report}

    async def search(self, turn: CommandCall) -> CommandReply:
        """Verdicts that hold all the words, the best match first."""
        asked = turn.command
        words = asked.text("words")
        paper = paper_named(words)
        query = SearchQuery(
            words="" if paper else words,
            categories=asked.texts("categories") or asked.texts("category"),
            since=asked.get("since", date),
            until=asked.get("until", date),
            lenses=self._through(turn),
            class_name=asked.get("class", str),
            paper=paper,
        )
        command = " ".join(("search", words, *self._filters(turn)))
        return await self._page(turn, query, f"Found for {quote(words, 80)}", command)

    def _through(self, turn: CommandCall) -> tuple[str, ...]:
        """The lens that was named, else all that are known: a paper stands once, by the best of them."""
        named = turn.command.text("lens")
        return (self._means.lens(named).key,) if named else tuple(self._means.lenses)

    def _filters(self, turn: CommandCall) -> list[str]:
        """The filters of a search, as one types them."""
        found: list[str] = []
        for name in ("category", "since", "until", "lens", "class"):
            value = turn.command.values.get(name)
            if value:
                text = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
                found.append(f'{name}="{text}"' if " " in text else f"{name}={text}")
        return found

    async def recent(self, turn: CommandCall) -> CommandReply:
        """The latest verdicts of the place."""
        command = " ".join(("recent", *self._filters(turn)))
        return await self._page(turn, SearchQuery(lenses=self._through(turn)), "The latest papers here", command)

    async def similar(self, turn: CommandCall) -> CommandReply:
        """Papers that stand here and share the most telling words of a paper."""
        paper_id = parse_arxiv_id(turn.command.text("paper"))[0]
        paper = await self._store.paper(paper_id)
        if paper is None:
            ask = f"verdict {paper_id}"
            raise Refused(f"{paper_id} is not known yet.", f"Ask for its verdict first: `{ask}`", command=ask)
        query = SearchQuery(words=" ".join(telling_words(paper)), lenses=self._through(turn), is_any=True, but=paper_id)
        title = truncate(shown(paper.title, self._means.renderer.readable), 80)
        return await self._page(turn, query, f"Papers here like “{title}”", f"similar {paper_id}")

    async def _page(self, turn: CommandCall, query: SearchQuery, head: str, command: str) -> CommandReply:
        page = turn.command.page()
        found = await self._store.search(turn.place, query, ROWS_SHOWN, ROWS_SHOWN * (page - 1))
        if not found.hits and await self._has_less(turn, query):
            query, head = replace(query, is_any=True), "Nothing has all of these words. What has some of them:"
            found = await self._store.search(turn.place, query, ROWS_SHOWN, ROWS_SHOWN * (page - 1))
        if not found.hits:
            return CommandReply(await self._nothing(turn, query, page))
        sheets = [await self._means.renderer.sheet(hit.paper, hit.verdict, hit.day) for hit in found.hits]
        return CommandReply(rows(head, sheets, page=page, more=found.more, command=command))

    async def _has_less(self, turn: CommandCall, query: SearchQuery) -> bool:
        """Whether several words were looked for, and nothing has them all, on no page."""
        if query.is_any or len(query.words.split()) < 2:
            return False
        return not (await self._store.search(turn.place, query, 1, 0)).hits

    async def _nothing(self, turn: CommandCall, query: SearchQuery, page: int) -> Post:
        if page > 1:
            return words(f"There is no page {page}.", "Go back a page.")
        is_empty = not (await self._store.search(turn.place, SearchQuery(), 1, 0)).hits
        if is_empty:
            return words(NOTHING)
        sought = turn.command.text("words")
        what = f" {quote(sought, 80)}" if sought else " that"
        filters = ", or fewer filters" if self._filters(turn) else ""
        return words(f"Nothing posted here matches{what}.", f"Try other words{filters}.")

    async def report(self, turn: CommandCall) -> CommandReply:
        """The Cope Report of this week so far, or of the week that was named."""
        follows = sorted(await self._means.follows_of(turn.place), key=lambda item: not (item.is_on and item.report))
        zone = follows[0].zone if follows else "UTC"
        today = self._means.clock.now().astimezone(ZoneInfo(zone)).date()
        this = IsoWeek.of(today)
        week = turn.command.get("week", IsoWeek) or this
        if week > this:
            return CommandReply(words(f"The week of {week_words(week)} has not begun.", "Try `report` without a week."))
        if not await was_here(self._store, turn.place, week, follows, zone):
            if week == this:
                return CommandReply(words(NOTHING))
            return CommandReply(words(NOT_HERE, "Try `report` without a week, for this week so far."))
        post = await self._means.renderer.report(turn.place, week, zone, today=today if week == this else None)
        return CommandReply(answer(post.lines, menu=post.menu))
