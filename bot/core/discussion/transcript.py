"""Talks: the threads that we are in, who may be answered there, and what is remembered of what was said.

The bot answers only when it is addressed. While one person alone writes in a thread that we are in, that person is
always addressing it; from a second person on, only who names it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.core.commands.event import Actor
from bot.core.commands.payer import Cause, Payer
from bot.core.discussion.question import DialogueTurn, QuestionKind
from bot.core.discussion.remark import Remark
from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostRef

TURNS_SENT = 8
TURN_MOST = 1200
QUESTION_MOST = 1000
_STOP = re.compile(r"(?:please\s+)?stop(?:\s+(?:it|please|now))?\s*[.!]*", re.IGNORECASE)
_MARKS = re.compile(r"\W+")
SPOKEN_TO = r"(?:(?<![A-Za-z0-9])@|@(?!(?:[kn]|\d+(?:\.\d+)?)\b))"  # `hits@10` and `recall@k` name nobody
_NAMED = re.compile(rf"<@!?\w+>|@?\bcopecheck\b[:,]?|{SPOKEN_TO}\w[\w.-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread that we are in: `thread` is the id of its first post, empty in a direct message.

    `alone`: the only person who has written in it so far; empty while nobody has. `is_crowd`: a second one has.
    """

    place: Place
    thread: str
    community: str
    paper: ArxivId
    lens: str
    alone: str = ""
    is_crowd: bool = False
    is_stopped: bool = False

    def with_writer(self, person: str) -> "Talk":
        """The talk once that person has written in it."""
        if self.is_crowd or self.alone == person:
            return self
        return replace(self, alone="", is_crowd=True) if self.alone else replace(self, alone=person)

    @property
    def root(self) -> PostRef | None:
        """The post whose thread it is; None in a direct message."""
        return PostRef(self.place, self.thread) if self.thread else None


class Course(StrEnum):
    """What becomes of a remark."""

    ANSWER = "answer"
    STOP = "stop"
    IGNORE = "ignore"


def course_of(remark: Remark, talk: Talk | None) -> Course:
    """Whether a remark is answered, ends the talk, or is none of our business. Who calls us, and says nothing, is
    answered as well, but not in a talk."""
    if remark.is_bot:
        return Course.IGNORE
    is_ours = talk is not None and not talk.is_stopped and not talk.is_crowd
    is_heard = remark.is_addressed or (is_ours and talk is not None and talk.alone in ("", remark.asker.person))
    if not is_heard:
        return Course.IGNORE
    if is_stop(remark.words):
        return Course.STOP
    is_call = remark.is_addressed and remark.thread is None and remark.reply_to_post is None
    return Course.ANSWER if bare(remark.words) or is_call else Course.IGNORE


def is_stop(words: str) -> bool:
    """Whether somebody asks for silence, and says nothing else."""
    return _STOP.fullmatch(bare(words)) is not None


def bare(words: str) -> str:
    """What somebody says, in one line, without the names it is said to: those never go to a model."""
    return " ".join(_NAMED.sub(" ", words).split())[:QUESTION_MOST]


def sameness(kind: QuestionKind, words: str) -> str:
    """Equal for questions that ask the same in the same words."""
    return f"{kind}|{_MARKS.sub(' ', bare(words).casefold()).strip()}"


def talk_lane(place: Place, thread: str) -> str:
    """The lane of a thread's remarks."""
    return f"talk {place} {thread}".rstrip()


def thread_of(asker: Actor) -> PostRef | None:
    """The thread in which something was asked by command or button, if it was in one."""
    within = asker.within
    if within is None or within == asker.place:
        return None
    return PostRef(asker.place, within.channel.removeprefix(f"{asker.place.channel}/"))


@dataclass(frozen=True, slots=True)
class QuestionJob:
    """A question as a row of work: the remark (or press) that asks it, and what is known of it beyond its words.

    `is_command`: it was asked by a command or a button. `is_again`: its answer takes the place of one to older words.
    """

    remark: Remark
    kind: QuestionKind = QuestionKind.ASK
    paper: ArxivId | None = None
    lens: str = ""
    is_command: bool = False
    is_again: bool = False

    @property
    def lane(self) -> str:
        """What is worked on one after another: the remarks of one thread."""
        return talk_lane(self.remark.asker.place, self.thread)

    @property
    def root(self) -> PostRef | None:
        """The post whose thread the answer goes to; None in a direct message, which has no threads."""
        remark, place = self.remark, self.remark.asker.place
        if remark.thread is not None or remark.is_private:
            return remark.thread
        if remark.reply_to_post is not None:
            return PostRef(place, remark.reply_to_post.thread or remark.reply_to_post.id)
        return PostRef(place, remark.ref.id if remark.ref else remark.id)

    @property
    def thread(self) -> str:
        """The id of the thread's first post; empty in a direct message."""
        return self.root.id if self.root else ""

    @property
    def key(self) -> str:
        """The question's key among jobs."""
        return f"{self.remark.key}|again" if self.is_again else self.remark.key

    @property
    def sameness(self) -> str:
        """Equal for what asks the same."""
        return sameness(self.kind, self.remark.words)

    def payload(self) -> dict[str, Any]:
        """The question as plain values, for a job."""
        own = {"kind": str(self.kind), "about": str(self.paper) if self.paper else None, "through": self.lens}
        marks = {"is_command": self.is_command, "is_again": self.is_again}
        return self.remark.payload() | own | marks

    def job(self) -> NewJob:
        """The question as work: in its thread's order, on the share of who asked."""
        payers = (Payer.of(self.remark.asker, Cause.QUESTION),)
        return NewJob(Queue.REMARK, self.key, self.payload(), lane=self.lane, payers=payers)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "QuestionJob":
        """The inverse of `payload`; of a bare remark's payload too."""
        return cls(
            remark=Remark.of(payload),
            kind=QuestionKind(payload.get("kind") or QuestionKind.ASK),
            paper=ArxivId(payload["about"]) if payload.get("about") else None,
            lens=payload.get("through") or "",
            is_command=bool(payload.get("is_command")),
            is_again=bool(payload.get("is_again")),
        )


@dataclass(frozen=True, slots=True)
class TranscriptEntry:
    """A turn as it is remembered: `person` is who asked, of our turns whom we answered."""

    key: str
    place: Place
    thread: str
    paper: ArxivId
    lens: str
    person: str
    words: str
    is_ours: bool = False
    sameness: str = ""
    at: datetime | None = None


def turns_for(person: str, turns: Sequence[TranscriptEntry], but: str) -> tuple[DialogueTurn, ...]:
    """What goes before a question: what that person said and was answered, the latest of it; nobody else's words."""
    own = [turn for turn in turns if turn.person == person and turn.key != but]
    return tuple(
        DialogueTurn(transcript_entry.is_ours, transcript_entry.words[:TURN_MOST])
        for transcript_entry in own[-TURNS_SENT:]
    )
