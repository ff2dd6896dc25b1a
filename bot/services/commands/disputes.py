"""`dispute`: an objection to one claim is kept, the card here is marked, and who runs the bot is told and decides."""

import hashlib
from collections.abc import Mapping

from bot.core.commands.acts import Act, ActKind, ActLimits
from bot.core.commands.people import wait_words
from bot.core.discussion.transcript import thread_of
from bot.core.errors import Refused
from bot.core.jobs.job import NewJob
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import line, sanitize, told, truncate
from bot.core.posts.post import LineRole, Post, PostKey, PostKind, PostRef, Span, Style
from bot.core.present.answer import answer, words
from bot.core.verdicts.dispute import Dispute, Ruling, claims_of
from bot.ports.store import Store
from bot.services.commands.context import CommandCall, CommandContext, CommandReply, Verbs
from bot.services.publishing.edits import edit_of
from bot.services.publishing.operator_notices import OperatorNotices

REASON_SHOWN, CLAIM_SHOWN = 600, 200


class DisputeVerbs:
    """Objections."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"dispute": self.dispute}

    async def dispute(self, turn: CommandCall) -> CommandReply:
        """Keep an objection to a claim; without one, say which claims there are."""
        paper_id, _ = parse_arxiv_id(turn.command.text("paper"))
        lens = self._means.lens(turn.command.text("lens"))
        claims = await claims_on(self._store, paper_id, lens.key)
        claim, reason = turn.command.text("claim"), turn.command.text("reason")
        if not reason or not claim:
            return CommandReply(_which(f"dispute {paper_id} {lens.key}", claims))
        if claim not in claims:
            raise Refused(f"The verdict says nothing under {claim}.", f"What it claims: {', '.join(claims)}.")
        asker = turn.asked.asker
        new = Dispute(
            event=turn.asked.key,
            place=turn.place,
            community=asker.community,
            person=asker.person,
            paper=paper_id,
            lens=lens.key,
            claim=claim,
            reason=reason,
            thread=await self._thread(turn, lens.key),
        )
        await self._count(turn, new)
        key = PostKey(turn.place, PostKind.CARD, str(paper_id), lens.key)
        await self._store.add_dispute(new, [edit_of(key, stamp_of(turn.asked.key)), *await self._notices(new)])
        has_card = await self._store.sent(key) is not None
        marked = "The card here says so." if has_card else "No card of it stands here, so none is marked."
        return CommandReply(words("Your objection is kept. Who runs this bot reads it, and decides.", marked))

    async def _count(self, turn: CommandCall, new: Dispute) -> None:
        """One open objection a person and claim, and so many a day; `Refused` says which it is."""
        now = self._means.clock.now()
        if await self._store.has_open_dispute(new):
            raise Refused(
                f"Your objection to {new.claim} is open already.", "The people who run the bot read it, and decide."
            )
        act = Act(turn.asked.key, ActKind.DISPUTE, turn.asked.asker, now.date())
        if await self._store.count_act(act, ActLimits(self._means.reach.disputes_person)) is not None:
            raise Refused("You have reached today's limit of objections.", wait_words(now))

    async def _thread(self, turn: CommandCall, lens: str) -> PostRef | None:
        """Where the objection is talked about: this thread, else the paper's."""
        here = thread_of(turn.asked.asker)
        if here is not None:
            return here
        paper_id, _ = parse_arxiv_id(turn.command.text("paper"))
        talk = await self._store.talk_about(turn.place, paper_id, lens)
        return talk.root if talk else None

    async def _notices(self, new: Dispute) -> list[NewJob]:
        means = self._means
        notices = OperatorNotices(self._store, means.platforms, means.operators)
        return await notices.bundled("disputes", means.clock.now(), _notice(new), _more())


def _more() -> Post:
    sanitize = line(LineRole.PARAGRAPH, "More objections were made since: copecheck disputes shows all that are open.")
    return Post(PostKind.NOTICE, sanitize.text, (sanitize,))


async def claims_on(store: Store, paper: ArxivId, lens: str) -> dict[str, str]:
    """The words of each claim of that verdict, by its name; `Refused` where it claims nothing."""
    verdict = await store.verdict(paper, lens)
    claims = claims_of(verdict) if verdict else {}
    if not claims:
        raise Refused(
            "There is no verdict of a model on that paper through that lens.",
            "Only what a model claims can be objected to; `feedback` reaches the people who run the bot.",
        )
    return {claim: sanitize(words) for claim, words in claims.items()}


def _which(command: str, claims: Mapping[str, str]) -> Post:
    """What can be objected to, and how, where no form asks."""
    lines = [line(LineRole.HEADING, "Which claim is wrong, and why?")]
    lines += [
        line(LineRole.BULLET, Span(claim, Style.STRONG), f"  {truncate(said, CLAIM_SHOWN)}")
        for claim, said in claims.items()
    ]
    how = f"Like this: `{command} {next(iter(claims))} It does more than that.`"
    return answer((*lines, told(LineRole.SMALL, how)))


def _notice(new: Dispute) -> Post:
    lines = (
        line(
            LineRole.PARAGRAPH,
            f"An objection to {new.claim} of the verdict on ",
            Span(str(new.paper), paper=new.paper),
            f" through {new.lens}, in {new.place}:",
        ),
        line(LineRole.QUOTE, truncate(sanitize(new.reason), REASON_SHOWN)),
        line(LineRole.SMALL, "Decide with copecheck disputes: uphold the claim, or withdraw it."),
    )
    return Post(PostKind.NOTICE, truncate(lines[0].text, 140), lines)


def stamp_of(event: str) -> str:
    """What tells the edits that an event causes from others."""
    return hashlib.sha256(event.encode()).hexdigest()


async def rule(store: Store, id: int, ruling: Ruling) -> bool:
    """Decide on an objection: every post that shows the verdict is written again; False when there is none open."""
    dispute = await store.dispute(id)
    if dispute is None or dispute.ruling is not Ruling.OPEN:
        return False
    stamp = stamp_of(f"ruling {id} {ruling}")
    shown = await store.posts_showing(dispute.paper, dispute.lens)
    touched = [post for post in shown if ruling is Ruling.WITHDRAWN or post.key.place == dispute.place]
    return await store.rule(id, ruling, [edit_of(post.key, stamp) for post in touched])
