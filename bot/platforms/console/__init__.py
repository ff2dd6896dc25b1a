"""The terminal as a platform: posts go to an append-only file, which can be asked, and are painted after that."""

from bot.platforms.console.faults import ConsoleFaults as ConsoleFaults
from bot.platforms.console.platform import ConsolePlatform as ConsolePlatform
from bot.platforms.console.press import Pressable as Pressable
