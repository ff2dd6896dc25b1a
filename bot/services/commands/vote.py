"""`agree`, `disagree` and `share`: what a press on a card does."""

from datetime import timedelta

from bot.core.commands.people import Choice
from bot.core.errors import Refused
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import Paper
from bot.core.posts.phrase import line
from bot.core.posts.post import Button, LineRole, PostKey, PostKind, Span
from bot.core.present.answer import answer, words
from bot.core.verdicts.verdict import Verdict
from bot.ports.store import SentPost
from bot.services.commands.context import CommandCall, CommandContext, CommandReply, Verbs

CARD_FRESH = timedelta(hours=1)
FRESH_CARD_REFRESH = timedelta(minutes=1)

CHANGE = "Press the other one to change your mind."
OBJECT = "With Dispute you object to one claim, and who runs this bot decides on it."


class VoteVerbs:
    """Votes and shared cards."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"agree": self.agree, "disagree": self.disagree, "share": self.share}

    async def agree(self, turn: CommandCall) -> CommandReply:
        """Agree with a verdict."""
        return await self._vote(turn, Choice.AGREE)

    async def disagree(self, turn: CommandCall) -> CommandReply:
        """Disagree with a verdict."""
        return await self._vote(turn, Choice.DISAGREE)

    async def _vote(self, turn: CommandCall, choice: Choice) -> CommandReply:
        paper, verdict = await self._known(turn)
        lens, asker = verdict.provenance.lens, turn.asked.asker
        if verdict.short is None:
            raise Refused(
                "A rule-based scan judges nothing, so there is nothing to agree with.",
                "`ask` a question about the paper instead.",
            )
        tally = await self._store.vote(turn.place, asker.community, asker.person, paper.id, lens, choice)
        posts = await self._store.posts_showing(paper.id, lens)
        cards = [post for post in posts if post.key.place == turn.place and post.key.kind is PostKind.CARD]
        jobs = [self._recount(card) for card in cards]
        if choice is Choice.AGREE:
            return CommandReply(words(f"You agree. {tally.words} here.", CHANGE), jobs=jobs)
        said = words(f"You disagree. {tally.words} here.", f"{CHANGE} {OBJECT}")
        dispute = Button("dispute", "Dispute", f"dispute {paper.id} {lens}")
        return CommandReply(answer(said.lines, [dispute]), jobs=jobs)

    def _recount(self, card: SentPost) -> NewJob:
        """The edit that brings a card's counts up to date: at most one a minute in its first hour, then one an hour."""
        now = self._means.clock.now()
        slot = FRESH_CARD_REFRESH if now - card.sent_at < CARD_FRESH else CARD_FRESH
        number, into = divmod(now.timestamp(), slot.total_seconds())
        wait = timedelta(seconds=slot.total_seconds() - into) if slot is FRESH_CARD_REFRESH else timedelta(0)
        stamp = f"votes {slot.total_seconds():.0f} {number:.0f}"
        return NewJob(Queue.DELIVER, f"edit|{card.key}|{stamp}", {"edit": str(card.key)}, delay=wait)

    async def share(self, turn: CommandCall) -> CommandReply:
        """Post a verdict as a card in the place, once; where one stands already, say where."""
        paper, verdict = await self._known(turn)
        key = PostKey(turn.place, PostKind.CARD, str(paper.id), verdict.provenance.lens)
        standing = await self._store.sent(key)
        if standing is not None:
            return CommandReply(answer((line(LineRole.PARAGRAPH, Span("It stands here already.", post=standing.ref)),)))
        if not (await self._store.place_settings(turn.place)).sharing:
            raise Refused("Sharing is switched off here.", "An admin can switch it on: `sharing on`")
        if paper.is_withdrawn:
            raise Refused(
                f"{paper.id} has been withdrawn; there is nothing to share.", "Its `verdict` says what is known."
            )
        problems = await self._means.problems(turn.place)
        if problems:
            raise Refused(*problems[0])
        if not await self._means.may_speak(turn.asked.asker, in_thread=False, since=turn.since):
            raise Refused("You may not write here, so nothing is posted here for you.", "Share it where you may write.")
        coming = await self._store.find_job(Queue.DELIVER, str(key))
        if coming is None or coming.state is not JobState.OPEN:  # what is on its way is one post, whoever presses again
            await self._means.count_public(turn.asked.key, turn.asked.asker)
        await self._store.reopen(Queue.DELIVER, [str(key)])
        job = NewJob(Queue.DELIVER, str(key), {"papers": [str(paper.id)]}, lane=str(turn.place))
        return CommandReply(words("It will stand here in a moment, for everybody to read."), jobs=[job])

    async def _known(self, turn: CommandCall) -> tuple[Paper, Verdict]:
        """The paper and its verdict; `Refused` when there is none yet."""
        paper_id, _ = parse_arxiv_id(turn.command.text("paper"))
        lens = await self._means.lens_for(turn.place, turn.command.text("lens"), paper_id)
        paper, verdict = await self._store.paper(paper_id), await self._store.verdict(paper_id, lens.key)
        if paper is None or verdict is None:
            raise Refused(f"There is no verdict on {paper_id} yet.", f"Ask for it: `verdict {paper_id} {lens.key}`")
        return paper, verdict
