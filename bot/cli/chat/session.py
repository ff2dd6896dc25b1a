"""Who sits at the terminal's chat: as whom, in which place and thread; what is typed there, as events of a platform."""

import uuid
from dataclasses import dataclass

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.posts.post import Place, PostRef

US = "@copecheck"


@dataclass(slots=True)
class ChatSession:
    """Who sits at the terminal: as whom, in which place, and in which thread of it. `said`: the last remark's id."""

    place: Place
    person: str = "you"
    standing: Role = Role.ADMIN
    thread: PostRef | None = None
    said: str = ""

    @property
    def prompt(self) -> str:
        """`you (admin) console:main> `."""
        return f"{self.person} ({self.standing}) {self.place}{' (thread)' if self.thread else ''}> "

    @property
    def _asker(self) -> Actor:
        within = Place(self.place.platform, self.thread.id) if self.thread else None
        return Actor(f"console:{self.person}", self.place, "console", self.standing, within)

    def asked(self, text: str, terminal: str) -> CommandEvent:
        """A command or a press, as an event of the platform."""
        return CommandEvent(uuid.uuid4().hex, self._asker, text, reply_to={"terminal": terminal})

    def remark(
        self, words: str, terminal: str, reply_to: PostRef | None = None, *, is_addressed: bool = False
    ) -> Remark:
        """What is said to nobody in particular, to us, or in reply to a post."""
        self.said = uuid.uuid4().hex[:12]
        return Remark(
            id=self.said,
            asker=self._asker,
            words=words,
            thread=self.thread,
            reply_to_post=reply_to,
            is_addressed=is_addressed or reply_to is not None or US in words.lower(),
            reply_to={"terminal": terminal},
        )

    def edited(self, words: str) -> RemarkEdited:
        """The last remark says something else."""
        return RemarkEdited(self.said, self.place, words)

    def deleted(self) -> RemarkDeleted:
        """The last remark is taken back."""
        return RemarkDeleted(self.said, self.place)
