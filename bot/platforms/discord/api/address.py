"""The one place where discord.py is told where Discord is: it has no knob of its own for that."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # a bot that never speaks misses no library


def point(api_url: str, gateway_url: str | None = None) -> None:
    """Let every request go to `api_url`, and every new connection that has no better address to `gateway_url`.

    discord.py reads both at the moment of use. It takes `DEFAULT_GATEWAY` whenever the number of shards is known, and
    after a session that is void.
    """
    Route.BASE = api_url
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = address_of(gateway_url)


def address_of(url: str) -> yarl.URL:
    """An address as discord.py wants it."""
    return yarl.URL(url)
