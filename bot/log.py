"""Logs go to stderr, one event a line with its fields, readable or as JSON; what looks like a secret is struck out."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|\bsk-[\w-]{8,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=://)[^/\s:@]+:\S+(?=@)"
    r"|(?i:(?<=bearer )\S+)|(?i:(?<=token=)[^&\s]+)|(?i:(?<=password=)[^&\s]+)|(?i:(?<=webhooks/)\d+/[\w-]+)"
    r"|(?i:(?<=hooks\.slack\.com/)\S+)|(?i:(?<=ticket=)[^&\s]+)"
    r"|(?i:(?<=interactions/)\d+/[\w-]+)"
)
# These write what people say when they are told to write everything.
CHATTY = (
    *("slack_sdk", "slack_bolt", "bot.platforms.slack.door.bolt", "discord"),
    *("aiosqlite", "asyncio", "alembic", "aiohttp.access", "httpx2", "httpcore2", "openai"),
)


def redact(text: str) -> str:
    """`text` without tokens, keys and passwords in addresses."""
    return _SECRET.sub("***", text)


def _redact_fields(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: redact(value) if isinstance(value, str) else value for name, value in event.items()}


def set_up_logging(level: str, form: str, *, colours: bool | None = None) -> None:
    """Send the standard library's logging to stderr; `form` is `text` or `json`."""
    before: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    paint = sys.stderr.isatty() if colours is None else colours
    last = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=paint, exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=before,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _redact_fields, last],
    )
    stream = logging.StreamHandler(sys.stderr)
    stream.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level.upper())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
