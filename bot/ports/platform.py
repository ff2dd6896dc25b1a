"""What a chat platform must do, and the inbox that it puts into what people say and press."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.options import Option
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.follows.follow import Follow
from bot.core.papers.paper import ArxivId
from bot.core.posts.connection import Connection
from bot.core.posts.post import Line, Place, Post, PostKey, PostRef


@dataclass(frozen=True, slots=True)
class Capacity:
    """What fits into one post of a platform. `list_lines`: lines of a headline and a title; `title_lines`: of a title
    alone. `digest_characters`: of a whole day in one post; None: any number.

    `text_characters`: of words alone, where a post is set as bare text (`Form.TEXT`)."""

    characters: int
    list_lines: int
    title_lines: int
    digest_characters: int | None = None
    text_characters: int = 1500


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is missing, and its remedy: a line of `check`."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Home:
    """A person's overview: what is followed, each with its lines, the latest verdicts, and how it is."""

    today: date
    follows: Sequence[tuple[Follow, Sequence[Line]]] = ()
    recent: Sequence[Line] = ()
    health: Sequence[Line] = ()


class Platform(Protocol):
    """Speaks and listens. Every failure is one of the `PlatformError`s; nothing else may come out."""

    name: str
    capacity: Capacity

    @property
    def connection(self) -> Connection:
        """How it is connected at this moment; `run` changes it."""

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        """Post under `key`, in the thread of that post if given. `SendUnknown` when the effect is unknown."""

    async def find(self, key: PostKey, thread: PostRef | None) -> PostRef | None:
        """Look in the channel (or thread) for `key`; None when it is not there. `LookUnavailable` when it can't."""

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        """Put `post` in the place of what stands there; repeating it is harmless."""

    def hears(self, asked: CommandEvent) -> bool:
        """Whether this process can answer that event; where another one holds the connection, it does."""

    async def answer(self, asked: CommandEvent, post: Post) -> None:
        """Answer who asked, privately; a later answer to the same event may take the place of an earlier one."""

    async def show_work(self, place: Place, thread: PostRef | None) -> None:
        """Show for some seconds that an answer is under way (typing, a status); whatever fails is nobody's trouble."""

    def answers_until(self, asked: CommandEvent) -> datetime | None:
        """Until when `answer` can reach who asked; None when there is no such end."""

    async def check(self, place: Place) -> Sequence[Problem]:
        """What keeps us from posting at `place`; empty when nothing does."""

    async def diagnose(self) -> Sequence[Problem]:
        """What is wrong with its token, address and rights, for `copecheck check`; empty when nothing is."""

    def introduce(self) -> Sequence[str]:
        """What an operator should know of it: an invite link, say. Lines of `copecheck check`."""

    async def standing(self, asked: CommandEvent) -> Role:
        """What who asked may do in the place, where the event itself does not tell; asked before an admin's verb."""

    async def may_speak(self, asker: Actor, *, in_thread: bool, is_past: bool) -> bool:
        """Whether who asked may write there themselves: in the channel, or in its threads. In doubt they may not.

        `is_past`: they asked a while ago, so what the event told of their rights is no longer enough."""

    async def place_named(self, asked: CommandEvent, channel: str) -> tuple[Place, Role]:
        """The channel that who asked named, in their own community, and what they may do there; `Refused` in words."""

    async def reads_along(self, place: Place) -> bool:
        """Whether what people write in threads there reaches us when it names nobody; never fails."""

    async def describe(self, place: Place) -> str:
        """The place's name for people, its community's with it where there are several; never fails."""

    async def has_threads(self, place: Place) -> bool:
        """Whether posts there can have threads; where not, what would hang in one stands in the place itself."""

    async def admins(self, place: Place) -> Sequence[Place]:
        """Private places of those who manage `place`, to tell them about trouble there; empty when nobody is known."""

    def private(self, person: str) -> Place | None:
        """The private place of a person (`platform:id`), or None where the platform has none."""

    async def run(self, inbox: "Inbox") -> None:
        """Listen until cancelled; what people say goes to `inbox`. `connection` says how that goes."""

    async def close(self) -> None:
        """Let go of connections and files."""


class Inbox(Protocol):
    """Where platforms put what people say and press; stored before it is acknowledged."""

    async def take(self, asked: CommandEvent) -> bool:
        """Store an event once, by its own id; False when it was stored before."""

    async def note(self, key: str) -> bool:
        """Remember the id of an event that needs no work; False when it was known."""

    async def follows(self, places: Sequence[Place]) -> Sequence[Follow]:
        """What those places follow, for a form."""

    async def home(self, places: Sequence[Place]) -> Home:
        """What a person who sees those places sees of us."""

    @property
    def direct_follows(self) -> bool:
        """Whether anything may be followed in direct messages."""

    def is_operator(self, person: str) -> bool:
        """Whether the settings name that person as one who runs the bot."""

    async def hear(self, remark: Remark) -> bool:
        """Store a remark once, by its own id; False when it was stored before, or nobody wants it (a bot's).

        Whether it is answered is decided later: a platform tells every remark of a thread that we are in."""

    async def edited(self, change: RemarkEdited) -> None:
        """A person changed a remark: so do its words here; a question not yet answered becomes the new one."""

    async def deleted(self, gone: RemarkDeleted) -> None:
        """A remark is gone: so are its words here, and a question not yet answered stays without an answer."""

    async def leave(self, place: Place) -> None:
        """The bot was removed from a place: everything that is stored about it goes."""

    async def leave_community(self, community: str, places: Sequence[Place] = ()) -> None:
        """The bot was removed from a guild or workspace: everything of all its places goes."""

    async def communities(self, platform: str) -> Sequence[str]:
        """The guilds or workspaces about which something is stored: the bot may have been removed unheard."""

    async def mended(self, *places: Place) -> None:
        """Something changed at places (rights, an archive): what waits for them is tried at once."""

    async def known_hash(self, name: str) -> str:
        """The fingerprint of what this platform was last told of itself (its commands, say); empty when nothing was."""

    async def put_known_hash(self, name: str, fingerprint: str) -> None:
        """The platform was told that."""

    async def titles(self, papers: Sequence[ArxivId]) -> Mapping[ArxivId, str]:
        """Titles as people read them, of those papers that are known."""

    async def claims(self, paper: str, lens: str) -> Mapping[str, str]:
        """What the verdict on a paper (as a person names it) claims: the words of each claim, by its name. `Refused`
        where it claims nothing, `MalformedId` where that is no paper."""

    async def suggest(self, asker: Actor, option: Option, typed: str, most: int = 25) -> Sequence[tuple[str, str]]:
        """What a person may mean who began to type an option: (words to show, value), the likeliest first."""
