"""`ask`, `steelman`, `changes`, `discuss` and `stop`: questions by command or button, and the thread they go to."""

from datetime import timedelta

from bot.core.arxiv_id import parse_arxiv_id
from bot.core.errors import MalformedId, Refused
from bot.core.lens import Lens
from bot.core.paper import ArxivId, Paper
from bot.core.people import AskedFor, refusal, wait_words
from bot.core.phrase import line
from bot.core.plain import plain_post
from bot.core.post import Place, PostKey, PostKind, PostRef, Role, Span
from bot.core.present_answer import answer, words
from bot.core.present_talk import talk_post
from bot.core.question import QuestionKind
from bot.core.remark import Remark, plain_ref
from bot.core.talk import Asking, Talk, bare, thread_of
from bot.core.work import JobState, NewJob, Queue
from bot.services.find import paper_named
from bot.services.look_up import look_up
from bot.services.means import Means, Reply, Turn, Verbs
from bot.services.subject import subject_at

WHICH = "Name it: ask <question> paper=2611.01234. In the thread of a paper its own is meant."
OPENING = "the thread is being opened"
LOOK = timedelta(seconds=0.5)


class Debate:
    """Questions that are no remarks, and the threads of papers."""

    def __init__(self, means: Means) -> None:
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

    async def ask(self, turn: Turn) -> Reply:
        """A question in words."""
        if not bare(turn.command.get("question")):
            raise Refused("There is no question in that.", "Ask in words, like: ask What was it compared with?")
        return await self._ask(turn, QuestionKind.ASK, turn.command.get("question"))

    async def steelman(self, turn: Turn) -> Reply:
        """The strongest case for the paper."""
        return await self._ask(turn, QuestionKind.STEELMAN, "")

    async def changes(self, turn: Turn) -> Reply:
        """What would change the lens's mind."""
        return await self._ask(turn, QuestionKind.CHANGE_MIND, "")

    async def discuss(self, turn: Turn) -> Reply:
        """Open the thread of a paper; its first post says what can be answered from."""
        paper, lens = await self._about(turn, "")
        root = await self._root(turn, paper, lens)
        if isinstance(root, Reply):
            return root
        if root is None:
            return Reply(words("Ask me here; I answer from the paper’s text."), jobs=[])
        await self._enter(turn, root, paper, lens)
        opening = self._opening(turn.place, paper, lens, root)
        standing = await self._store.sent(PostKey(turn.place, PostKind.TALK, str(paper.id), lens.key))
        link = Span("Ask in its thread.", post=standing.ref if standing else root)
        return Reply(answer((line(Role.PARAGRAPH, link),)), jobs=[] if standing else [opening])

    async def stop(self, turn: Turn) -> Reply:
        """Be silent in a thread."""
        root = thread_of(turn.asked.asker)
        if root is None and not turn.asked.asker.is_alone:
            raise Refused("stop ends a discussion in its thread, and this is none.", "Say it in the thread.")
        if not await self._store.stop_talk(turn.place, root.id if root else ""):
            return Reply(words("I was not talking here."))
        return Reply(words("I am silent here until somebody addresses me again."))

    async def _ask(self, turn: Turn, kind: QuestionKind, text: str) -> Reply:
        paper, lens = await self._about(turn, text)
        root = await self._root(turn, paper, lens)
        if isinstance(root, Reply):
            return root
        asking = self._asking(turn, kind, text, root, paper, lens)
        await self._count(turn, asking)
        link = (Span("The answer will stand in the thread.", post=root),) if root else ("The answer comes here.",)
        return Reply(
            answer((line(Role.PARAGRAPH, "Reading the paper. ", *link),)),
            jobs=[NewJob(Queue.REMARK, asking.key, asking.payload(), lane=asking.lane)],
        )

    def _asking(
        self, turn: Turn, kind: QuestionKind, text: str, root: PostRef | None, paper: Paper, lens: Lens
    ) -> Asking:
        """The work that a command is: it says whom to answer, where and about what."""
        asked = turn.asked
        remark = Remark(
            id=asked.id,
            asker=asked.asker,
            words=text,
            thread=root,
            is_addressed=True,
            is_private=root is None,
            reply_to=asked.reply_to,
        )
        return Asking(remark, kind, paper.id, lens.key, is_command=True)

    async def _count(self, turn: Turn, asking: Asking) -> None:
        """Count the question within the limits; `Refused` says when it goes on."""
        now = self._means.clock.now()
        request = AskedFor(
            asking.key,
            turn.asked.asker,
            asking.paper or ArxivId(""),
            asking.lens,
            now.date(),
            is_answer=True,
            thread=asking.thread,
        )
        spent = await self._store.ask_for(request, self._means.limits)
        reason = refusal(spent, self._means.limits, is_answer=True) if spent else None
        if reason:
            raise Refused(reason, wait_words(now))

    async def _about(self, turn: Turn, text: str) -> tuple[Paper, Lens]:
        """The paper and lens that are named, else those of the thread."""
        named = turn.command.get("paper")
        lens = turn.command.get("lens")
        paper_id = parse_arxiv_id(named)[0] if named else None
        if paper_id is None:
            root = thread_of(turn.asked.asker)
            talk = await self._store.talk(turn.place, root.id if root else "")
            found = await subject_at(self._means, turn.place, root) if root and talk is None else None
            paper_id = talk.paper if talk else found.paper if found else paper_named(text)
            lens = lens or (talk.lens if talk else found.lens if found else None)
        if paper_id is None:
            raise MalformedId("Which paper is that about?", WHICH)
        paper = await look_up(str(paper_id), store=self._store, source=self._means.source)
        return paper, await self._means.lens_for(turn.place, lens, paper.id)

    async def _root(self, turn: Turn, paper: Paper, lens: Lens) -> PostRef | Reply | None:
        """The post whose thread the talk is in; None in a direct message; a reply while it is being posted."""
        here = thread_of(turn.asked.asker)
        if here is not None or turn.asked.asker.is_alone:
            return here
        talk = await self._store.talk_about(turn.place, paper.id, lens.key)
        if talk is not None and talk.root is not None:
            return talk.root
        for kind in (PostKind.CARD, PostKind.TALK):
            standing = await self._store.sent(PostKey(turn.place, kind, str(paper.id), lens.key))
            if standing is not None:
                return PostRef(turn.place, standing.ref.thread or standing.ref.id)
        return await self._open(turn, paper, lens)

    async def _open(self, turn: Turn, paper: Paper, lens: Lens) -> Reply:
        """Post the thread's first post in the channel itself, where the paper has no card."""
        if not (await self._store.place_settings(turn.place)).sharing:
            raise Refused("Sharing is switched off here, and the paper does not stand here.", "Ask it in private.")
        problems = await self._means.problems(turn.place)
        if problems:
            raise Refused(*problems[0])
        job = self._opening(turn.place, paper, lens, None)
        known = await self._store.find_job(Queue.DELIVER, job.key)
        if known is not None and known.state in (JobState.FAILED, JobState.DROPPED):
            raise Refused("The thread could not be opened.", "The operator finds the reason with copecheck jobs.")
        return Reply(None, waits=True, told=OPENING, delay=LOOK, jobs=[job])

    def _opening(self, place: Place, paper: Paper, lens: Lens, root: PostRef | None) -> NewJob:
        """The delivery of the post that says what can be answered from: one a paper, lens and place."""
        key = PostKey(place, PostKind.TALK, str(paper.id), lens.key)
        post = talk_post(paper, lens, self._means.renderer.readable, has_model=self._means.has_model)
        payload = {"post": plain_post(post), "under": plain_ref(root)}
        return NewJob(Queue.DELIVER, str(key), payload, lane=str(place))

    async def _enter(self, turn: Turn, root: PostRef, paper: Paper, lens: Lens) -> None:
        """We are in that thread from now on; nobody has written in it yet, as far as we know."""
        if await self._store.talk(turn.place, root.id) is None:
            talk = Talk(turn.place, root.id, turn.asked.asker.community, paper.id, lens.key)
            await self._store.put_talk(talk)
