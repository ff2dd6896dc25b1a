"""Who asked for what: the command, whether that person may, and the verb that answers."""

from dataclasses import replace
from datetime import datetime

from bot.core.asked import Asked
from bot.core.command import Command, command_of, parse
from bot.core.errors import CopeCheckError, Refused, StoreError
from bot.core.post import VALUE_MOST
from bot.core.present_answer import refused
from bot.core.verbs import Verb
from bot.services.ask import Ask
from bot.services.debate import Debate
from bot.services.find import Find
from bot.services.follow import FollowVerbs
from bot.services.means import Means, Reply, Turn
from bot.services.object import Object
from bot.services.tell import Tell
from bot.services.vote import Vote

OWN_PAGES = ("search", "recent")


class Desk:
    """Every verb behind one door. Whatever a person did wrong is answered in words."""

    def __init__(self, means: Means) -> None:
        self._means = means
        parts = (Ask(means), Debate(means), Object(means), Find(means), FollowVerbs(means), Vote(means), Tell(means))
        self._verbs = {name: verb for part in parts for name, verb in part.verbs().items()}

    async def reply(self, asked: Asked, told: str, since: datetime, *, is_repeat: bool = False) -> Reply:
        """The answer to an event, as far as there is one by now."""
        try:
            command = command_for(asked)
            asked = await self._known(await self._placed(asked, command), command.verb)
            self._allow(asked, command.verb)
            reply = await self._verbs[command.verb.name](Turn(asked, command, told, since, is_repeat))
            return _elsewhere(reply, command)
        except StoreError:
            raise
        except CopeCheckError as error:
            return Reply(refused(error))

    async def _placed(self, asked: Asked, command: Command) -> Asked:
        """The event in the place that it is about: the channel that was named, or the thread where that is a place."""
        asker = asked.asker
        platform = self._means.platforms.get(asker.place.platform)
        channel = command.get("channel")
        if channel and platform is not None:
            place, standing = await platform.place_named(asked, channel)
            return replace(asked, asker=replace(asker, place=place, standing=standing))
        if asker.within is not None and await self._means.store.is_known(asker.within):
            return replace(asked, asker=replace(asker, place=asker.within))
        return asked

    async def _known(self, asked: Asked, verb: Verb) -> Asked:
        """The event with what who asked may do, by the platform's word where it matters and the event did not say."""
        platform = self._means.platforms.get(asked.asker.place.platform)
        if platform is None or self._means.standing(asked).reaches(verb.needs):
            return asked
        return replace(asked, asker=replace(asked.asker, standing=await platform.standing(asked)))

    def _allow(self, asked: Asked, verb: Verb) -> None:
        """Whether the person may use the verb, by what they may do at this moment."""
        if not self._means.standing(asked).reaches(verb.needs):
            raise Refused(
                f"{verb.name} is for the admins of this place.", "Ask one of them; follow list shows what is on."
            )

    def page(self, asked: Asked) -> int:
        """Which page of a long answer is wanted."""
        command = _safely(asked)
        return int(command.get("page", 1)) if command and command.verb.name not in OWN_PAGES else 1

    def words(self, asked: Asked) -> str:
        """The command as one would type it, without its page."""
        command = _safely(asked)
        if command is None:
            return "help"
        loose = [
            command.get(one.name) for one in command.verb.options if one.is_positional and one.name in command.values
        ]
        return " ".join((command.verb.name, *(str(one) for one in loose if isinstance(one, str))))


def command_for(asked: Asked) -> Command:
    """The command that an event is; `CommandError` when it is none."""
    return parse(asked.text) if asked.values is None else command_of(asked.text, asked.values)


def _elsewhere(reply: Reply, command: Command) -> Reply:
    """Buttons of an answer about another channel go on being about that one."""
    channel = command.get("channel")
    if not channel or reply.post is None:
        return reply
    named = f' channel="{channel}"' if " " in channel else f" channel={channel}"
    buttons = (
        replace(one, value=f"{one.value}{named}") if one.value.startswith("follow ") else one
        for one in reply.post.buttons
    )
    kept = tuple(one for one in buttons if len(one.value) <= VALUE_MOST)
    return replace(reply, post=replace(reply.post, buttons=kept))


def _safely(asked: Asked) -> Command | None:
    try:
        return command_for(asked)
    except CopeCheckError:
        return None
