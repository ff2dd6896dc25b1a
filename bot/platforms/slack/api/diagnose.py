"""What is wrong with tokens, scopes and addresses, for `copecheck check`; and how the bot is brought into a channel."""

from collections.abc import Mapping, Sequence

from bot.core.errors import PlatformError
from bot.platforms.slack.api.client import Identity, SlackClient
from bot.platforms.slack.api.errors import FOREIGN, NEW_APP_TOKEN, TOKEN, code_of, translated
from bot.ports.platform import Problem

# What each scope is for; docs/slack.md has the same table.
SCOPES: Mapping[str, str] = {
    "commands": "the slash command and the message shortcut",
    "chat:write": "posts, edits and answers that one person sees",
    "app_mentions:read": "being spoken to in channels",
    "channels:history": "threads, and looking for a post after a broken connection, in public channels",
    "groups:history": "the same in private channels",
    "im:history": "direct messages",
    "channels:read": "names of public channels, and whether I am in them",
    "groups:read": "the same of private channels",
    "im:write": "opening direct messages",
    "users:read": "who is an admin of the workspace, and who a guest",
}
OF_ORGANISATION = "The token is of a whole organisation, and one process serves one workspace."
NO_EARS = "Nobody can be heard: neither slack.app_token nor slack.signing_secret with slack.port is set."


async def problems_of(client: SlackClient, transport: str, app_token: str) -> Sequence[Problem]:
    """Everything that is missing, each with its remedy."""
    try:
        identity = await client.identity(fresh=True)
    except PlatformError as error:
        if code_of(error.__cause__) not in TOKEN:
            raise
        return (Problem(error.what, error.remedy),)
    missing = [name for name in SCOPES if name not in identity.scopes] if identity.scopes else []
    found = [Problem(OF_ORGANISATION, "Install the app in one workspace.")] if identity.team.startswith("E") else []
    found += [
        Problem(f"The scope {name} is missing: {SCOPES[name]}.", "Add it under OAuth & Permissions, install again.")
        for name in missing
    ]
    if not transport:
        found.append(Problem(NO_EARS, "Set one of them; see docs/slack.md."))
    return (*found, *(await _app_token(client, app_token) if transport == "socket" else ()))


async def _app_token(client: SlackClient, app_token: str) -> Sequence[Problem]:
    """Whether the app token opens a socket: an address is asked for and left unused."""
    try:
        await client.web(app_token).apps_connections_open(app_token=app_token)
    except FOREIGN as error:
        if code_of(error) in TOKEN or code_of(error) == "missing_scope":
            return (Problem(f"Slack refuses slack.app_token ({code_of(error)}).", NEW_APP_TOKEN),)
        failure = translated(error, has_effect=False)
        return (Problem(f"No socket can be opened: {failure.what}", failure.remedy or "Try again in a minute."),)
    return ()


def introduction(identity: Identity | None, transport: str, path: str) -> Sequence[str]:
    """Lines of `copecheck check`; nothing before the token was tried."""
    if identity is None:
        return ()
    known = f"workspace {identity.name}; a channel of it is the place slack:{identity.team}/<channel id>"
    ways = {
        "socket": "Slack reaches this process by Socket Mode; it needs no public address.",
        "http": f"Slack reaches this process over HTTP: the app's request URLs end in {path}.",
    }
    return (known, *([ways[transport]] if transport in ways else []), "In a channel, type: /invite @CopeCheck")
