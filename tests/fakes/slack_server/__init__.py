"""A Slack on loopback: Web API, Socket Mode, signed HTTP, response URLs, limits, faults and people who use the bot.

In a test: `async with FakeSlack() as slack: … AsyncWebClient(token=BOT_TOKEN, base_url=slack.api_url) …`.
As a process: `python -m tests.fakes.slack_server --port-file FILE --journal FILE`.
"""

from tests.fakes.slack_server.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack

__all__ = ["APP_TOKEN", "BOT_TOKEN", "SIGNING_SECRET", "FakeSlack"]
