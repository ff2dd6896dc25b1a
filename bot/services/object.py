"""`dispute`: an objection to one claim is kept, the card here is marked, and who runs the bot is told and decides."""

import hashlib

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.dispute import Dispute, Ruling, has_claim
from bot.core.errors import Refused
from bot.core.phrase import fit, line, said
from bot.core.post import Post, PostKey, PostKind, PostRef, Role, Span
from bot.core.present_answer import words
from bot.core.talk import thread_of
from bot.core.verdict import Verdict
from bot.core.work import NewJob
from bot.ports import Store
from bot.services.discuss import notice_to
from bot.services.judge import edit_of
from bot.services.means import Means, Reply, Turn, Verbs

REASON_SHOWN = 600


class Object:
    """Objections."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"dispute": self.dispute}

    async def dispute(self, turn: Turn) -> Reply:
        """Keep an objection to a claim."""
        paper_id, _ = parse_arxiv_id(turn.command.get("paper"))
        lens = self._means.lens(turn.command.get("lens"))
        claim = turn.command.get("claim")
        _claimed(await self._store.verdict(paper_id, lens.key), claim)
        asker = turn.asked.asker
        new = Dispute(
            event=turn.asked.key,
            place=turn.place,
            community=asker.community,
            person=asker.person,
            paper=paper_id,
            lens=lens.key,
            claim=claim,
            reason=turn.command.get("reason"),
            thread=await self._thread(turn, lens.key),
        )
        key = PostKey(turn.place, PostKind.CARD, str(paper_id), lens.key)
        await self._store.add_dispute(new, [edit_of(key, stamp_of(turn.asked.key)), *self._notices(new)])
        has_card = await self._store.sent(key) is not None
        marked = "The card here says so." if has_card else "No card of it stands here, so none is marked."
        return Reply(words("Your objection is kept. Who runs this bot reads it, and decides.", marked))

    async def _thread(self, turn: Turn, lens: str) -> PostRef | None:
        """Where the objection is talked about: this thread, else the paper's."""
        here = thread_of(turn.asked.asker)
        if here is not None:
            return here
        paper_id, _ = parse_arxiv_id(turn.command.get("paper"))
        talk = await self._store.talk_about(turn.place, paper_id, lens)
        return talk.root if talk else None

    def _notices(self, new: Dispute) -> list[NewJob]:
        """A private word to each operator who can be reached."""
        post = _notice(new)
        found = []
        for person in sorted(self._means.operators):
            platform = self._means.platforms.get(person.partition(":")[0])
            place = platform.private(person) if platform else None
            if place is not None:
                found.append(notice_to(place, post, f"dispute {stamp_of(new.event)}"))
        return found


def _claimed(verdict: Verdict | None, claim: str) -> None:
    """`Refused` where the verdict claims nothing of that name."""
    if verdict is None or verdict.analysis is None:
        raise Refused("There is no verdict of a model on that paper through that lens.", "See verdict first.")
    if not has_claim(verdict.analysis, claim):
        raise Refused(f"The verdict says nothing under {claim}.", "See the full analysis for what it claims.")


def _notice(new: Dispute) -> Post:
    lines = (
        line(Role.PARAGRAPH, f"An objection to {new.claim} of the verdict on ", Span(str(new.paper), paper=new.paper),
             f" through {new.lens}, in {new.place}:"),
        line(Role.QUOTE, fit(said(new.reason), REASON_SHOWN)),
        line(Role.SMALL, "Decide with copecheck disputes: uphold the claim, or withdraw it."),
    )  # fmt: skip
    return Post(PostKind.NOTICE, fit(lines[0].text, 140), lines)


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
