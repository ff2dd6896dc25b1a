"""What people write, as remarks: what is said to us, and what is said in threads where we may read it.

Of the latter the inbox keeps only what is said where we are in the talk.

Without the privileged intent, Discord gives us the words of direct messages, mentions and replies, and no others.
"""

import re

import discord

from bot.core.commands.event import Actor, Role, direct_community
from bot.core.discussion.remark import Remark, RemarkEdited
from bot.core.posts.post import Place, PostRef
from bot.platforms.discord.api.permissions import ChannelFacts, ChannelKind, manages, speaks
from bot.platforms.discord.api.places import PLATFORM, spot_of

# What a person says. All other messages are Discord's own notes: a call, a pin, a thread's new name, who joined.
SAID = (
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
)


def remark_of(message: discord.Message, own: int) -> Remark | None:
    """The remark that a message is; None when it is none of our business."""
    if message.author.id == own or message.type not in SAID:
        return None
    spot = spot_of(message.channel)
    is_private = message.guild is None
    is_addressed = is_private or _names_us(message, own) or _answers(message, own)
    if not is_addressed and not (spot.kind is ChannelKind.THREAD and _content(message)):
        return None
    place, thread = _place(message, spot), _thread(spot)
    inside = thread.id if thread else None
    reference = message.reference
    if reference is not None and (reference.type is not discord.MessageReferenceType.reply or not reference.message_id):
        reference = None  # what is forwarded is answered by nobody
    answered = PostRef(place, str(reference.message_id), inside) if reference else None
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
    if message.author.id == own or message.type not in SAID or not _content(message):
        return None
    return RemarkEdited(str(message.id), _place(message, spot_of(message.channel)), words_of(message, own))


def words_of(message: discord.Message, own: int) -> str:
    """What is said, without the mention of us, and without the names of those whom the message itself names."""
    ours = [
        rf"<@!?{own}>",
        *(rf"<@&{role_mention.id}>" for role_mention in message.role_mentions if _is_ours(role_mention, own)),
    ]
    said = re.sub("|".join(ours), " ", _content(message)).strip()
    names = sorted(_names(message, own), key=len, reverse=True)
    return re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", "someone", said) if names else said


def _names_us(message: discord.Message, own: int) -> bool:
    """Whether it mentions us, or the role that Discord made for us, which looks the same to who writes."""
    return any(mention.id == own for mention in message.mentions) or any(
        _is_ours(role_mention, own) for role_mention in message.role_mentions
    )


def _is_ours(role: discord.Role, own: int) -> bool:
    return role.tags is not None and role.tags.bot_id == own


def _content(message: discord.Message) -> str:
    """Its own words; of a message that is forwarded without any, those that are forwarded."""
    return message.content or "\n".join(message_snapshot.content for message_snapshot in message.message_snapshots)


def _names(message: discord.Message, own: int) -> set[str]:
    """What its writer and those whom it mentions are called, but for names that may be any word of a question."""
    people = [user for user in (message.author, *message.mentions) if user.id != own]
    called = {name for person in people for name in (person.name, person.global_name, person.display_name) if name}
    return {name for name in called if len(name) > 2 and not (name.isalpha() and name.islower())}


def _answers(message: discord.Message, own: int) -> bool:
    reference = message.reference
    answered = reference.resolved if reference is not None else None
    return isinstance(answered, discord.Message) and answered.author.id == own


def _place(message: discord.Message, spot: ChannelFacts) -> Place:
    """The channel, a thread's parent, or the person who writes in private."""
    if message.guild is None:
        return Place.private(f"{PLATFORM}:{message.author.id}")
    return Place(PLATFORM, str(spot.home))


def _thread(spot: ChannelFacts) -> PostRef | None:
    """A thread has the id of the post that it hangs on, and is there already."""
    if spot.kind is not ChannelKind.THREAD or spot.parent is None:
        return None
    return PostRef(Place(PLATFORM, str(spot.home)), str(spot.id), str(spot.id))


def _asker(message: discord.Message, spot: ChannelFacts) -> Actor:
    person, place = f"{PLATFORM}:{message.author.id}", _place(message, spot)
    if message.guild is None:
        return Actor(person, place, direct_community(person))
    within = Place(PLATFORM, str(spot.id)) if spot.kind is ChannelKind.THREAD else None
    community = f"{PLATFORM}:{message.guild.id}"
    may_post, may_thread = within is None or _may(message, in_thread=False), within is not None or _may(message)
    return Actor(person, place, community, _standing(message), within, may_post=may_post, may_thread=may_thread)


def _may(message: discord.Message, *, in_thread: bool = True) -> bool:
    """Whether who writes in a channel may write in its threads too, or who writes in a thread in its channel."""
    author, channel = message.author, message.channel
    home = channel.parent if isinstance(channel, discord.Thread) else channel
    if not isinstance(author, discord.Member) or not isinstance(home, discord.abc.GuildChannel):
        return False
    return speaks(home.permissions_for(author), in_thread=in_thread)


def _standing(message: discord.Message) -> Role:
    """By the roles that come with the message."""
    author = message.author
    if isinstance(author, discord.Member) and manages(author.guild_permissions):
        return Role.ADMIN
    return Role.MEMBER
