"""What `copecheck check` finds out about the token and the application, and the link that invites the bot."""

from collections.abc import Sequence

import discord

from bot.core.errors import PlatformDown
from bot.platforms.discord.api.client import Wire
from bot.platforms.discord.api.errors import EffectUnknown, refusal, token_refused, unreachable
from bot.platforms.discord.api.permissions import INVITED
from bot.ports.platform import Problem

SCOPES = ("bot", "applications.commands")
CONTENT = Problem(
    "discord.message_content is on, and the application has no Message Content Intent.",
    "Switch it on in Discord's developer portal, Bot, Privileged Gateway Intents; or switch the setting off.",
)
ENDPOINT = Problem(
    "The application has an Interactions Endpoint URL, so that commands and buttons do not reach this program.",
    "Take it out in Discord's developer portal, General Information.",
)

NOWHERE = Problem(
    "The bot is in no server, so nobody can see or ask it.",
    "Invite it by the link that check shows; who opens it must manage the server.",
)


async def trial(wire: Wire, *, message_content: bool) -> Sequence[Problem]:
    """What is wrong with token, application and gateway; `PlatformDown` when Discord cannot be asked."""
    try:
        client = await wire.client()
        gateway = await wire.call("GET", "/gateway/bot")
        servers = await wire.call("GET", "/users/@me/guilds", params={"limit": "1"})
    except PlatformDown as error:
        refused = token_refused()
        if error.what != refused.what:
            raise
        return [Problem(refused.what, refused.remedy)]
    except EffectUnknown as error:
        raise unreachable(str(error)) from error
    except discord.HTTPException as error:
        raise refusal(error, "Discord") from error
    left = gateway["session_start_limit"]["remaining"]
    nowhere = [] if servers else [NOWHERE]
    return [*_of_application(client, message_content), *_of_gateway(left), *nowhere]


def _of_application(client: discord.Client, message_content: bool) -> list[Problem]:
    application = client.application
    flags = client.application_flags
    found = []
    if message_content and not (flags.gateway_message_content or flags.gateway_message_content_limited):
        found.append(CONTENT)
    if application is not None and application.interactions_endpoint_url:
        found.append(ENDPOINT)
    return found


def _of_gateway(left: int) -> list[Problem]:
    if left > 0:
        return []
    return [Problem("Discord allows no more connections today.", "Too many restarts: wait until tomorrow.")]


def invite(client: discord.Client | None) -> Sequence[str]:
    """Who we are, and the link; nothing before the token was tried."""
    if client is None or client.application_id is None:
        return ()
    link = discord.utils.oauth_url(client.application_id, permissions=INVITED, scopes=SCOPES)
    return (f"application {client.application_id}, logged in as {client.user}", f"invite it by {link}")
