"""Logs go to stderr, one event a line with its fields, readable or as JSON; what looks like a secret is struck out."""

import logging
import re
import sys
from collections import deque
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TextIO

from bot.core.errors import StoreError
from bot.core.hostile.hygiene import clean

_SECRET = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|\bsk-[\w-]{8,}|\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|\b(?:gsk_|hf_|r8_|xai-|gh[pousr]_|github_pat_|AIza|AKIA|eyJ)[\w.-]{12,}"
    r"|(?i:(?<=bearer )\S+)|(?i:(?<=basic )[\w+/=]{8,})|(?i:(?<=\bbot )[\w.-]{50,})"
    r"|(?i:(?<=token=)[^&\s]+)|(?i:(?<=password=)[^&\s]+)|(?i:(?<=secret=)[^&\s]+)|(?i:(?<=api_key=)[\w-]+)"
    r"|(?i:(?<=webhooks/)\d+/[\w-]+)"
    r"|(?i:(?<=hooks\.slack\.com/)\S+)|(?i:(?<=ticket=)[^&\s]+)"
    r"|(?i:(?<=interactions/)\d+/[\w-]+)"
)
_ADDRESS = re.compile(r"://\S+")
_LOGIN = re.compile(r"://[^/\s:@]{0,256}:")
# The name of a secret, as a key or written out in quotation marks with its value behind it.
_NAMES = r"token|secret|password|api[_-]?key|authorization|cookie"
_NAME = re.compile(_NAMES, re.IGNORECASE)
_NAMED = re.compile(rf"((?:{_NAMES})[\"']\s?:\s?b?[\"'])[^\"']+", re.IGNORECASE)
AWAY_SECONDS = 60.0
RECENT_MOST, RECENT_LONGEST = 20, 500
_PLAIN_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
PLAIN = (bool, int, float, type(None))
SEVERAL_LINES = ("exception", "stack")
# These write what people say when they are told to write everything.
CHATTY = (
    *("slack_sdk", "slack_bolt", "bot.platforms.slack.events.router.bolt", "discord"),
    *("aiosqlite", "asyncio", "alembic", "aiohttp.access", "httpx2", "httpcore2", "openai"),
)


def redact(text: str) -> str:
    """`text` without tokens, keys and passwords in addresses."""
    return _SECRET.sub("***", _ADDRESS.sub(_without_login, _NAMED.sub(r"\1***", text)))


def _without_login(address: re.Match[str]) -> str:
    """An address without name and password, however long these are and whatever signs they hold."""
    before, at, after = address[0].rpartition("@")
    login = _LOGIN.search(before)
    return f"{before[: login.start()]}://***{at}{after}" if login else address[0]


def _safe(value: Any) -> Any:
    """A field's value, however deep it lies: no secret, and no sign that a terminal would obey."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        return {_line(str(name)): _of_name(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(item) for item in value]
    return _line(value if isinstance(value, str) else repr(value))


def _of_name(name: str, value: Any) -> Any:
    is_secret = isinstance(value, str | bytes) and _NAME.search(name) is not None
    return "***" if is_secret else _safe(value)


def _line(text: str) -> str:
    return clean(redact(text)).replace("\n", " ")


def _safe_fields(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    told = {name: clean(redact(str(event[name]))) for name in SEVERAL_LINES if name in event}
    return {_line(name): _of_name(name, value) for name, value in event.items()} | told


def _reason_first(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What happened and why as one sentence, before the other fields."""
    reason = event.pop("reason", "")
    return {**event, "event": f"{event['event']}: {reason}"} if reason else event


class Recent(logging.Handler):
    """Keeps the latest warnings and errors in memory, each as one harmless line, for who looks inside."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told = StoreAway()
        self.lines: deque[tuple[datetime, str, str]] = deque(maxlen=RECENT_MOST)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep when it was, how bad, and what."""
        told = self._told(record)
        if told is None:
            return
        record = told
        known = {name: value for name, value in vars(record).items() if name not in _PLAIN_RECORD}
        event = dict(_reason_first(None, "", {"event": record.getMessage()} | known))
        words = _line(event.pop("event"))
        fields = " ".join(f"{_line(name)}={_of_name(name, value)}" for name, value in event.items())
        words = f"{words} {fields}".strip()[:RECENT_LONGEST]
        self.lines.append((datetime.fromtimestamp(record.created, UTC), record.levelname.lower(), words))


def keep_recent() -> Sequence[tuple[datetime, str, str]]:
    """From now on keep the latest warnings and errors; what is kept grows, and loses its oldest."""
    recent = Recent()
    logging.getLogger().addHandler(recent)
    return recent.lines


class StoreAway:
    """A database that is away (a restart, say) is one line a minute, whatever runs into it and however often."""

    def __init__(self) -> None:
        self._said_at = -AWAY_SECONDS

    def __call__(self, record: logging.LogRecord) -> logging.LogRecord | None:
        """The record, a plainer one in its place, or None where it was said a moment ago."""
        error = _store_error(record)
        if error is None and not record.name.startswith("sqlalchemy.pool"):
            return record
        if record.created - self._said_at < AWAY_SECONDS:
            return None
        self._said_at = record.created
        words = str(error) if error else record.getMessage()
        fields = {"name": record.name, "levelno": logging.ERROR, "levelname": "ERROR", "created": record.created}
        return logging.makeLogRecord(fields | {"msg": "the store does not answer; it is tried again", "reason": words})


class CalmStream(logging.StreamHandler[TextIO]):
    """Writes to a stream what is left when a store that is away is told once a minute."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._told = StoreAway()

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or what stands in its place."""
        told = self._told(record)
        if told is not None:
            super().emit(told)


class FirstUse(logging.Formatter):
    """How a line is written, made for the first one: structlog is slow to import, and most commands log nothing."""

    def __init__(self, form: str, *, colours: bool) -> None:
        super().__init__()
        self._form, self._colours = form, colours

    @cached_property
    def _inner(self) -> logging.Formatter:
        import structlog

        before: list[structlog.typing.Processor] = [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
        ]
        last = (
            structlog.processors.JSONRenderer()
            if self._form == "json"
            else structlog.dev.ConsoleRenderer(colors=self._colours, exception_formatter=structlog.dev.plain_traceback)
        )
        words = [] if self._form == "json" else [_reason_first]
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *words, _safe_fields, last],
        )

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        return self._inner.format(record)


def _store_error(record: logging.LogRecord) -> StoreError | None:
    """The failure of the store behind what is logged; a refused row is no such thing, but a fault of ours."""
    error = record.exc_info[1] if record.exc_info else None
    while error is not None and not isinstance(error, StoreError):
        error = error.__cause__ or error.__context__
    return error if type(error) is StoreError else None


def set_up_logging(level: str, form: str, *, colours: bool | None = None) -> None:
    """Send the standard library's logging to stderr; `form` is `text` or `json`."""
    stream = CalmStream(sys.stderr)
    stream.setFormatter(FirstUse(form, colours=sys.stderr.isatty() if colours is None else colours))
    root = logging.getLogger()
    root.handlers[:] = [stream]
    root.setLevel(level.upper())
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
