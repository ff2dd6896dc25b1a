"""`ask`, `steelman`, `changes`, `discuss` and `stop`: questions by command or button, and the thread they go to."""

from dataclasses import replace
from datetime import timedelta

from bot.core.commands.event import CommandEvent
from bot.core.commands.people import AskedFor
from bot.core.discussion.question import QuestionKind
from bot.core.discussion.remark import Remark, plain_ref
from bot.core.discussion.transcript import QuestionJob, Talk, bare, thread_of
from bot.core.errors import MalformedId, Refused
from bot.core.jobs.job import Job, JobState, NewJob, Queue
from bot.core.papers.arxiv_id import paper_named, parse_arxiv_id, version_of
from bot.core.papers.paper import ArxivId, Paper
from bot.core.posts.phrase import line
from bot.core.posts.post import LineRole, Place, PostKey, PostKind, PostRef, Span
from bot.core.posts.post_json import post_to_json
from bot.core.present.answer import answer, other_version, words
from bot.core.verdicts.lens import Lens
from bot.services.commands.context import LENS, PAPER, CommandCall, CommandContext, CommandReply, Verbs
from bot.services.discussion.subject import subject_at
from bot.services.ingest.fetch import find_paper, wait_for

WHICH = "Name it: `ask <question> paper=2611.01234`. In a paper's thread, just ask."
OPENING = "the thread is being opened"
LOOKING = "the paper is looked up"
ANSWER_POLL = timedelta(seconds=0.5)


class QuestionVerbs:
    """Questions that are no remarks, and the threads of papers."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {
            "ask": self.ask,
            "steelman": self.steelman,
            "changes": self.changes,
            "discuss": self.discuss,
            "stop": self.stop,
        }

    async def ask(self, turn: CommandCall) -> CommandReply:
        """A question in words."""
        if not bare(turn.command.text("question")):
            raise Refused("That holds no question.", "Ask in words, like: `ask What was it compared with?`")
        return await self._ask(turn, QuestionKind.ASK, turn.command.text("question"))

    async def steelman(self, turn: CommandCall) -> CommandReply:
        """The strongest case for the paper."""
        return await self._ask(turn, QuestionKind.STEELMAN, "")

    async def changes(self, turn: CommandCall) -> CommandReply:
        """What would change the lens's mind."""
        return await self._ask(turn, QuestionKind.CHANGE_MIND, "")

    async def discuss(self, turn: CommandCall) -> CommandReply:
        """Open the thread of a paper; its first post says what can be answered from."""
        about = await self._about(turn, "")
        if isinstance(about, CommandReply):
            return about
        paper, lens = about
        if not await self._may_speak(turn, paper, lens):
            raise Refused(
                "You may not write here, so no thread is opened for you.",
                f"Ask in private: `ask <question> paper={paper.id}`",
            )
        root = await self._root(turn, paper, lens)
        if isinstance(root, CommandReply):
            return root
        if root is None:
            return CommandReply(words("Ask me here; I answer from the paper’s text."), jobs=[])
        standing = await self._store.sent(PostKey(turn.place, PostKind.TALK, str(paper.id), lens.key))
        if standing is None:  # what is said first in a thread is one of its answers
            await self._count(turn, self._asking(turn.asked, QuestionKind.ASK, "", root, paper, lens))
        else:
            await self._means.count_entry(turn.asked.key, turn.asked.asker, root)
        await self._enter(turn, root, paper, lens)
        opening = await self._opening(turn.place, paper, lens, root)
        link = Span("Ask in its thread.", post=standing.ref if standing else root)
        return CommandReply(answer((line(LineRole.PARAGRAPH, link),)), jobs=[] if standing else [opening])

    async def stop(self, turn: CommandCall) -> CommandReply:
        """Be silent in a thread."""
        root = thread_of(turn.asked.asker)
        if root is None and not turn.asked.asker.is_alone:
            raise Refused("`stop` ends a discussion in its thread, and this is none.", "Say it in the thread.")
        if not await self._store.stop_talk(turn.place, root.id if root else ""):
            return CommandReply(words("I was not talking here."))
        return CommandReply(words("I am silent here until somebody addresses me again."))

    async def _ask(self, turn: CommandCall, kind: QuestionKind, text: str) -> CommandReply:
        about = await self._about(turn, text)
        if isinstance(about, CommandReply):
            return about
        paper, lens = about
        if not await self._may_speak(turn, paper, lens):
            return await self._ask_privately(turn, kind, text, paper, lens)
        root = await self._root(turn, paper, lens)
        if isinstance(root, CommandReply):
            return root
        asking = self._asking(turn.asked, kind, text, root, paper, lens)
        await self._count(turn, asking)
        link = (Span("The answer will stand in the thread.", post=root),) if root else ("The answer comes here.",)
        older = other_version(version_of(turn.command.text("paper"), paper.id), paper.version)
        said = answer((line(LineRole.PARAGRAPH, "Reading the paper. ", *link), *older))
        return CommandReply(said, jobs=[asking.job()])

    async def _ask_privately(
        self, turn: CommandCall, kind: QuestionKind, text: str, paper: Paper, lens: Lens
    ) -> CommandReply:
        """Who may not write here is answered alone."""
        asker = turn.asked.asker
        platform = self._means.platforms.get(turn.place.platform)
        place = platform.private(asker.person) if platform else None
        if place is None:
            raise Refused("You may not write here, so nothing is said here for you.", "Ask where you may write.")
        asked = replace(turn.asked, asker=replace(asker, place=place, within=None))
        asking = self._asking(asked, kind, text, None, paper, lens)
        await self._count(turn, asking)
        said = "Reading the paper. You may not write here, so the answer comes in our direct messages."
        return CommandReply(words(said), jobs=[asking.job()])

    async def _may_speak(self, turn: CommandCall, paper: Paper, lens: Lens) -> bool:
        """Whether who asked may write where the answer would stand: in the thread, and in the channel to open one."""
        asker = turn.asked.asker
        if not await self._means.may_speak(asker, in_thread=True, since=turn.since):
            return False
        is_open = thread_of(asker) is not None or await self._known_root(turn, paper, lens) is not None
        return is_open or await self._means.may_speak(asker, in_thread=False, since=turn.since)

    def _asking(
        self, asked: CommandEvent, kind: QuestionKind, text: str, root: PostRef | None, paper: Paper, lens: Lens
    ) -> QuestionJob:
        """The work that a command is: it says whom to answer, where and about what."""
        remark = Remark(
            id=asked.id,
            asker=asked.asker,
            words=text,
            thread=root,
            is_addressed=True,
            is_private=root is None,
            reply_to=asked.reply_to,
        )
        return QuestionJob(remark, kind, paper.id, lens.key, is_command=True)

    async def _count(self, turn: CommandCall, asking: QuestionJob) -> None:
        """Count the question within the limits; `Refused` says when it goes on."""
        request = AskedFor(
            asking.key,
            turn.asked.asker,
            asking.paper or ArxivId(""),
            asking.lens,
            self._means.clock.now().date(),
            is_answer=True,
            thread=asking.thread,
        )
        await self._means.count_question(request, None if asking.remark.is_private else asking.root)

    async def _about(self, turn: CommandCall, text: str) -> tuple[Paper, Lens] | CommandReply:
        """The paper and lens that are named, else those of the thread; a reply while the paper is looked up."""
        named = turn.command.text("paper")
        lens = turn.command.text("lens")
        paper_id = parse_arxiv_id(named)[0] if named else None
        if turn.fixed:
            paper_id, lens = ArxivId(turn.fixed[PAPER]), turn.fixed[LENS]
        elif paper_id is None:
            root = thread_of(turn.asked.asker)
            talk = await self._store.talk(turn.place, root.id if root else "")
            found = await subject_at(self._means, turn.place, root) if root and talk is None else None
            paper_id = talk.paper if talk else found.paper if found else paper_named(text)
            lens = lens or (talk.lens if talk else found.lens if found else "")
        if paper_id is None:
            raise MalformedId("Which paper is that about?", WHICH)
        through = await self._means.lens_for(turn.place, lens, paper_id)
        paper = await find_paper(self._means, turn.asked.key, turn.asked.asker, paper_id)
        if isinstance(paper, Job):
            now = self._means.clock.now()
            post = words(f"Looking for {paper_id} at arXiv.") if not turn.told else None
            delay, fixed = wait_for(paper, turn.since, now), _fixed(paper_id, through)
            return CommandReply(post, waits=True, told=turn.told or LOOKING, delay=delay, fixed=fixed)
        return paper, through

    async def _root(self, turn: CommandCall, paper: Paper, lens: Lens) -> PostRef | CommandReply | None:
        """The post whose thread the talk is in; None in a direct message; a reply while it is being posted."""
        here = thread_of(turn.asked.asker)
        if here is not None or turn.asked.asker.is_alone:
            return here
        return await self._known_root(turn, paper, lens) or await self._open(turn, paper, lens)

    async def _known_root(self, turn: CommandCall, paper: Paper, lens: Lens) -> PostRef | None:
        """The post in whose thread the paper is talked about here, if there is one."""
        talk = await self._store.talk_about(turn.place, paper.id, lens.key)
        if talk is not None and talk.root is not None:
            return talk.root
        for kind in (PostKind.CARD, PostKind.TALK):
            standing = await self._store.sent(PostKey(turn.place, kind, str(paper.id), lens.key))
            if standing is not None:
                return PostRef(turn.place, standing.ref.thread or standing.ref.id)
        return None

    async def _open(self, turn: CommandCall, paper: Paper, lens: Lens) -> CommandReply:
        """Post the thread's first post in the channel itself, where the paper has no card."""
        if not (await self._store.place_settings(turn.place)).sharing:
            raise Refused("Sharing is switched off here, and the paper does not stand here.", "Ask it in private.")
        problems = await self._means.problems(turn.place)
        if problems:
            raise Refused(*problems[0])
        job = await self._opening(turn.place, paper, lens, None)
        known = await self._store.find_job(Queue.DELIVER, job.key)
        if known is not None and known.state in (JobState.FAILED, JobState.DROPPED):
            raise Refused("The thread could not be opened.", "The people who run the bot find the reason in its log.")
        if known is None:
            await self._means.count_public(turn.asked.key, turn.asked.asker)
        fixed = _fixed(paper.id, lens)
        return CommandReply(None, waits=True, told=OPENING, delay=ANSWER_POLL, jobs=[job], fixed=fixed)

    async def _opening(self, place: Place, paper: Paper, lens: Lens, root: PostRef | None) -> NewJob:
        """The delivery of the post that says what can be answered from: one a paper, lens and place."""
        key = PostKey(place, PostKind.TALK, str(paper.id), lens.key)
        platform = self._means.platforms.get(place.platform)
        reads_along = platform is not None and await platform.reads_along(place)
        post = self._means.renderer.talk(paper, lens, reads_along=reads_along)
        payload = {"post": post_to_json(post), "under": plain_ref(root)}
        return NewJob(Queue.DELIVER, str(key), payload, lane=str(place))

    async def _enter(self, turn: CommandCall, root: PostRef, paper: Paper, lens: Lens) -> None:
        """We are in that thread from now on; nobody has written in it yet, as far as we know."""
        if await self._store.talk(turn.place, root.id) is None:
            talk = Talk(turn.place, root.id, turn.asked.asker.community, paper.id, lens.key)
            await self._store.put_talk(talk)


def _fixed(paper: ArxivId, lens: Lens) -> dict[str, str]:
    """What a question is about from when it was asked on, whatever is talked about or followed meanwhile."""
    return {PAPER: str(paper), LENS: lens.key}
