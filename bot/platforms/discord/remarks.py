"""What people write, as remarks: what is said to us, and what is said in threads where we may read it.

Of the latter the inbox keeps only what is said where we are in the talk.

Without the privileged intent, Discord gives us the words of direct messages, mentions and replies, and no others.
"""

import re

import discord

from bot.core.asked import Asker, Standing
from bot.core.post import Place, PostRef
from bot.core.remark import Remark, RemarkEdited
from bot.platforms.discord.permissions import Kind, Spot, manages
from bot.platforms.discord.places import PLATFORM, spot_of


def remark_of(message: discord.Message, own: int) -> Remark | None:
    """The remark that a message is; None when it is none of our business."""
    if message.author.id == own:
        return None
    spot = spot_of(message.channel)
    is_private = message.guild is None
    is_addressed = is_private or any(one.id == own for one in message.mentions) or _answers(message, own)
    if not is_addressed and not (spot.kind is Kind.THREAD and message.content):
        return None
    place, thread = _place(message, spot), _thread(spot)
    inside = thread.id if thread else None
    reference = message.reference
    answered = PostRef(place, str(reference.message_id), inside) if reference and reference.message_id else None
    return Remark(
        id=str(message.id),
        asker=_asker(message, spot),
        words=words_of(message, own),
        thread=thread,
        reply_to_post=answered,
        is_addressed=is_addressed,
        is_private=is_private,
        at=message.created_at,
        ref=PostRef(place, str(message.id), inside),
        is_bot=message.author.bot or message.webhook_id is not None,
    )


def edited_of(message: discord.Message, own: int) -> RemarkEdited | None:
    """A person's message that says something else now; None where we are not shown what."""
    if message.author.id == own or not message.content:
        return None
    return RemarkEdited(str(message.id), _place(message, spot_of(message.channel)), words_of(message, own))


def words_of(message: discord.Message, own: int) -> str:
    """What is said, without the mention of us, and without the names of those whom the message itself names."""
    said = re.sub(rf"<@!?{own}>", " ", message.content).strip()
    names = sorted(_names(message, own), key=len, reverse=True)
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", "someone", said) if names else said


def _names(message: discord.Message, own: int) -> set[str]:
    """What its writer and those whom it mentions are called, but for names that may be any word of a question."""
    people = [one for one in (message.author, *message.mentions) if one.id != own]
    called = {name for one in people for name in (one.name, one.global_name, one.display_name) if name}
    return {name for name in called if len(name) > 2 and not (name.isalpha() and name.islower())}


def _answers(message: discord.Message, own: int) -> bool:
    reference = message.reference
    answered = reference.resolved if reference is not None else None
    return isinstance(answered, discord.Message) and answered.author.id == own


def _place(message: discord.Message, spot: Spot) -> Place:
    """The channel, a thread's parent, or the person who writes in private."""
    if message.guild is None:
        return Place.private(f"{PLATFORM}:{message.author.id}")
    return Place(PLATFORM, str(spot.home))


def _thread(spot: Spot) -> PostRef | None:
    """A thread has the id of the post that it hangs on, and is there already."""
    if spot.kind is not Kind.THREAD or spot.parent is None:
        return None
    return PostRef(Place(PLATFORM, str(spot.home)), str(spot.id), str(spot.id))


def _asker(message: discord.Message, spot: Spot) -> Asker:
    person, place = f"{PLATFORM}:{message.author.id}", _place(message, spot)
    if message.guild is None:
        return Asker(person, place, f"{PLATFORM}:dm")
    within = Place(PLATFORM, str(spot.id)) if spot.kind is Kind.THREAD else None
    return Asker(person, place, f"{PLATFORM}:{message.guild.id}", _standing(message), within)


def _standing(message: discord.Message) -> Standing:
    """By the roles that come with the message."""
    author = message.author
    if isinstance(author, discord.Member) and manages(author.guild_permissions):
        return Standing.ADMIN
    return Standing.MEMBER
