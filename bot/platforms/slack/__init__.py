"""Slack as a platform: posts become Block Kit, commands and presses come in over Socket Mode or HTTP."""

from bot.platforms.slack.platform import SlackAccess, SlackPlatform

__all__ = ["SlackAccess", "SlackPlatform"]
