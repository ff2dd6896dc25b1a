"""Who asked for what: the command, whether that person may, and the verb that answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.commands.event import CommandEvent
from bot.core.commands.parser import Command, command_of, parse
from bot.core.commands.verbs import Verb
from bot.core.errors import CopeCheckError, Refused, StoreError
from bot.core.posts.post import VALUE_MOST
from bot.core.present.answer import refused
from bot.core.present.follow import admins_only
from bot.services.commands.context import CommandCall, CommandContext, CommandReply
from bot.services.commands.disputes import DisputeVerbs
from bot.services.commands.follow import FollowVerbs
from bot.services.commands.info import InfoVerbs
from bot.services.commands.search import SearchVerbs
from bot.services.commands.verdict_verbs import VerdictVerbs
from bot.services.commands.vote import VoteVerbs
from bot.services.discussion.questions import QuestionVerbs

OWN_PAGES = ("search", "recent")


class CommandDispatcher:
    """Every verb behind one door. Whatever a person did wrong is answered in words."""

    def __init__(self, means: CommandContext) -> None:
        self.means = means
        parts = (
            VerdictVerbs(means),
            QuestionVerbs(means),
            DisputeVerbs(means),
            SearchVerbs(means),
            FollowVerbs(means),
            VoteVerbs(means),
            InfoVerbs(means),
        )
        self._verbs = {name: verb for part in parts for name, verb in part.verbs().items()}

    def now(self) -> datetime:
        """The present moment."""
        return self.means.clock.now()

    async def reply(
        self,
        asked: CommandEvent,
        told: str,
        since: datetime,
        *,
        is_repeat: bool = False,
        fixed: Mapping[str, str] | None = None,
    ) -> CommandReply:
        """The answer to an event, as far as there is one by now."""
        try:
            command = command_for(asked)
            asked = await self._known(await self._placed(asked, command), command.verb)
            self._allow(asked, command.verb)
            reply = await self._verbs[command.verb.name](
                CommandCall(asked, command, told, since, is_repeat, fixed or {})
            )
            return _elsewhere(reply, command)
        except StoreError:
            raise
        except CopeCheckError as error:
            return CommandReply(refused(error))

    async def _placed(self, asked: CommandEvent, command: Command) -> CommandEvent:
        """The event in the place that it is about: the channel that was named, or the thread where that is a place."""
        asker = asked.asker
        platform = self.means.platforms.get(asker.place.platform)
        channel = command.text("channel")
        if channel and platform is not None:
            place, standing = await platform.place_named(asked, channel)
            return replace(asked, asker=replace(asker, place=place, standing=standing))
        return replace(asked, asker=await self.means.placed(asker))

    async def _known(self, asked: CommandEvent, verb: Verb) -> CommandEvent:
        """The event with what who asked may do, by the platform's word where it matters and the event did not say."""
        platform = self.means.platforms.get(asked.asker.place.platform)
        if platform is None or self.means.standing(asked).reaches(verb.needs):
            return asked
        return replace(asked, asker=replace(asked.asker, standing=await platform.standing(asked)))

    def _allow(self, asked: CommandEvent, verb: Verb) -> None:
        """Whether the person may use the verb, by what they may do at this moment."""
        if not self.means.standing(asked).reaches(verb.needs):
            raise Refused(*admins_only(verb.name))

    def verb(self, asked: CommandEvent) -> str:
        """The name of the verb that an event is; empty when it is none."""
        command = _safely(asked)
        return command.verb.name if command else ""

    def page(self, asked: CommandEvent) -> int:
        """Which page of a long answer is wanted."""
        command = _safely(asked)
        return command.page() if command and command.verb.name not in OWN_PAGES else 1

    def words(self, asked: CommandEvent) -> str:
        """The command as one would type it, without its page."""
        command = _safely(asked)
        if command is None:
            return "help"
        loose = [command.values.get(option.name) for option in command.verb.options if option.is_positional]
        return " ".join((command.verb.name, *(text for text in loose if isinstance(text, str))))


def command_for(asked: CommandEvent) -> Command:
    """The command that an event is; `CommandError` when it is none."""
    return parse(asked.text) if asked.values is None else command_of(asked.text, asked.values)


def _elsewhere(reply: CommandReply, command: Command) -> CommandReply:
    """Buttons of an answer about another channel go on being about that one."""
    channel = command.text("channel")
    if not channel or reply.post is None:
        return reply
    named = f' channel="{channel}"' if " " in channel else f" channel={channel}"
    buttons = (
        replace(button, value=f"{button.value}{named}") if button.value.startswith("follow ") else button
        for button in reply.post.buttons
    )
    kept = tuple(button for button in buttons if len(button.value) <= VALUE_MOST)
    return replace(reply, post=replace(reply.post, buttons=kept))


def _safely(asked: CommandEvent) -> Command | None:
    try:
        return command_for(asked)
    except CopeCheckError:
        return None
