"""`verdict` and `analysis`: at once when the verdict is known, else a receipt, and the verdict when it is ready."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.commands.event import Role
from bot.core.commands.parser import command_of
from bot.core.commands.payer import Cause, Payer
from bot.core.commands.people import AskedFor, refusal, wait_words
from bot.core.errors import PaperNotFound, Refused
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.jobs.wait_words import told_cause
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.phrase import sanitize, truncate
from bot.core.posts.post import PostKey, PostKind
from bot.core.present.analysis import full_analysis
from bot.core.present.answer import answer, judged, looked, other_version, receipt, waiting, words
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict
from bot.services.commands.context import LENS, VERSION, CommandCall, CommandContext, CommandReply, Verbs
from bot.services.ingest.fetch import find_paper, is_late, wait_for
from bot.services.ingest.look_again import LOOKED
from bot.services.ingest.look_up import is_old, last_look, look_behind
from bot.services.ingest.poll import judging
from bot.services.judging.analyse import analysing
from bot.services.judging.judge_full import is_full, judging_full

UNANSWERED_AFTER = timedelta(days=1)
RETRY_AFTER = timedelta(days=1)
URGENT = -1.0
DUE_WITHIN = timedelta(seconds=3)
FIRST_POLL = timedelta(seconds=0.5)
LATER_POLL = timedelta(seconds=3)
LAST_POLL = timedelta(seconds=30)
READING = "receipt"


class VerdictVerbs:
    """Verdicts on demand."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {"verdict": self.verdict, "analysis": self.analysis, "open": self.open}

    async def open(self, turn: CommandCall) -> CommandReply:
        """A paper of a menu that stands here: the place of its post says which papers it has."""
        menu = await self._store.menu_of(turn.place, turn.command.text("post"))
        rank = turn.command.get("rank", int) or 0
        if menu is None or rank > len(menu.menu):
            raise Refused("That list does not stand here any more.", "Look the paper up with `search`, or by its id.")
        values = {"paper": str(menu.menu[rank - 1]), "lens": menu.key.lens}
        return await self.verdict(replace(turn, command=command_of("verdict", values)))

    async def verdict(self, turn: CommandCall) -> CommandReply:
        """The card of a paper, with Share here; or its analysis."""
        if turn.command.get("analysis", bool):
            return await self.analysis(turn)
        found = await self._judged(turn)
        if isinstance(found, CommandReply):
            return found
        paper, verdict = found
        key = PostKey(turn.place, PostKind.CARD, str(paper.id), verdict.provenance.lens)
        standing, settings, tally, sheet = await asyncio.gather(
            self._store.sent(key),
            self._store.place_settings(turn.place),
            self._store.tally(turn.place, paper.id, key.lens),
            self._means.renderer.sheet(paper, verdict),
        )
        standing_at = standing.ref if standing else None
        looked_at = await last_look(self._store, paper.id)
        post = judged(sheet, standing_at=standing_at, sharing=settings.sharing, tally=tally, looked_at=looked_at)
        post = replace(post, lines=(*post.lines, *other_version(_version(turn), verdict.version)))
        return CommandReply(post, jobs=self._look_behind(turn, sheet, looked_at))

    async def analysis(self, turn: CommandCall) -> CommandReply:
        """The full analysis of a paper."""
        found = await self._judged(turn)
        if isinstance(found, CommandReply):
            return found
        written = await self._written(turn, *found)
        if isinstance(written, CommandReply):
            return written
        verdict, missing = written
        sheet = await self._means.renderer.sheet(found[0], verdict)
        looked_at = await last_look(self._store, sheet.paper.id)
        post = full_analysis(sheet, missing)
        older = other_version(_version(turn), verdict.version)
        return CommandReply(
            answer((*post.lines, *looked(looked_at), *older)), jobs=self._look_behind(turn, sheet, looked_at)
        )

    def _look_behind(self, turn: CommandCall, sheet: PaperView, looked_at: datetime | None) -> list[NewJob]:
        """A paper that was shown without being asked about for a day is looked at, once an answer."""
        is_due = turn.told != LOOKED and is_old(looked_at, self._means.clock.now())
        fixed = {**turn.fixed, LENS: sheet.lens.key}
        return [look_behind(sheet.paper.id, turn.asked, fixed)] if is_due else []

    async def _written(self, turn: CommandCall, paper: Paper, verdict: Verdict) -> tuple[Verdict, str] | CommandReply:
        """The verdict with its analysis, or why it has none; or what to say while it is written."""
        if verdict.analysis is not None or not verdict.can_be_analysed or paper.is_withdrawn:
            return verdict, ""
        lens = await self._means.lens_for(turn.place, verdict.provenance.lens, paper.id)
        if not turn.told:
            await self._count(turn, paper.id, lens)
            post = receipt(str(paper.id), lens.key, what="analysis")
            return CommandReply(post, waits=True, told=READING, delay=timedelta(0), fixed={LENS: lens.key})
        job = await self._daily(analysing(paper, verdict, URGENT, Payer.of(turn.asked.asker, Cause.ANALYSIS)))
        if job.state is JobState.OPEN:
            return await self._wait_for(turn, paper, job)
        latest = await self._store.verdict(paper.id, lens.key)  # it may have been written meanwhile
        return latest or verdict, f"There is no analysis{self._why_not(turn, job)}."

    async def _judged(self, turn: CommandCall) -> tuple[Paper, Verdict] | CommandReply:
        """The paper with its present verdict, or what to say while there is none."""
        paper_id, _ = parse_arxiv_id(turn.command.text("paper"))
        lens = await self._means.lens_for(turn.place, turn.command.text("lens") or turn.fixed.get(LENS), paper_id)
        paper, verdict = await asyncio.gather(self._store.paper(paper_id), self._store.verdict(paper_id, lens.key))
        if paper and verdict and _is_current(turn, paper, verdict):
            if turn.told:
                await self._store.settle_request(turn.asked.key, verdict.cost_usd)
            return paper, verdict
        if paper and paper.is_withdrawn:
            return CommandReply(words(f"{paper_id} has been withdrawn, so there is no verdict on it."))
        await self._count(turn, paper_id, lens)
        if self._means.clock.now() - turn.since > UNANSWERED_AFTER:
            raise Refused(f"{paper_id} could not be judged within a day.", "See `status`, then ask again.")
        if not turn.told:
            post = receipt(str(paper_id), lens.key)
            return CommandReply(post, waits=True, told=READING, delay=timedelta(0), fixed=_fixed(turn, paper, lens))
        if paper is None:
            return await self._find(turn, paper_id)
        return await self._wait(turn, paper, lens)

    async def _count(self, turn: CommandCall, paper_id: ArxivId, lens: Lens) -> None:
        """Count the request within the limits; `Refused` says when it goes on."""
        now = self._means.clock.now()
        request = AskedFor(turn.asked.key, turn.asked.asker, paper_id, lens.key, now.date())
        if turn.told:
            return
        spent = await self._store.ask_for(request, self._means.limits)
        reason = refusal(spent, self._means.limits) if spent else None
        if reason:
            raise Refused(f"{reason} {wait_words(now)}", "Verdicts that are known already can be had at any time.")

    async def _find(self, turn: CommandCall, paper_id: ArxivId) -> CommandReply:
        """Have a paper looked up that we have not met."""
        try:
            found = await find_paper(self._means, turn.asked.key, turn.asked.asker, paper_id)
        except PaperNotFound:
            await self._store.release_place(turn.asked.key)
            raise
        if isinstance(found, Paper):
            return CommandReply(None, waits=True, told=turn.told, delay=timedelta(0))
        now = self._means.clock.now()
        told = found.reason if is_late(found, now) else turn.told
        post = None if told == turn.told else waiting(str(paper_id), "arXiv cannot be asked just now", found.due_at)
        return CommandReply(post, waits=True, told=told, delay=wait_for(found, turn.since, now))

    async def _wait(self, turn: CommandCall, paper: Paper, lens: Lens) -> CommandReply:
        """See that the paper is judged, before what the day's papers wait for; say why when it takes long."""
        job = await self._job(turn, paper, lens)
        if _wants_full(turn) and job.state is JobState.DONE and job.reason:
            reason = truncate(sanitize(job.reason), 200)
            raise Refused(f"The full text of {paper.id} is not judged: {reason}.", f"Try `verdict {paper.id}`")
        if job.state in (JobState.FAILED, JobState.DROPPED):
            why = self._why_not(turn, job)
            raise Refused(f"{paper.id} cannot be judged{why}.", "The people who run the bot can have it tried again.")
        return await self._wait_for(turn, paper, job)

    async def _wait_for(self, turn: CommandCall, paper: Paper, job: Job) -> CommandReply:
        """Put the work before what nobody waits for; say why when it takes long."""
        if job.state is JobState.OPEN and not turn.told.startswith("job"):
            await self._store.raise_priority(Queue.JUDGE, job.key, URGENT)
        cause = told_cause(job.noted, is_operator=self._is_operator(turn)) if self._is_put_off(job) else ""
        if cause and f"job {cause}" != turn.told:
            post = waiting(str(paper.id), cause, job.due_at)
            return CommandReply(post, waits=True, told=f"job {cause}", delay=self._until(job, turn))
        return CommandReply(None, waits=True, told=turn.told, delay=self._until(job, turn))

    def _why_not(self, turn: CommandCall, job: Job) -> str:
        """Why work ended without what it was for: who runs the bot is told why it failed, all others why it is done."""
        is_told = job.state is JobState.DONE or self._is_operator(turn)
        return f": {truncate(sanitize(job.reason or job.state), 200)}" if is_told else ""

    def _is_operator(self, turn: CommandCall) -> bool:
        """Whether who asked is told the reasons as they were noted."""
        return self._means.standing(turn.asked) is Role.OPERATOR

    async def _job(self, turn: CommandCall, paper: Paper, lens: Lens) -> Job:
        """The work that is waited for. A paper that had no full text may have one by now: it is looked for daily."""
        payer = Payer.of(turn.asked.asker, Cause.VERDICT)
        if _wants_full(turn):
            return await self._daily(judging_full(paper, lens.key, URGENT, payer))
        return await self._stored(judging(paper, lens.key, URGENT, None, (payer,)))

    async def _daily(self, new: NewJob) -> Job:
        """Work that ended without an effect, which is tried again a day later."""
        job, now = await self._stored(new), self._means.clock.now()
        is_vain = job.state is not JobState.OPEN and bool(job.reason) and now - job.added_at >= RETRY_AFTER
        return await self._stored(replace(new, key=f"{new.key}|{now:%Y-%m-%d}")) if is_vain else job

    async def _stored(self, new: NewJob) -> Job:
        await self._store.add_jobs([new])
        job = await self._store.find_job(Queue.JUDGE, new.key)
        if job is None:
            raise Refused("The work on that paper is gone.", "Ask again.")
        return job

    def _until(self, job: Job, turn: CommandCall) -> timedelta:
        """How long to wait before looking again: as long as the judging was put off, and ever longer, within bounds."""
        now = self._means.clock.now()
        if self._is_put_off(job):
            return min(max(job.due_at - now, FIRST_POLL), LAST_POLL)
        return min(max((now - turn.since) / 8, FIRST_POLL), LATER_POLL)

    def _is_put_off(self, job: Job) -> bool:
        """Whether the judging was put off, and is not only in the queue."""
        return job.is_put_off(self._means.clock.now() + DUE_WITHIN)


def _fixed(turn: CommandCall, paper: Paper | None, lens: Lens) -> dict[str, str]:
    """What is promised: the lens, and the version that was named or is known."""
    version = _version(turn) or (paper.version if paper else None)
    return {LENS: lens.key, **({VERSION: str(version)} if version else {})}


def _version(turn: CommandCall) -> int | None:
    """The version that was asked for, by its number or by what was known then; None when neither tells."""
    named = parse_arxiv_id(turn.command.text("paper"))[1]
    known = turn.fixed.get(VERSION, "")
    return named or (int(known) if known.isdecimal() else None)


def _wants_full(turn: CommandCall) -> bool:
    return bool(turn.command.get("full", bool))


def _is_current(turn: CommandCall, paper: Paper, verdict: Verdict) -> bool:
    """Whether a known verdict is what was asked for."""
    if paper.is_withdrawn:
        return True
    return is_full(verdict, paper) if _wants_full(turn) else verdict.paper_hash == paper.text_hash
