"""What discord.py and the connection raise -> one of our errors, in words that say what to do.

Codes: Discord's reference, "JSON error codes".
"""

from collections.abc import Sequence
from datetime import timedelta

import discord

from bot.core import errors
from bot.core.jobs.backoff import retry_after
from bot.ports.platform import Problem

UNKNOWN_CHANNEL, UNKNOWN_GUILD, UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK = 10003, 10004, 10008, 10015
UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED, INVALID_TOKEN = 10062, 40060, 50027
MISSING_ACCESS, NO_DIRECT, NO_TEXT, MISSING_PERMISSIONS = 50001, 50007, 50008, 50013
ARCHIVED, THREAD_EXISTS, LOCKED, TOO_MANY_THREADS, TOO_MANY_NEWS = 50083, 160004, 160005, 160006, 160007
TAG_NEEDED, UNKNOWN_TAG, TOO_MANY_OLD_EDITS = 40067, 10087, 30046
CLOSING = frozenset(
    {MISSING_ACCESS, MISSING_PERMISSIONS, UNKNOWN_CHANNEL, UNKNOWN_GUILD, NO_DIRECT, NO_TEXT, ARCHIVED, LOCKED}
    | {TOO_MANY_THREADS, TOO_MANY_NEWS, TAG_NEEDED}
)

FORM = frozenset({400, 413, 422})
"""Statuses that say something of how a post is set, where no code says otherwise (50035, say: Invalid Form Body)."""

RETRY_AFTER = timedelta(minutes=5)
"""How long to wait where Discord asks for patience and says no time."""
LONGEST_WISH = timedelta(days=1)

_WORDS: dict[int, tuple[str, str]] = {
    UNKNOWN_CHANNEL: ("{where} does not exist, or no longer does.", "Correct its id, or follow in another channel."),
    UNKNOWN_GUILD: (
        "CopeCheck is not in the server of {where}.",
        "Invite it again; in the shell of the bot, copecheck check shows the link.",
    ),
    NO_DIRECT: ("This person accepts no direct messages from CopeCheck.", "They may allow them in their settings."),
    NO_TEXT: ("{where} is no channel for messages.", "Choose a text channel, an announcement channel or a forum."),
    ARCHIVED: ("The thread {where} is archived and locked.", "Unlock it, or give CopeCheck Manage Threads."),
    LOCKED: ("The thread {where} is locked.", "Unlock it, or give CopeCheck Manage Threads."),
    TOO_MANY_THREADS: ("The server of {where} has reached Discord's limit of open threads.", "Close some of them."),
    TOO_MANY_NEWS: ("{where} has reached Discord's limit of open threads.", "Close some of them."),
    TAG_NEEDED: ("The forum {where} wants a tag on each post.", "Make a tag that everybody may set."),
}


class EffectUnknown(Exception):
    """The request went out, and nobody knows whether it took effect; the words are the reason."""


def refusal(error: discord.HTTPException, where: str, missing: Sequence[Problem] = ()) -> errors.PlatformError:
    """What Discord's refusal means. `where`: the place's name; `missing`: what is known to be missing there."""
    code = error.code
    if code == TOO_MANY_OLD_EDITS:
        return errors.RateLimited("Discord takes no more edits of old posts for now.", retry_after=RETRY_AFTER)
    if error.status == 429:
        return errors.RateLimited("Discord asks to wait.", retry_after=_wish(error))
    if error.status == 401 and code != INVALID_TOKEN:
        return token_refused()
    if code in CLOSING or error.status == 403:
        return _closed(code, where, missing)
    if code == UNKNOWN_MESSAGE:
        return errors.PostGone("The post was deleted.", "It is not made again.")
    if error.status >= 500:
        return errors.SendUnknown(f"Discord reports an error (HTTP {error.status}).")
    told = ("Discord refuses this post.", f"{reason_of(error)} (HTTP {error.status}, code {code})".strip())
    if error.status in FORM:
        return errors.FormRefused(*told)
    return errors.PostRejected(*told)


def reason_of(error: discord.HTTPException) -> str:
    """Discord's own words, short: they name fields and limits, never a secret."""
    return " ".join(error.text.split())[:300]


def _wish(error: discord.HTTPException) -> timedelta:
    wish = retry_after(error.response.headers.get("Retry-After"), LONGEST_WISH)
    return RETRY_AFTER if wish is None else wish


def _closed(code: int, where: str, missing: Sequence[Problem]) -> errors.PlaceClosed:
    if code in _WORDS:
        what, remedy = _WORDS[code]
        words = what.format(where=where)
        return errors.PlaceClosed(words[:1].upper() + words[1:], remedy)
    if missing:
        return errors.PlaceClosed(missing[0].what, missing[0].remedy)
    return errors.PlaceClosed(
        f"Discord does not let CopeCheck act in {where}.", "Look at its permissions in that channel."
    )


def token_refused() -> errors.PlatformDown:
    """The token is void: nothing goes until the operator sets another."""
    remedy = "Copy the bot's token from Discord's developer portal, Bot, into discord.token."
    return errors.PlatformDown("Discord refuses the token.", remedy, retry_after=RETRY_AFTER)


def unreachable(reason: str) -> errors.PlatformDown:
    """No connection came about, so that nothing took effect."""
    return errors.PlatformDown(f"Discord cannot be reached ({reason}).", "Check discord.api_url and the network.")
