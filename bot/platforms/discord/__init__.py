"""Discord: posts as Components V2 messages, made by pure functions, and the client that sends and hears them."""

from bot.platforms.discord.gateway.listener import Patience as Patience
from bot.platforms.discord.platform import DiscordPlatform as DiscordPlatform
