"""Slack as a platform: posts become Block Kit, commands and presses come in over Socket Mode or HTTP."""
