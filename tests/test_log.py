"""No secret reaches a log, in either form, with or without a traceback."""

import json
import logging

import pytest

from bot.core.errors import StoreError
from bot.log import keep_recent, redact, set_up_logging
from bot.store.database.database import Conflict

SECRETS = [
    "xoxb-1234567890-abcdefghij",
    "xapp-1-A0-123-abc",
    "sk-abcdefghijklmnop",
    "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.abcdefghijklmnopqrstuvwxyz0",
    "postgresql://user:hunter2@host/name",
    "Bearer abcdef.ghijk",
    "https://example.org/hook?token=abcdef123",
    "https://discord.com/api/webhooks/123456/abc-DEF_9",
    "POST https://discord.com/api/v10/interactions/123456/aW50ZXJhY3Rpb24-x_Y/callback",
    "postgresql://user:p@hunter3@host/name",
    "postgresql://host/name?user=u&password=hunter4",
    "https://hooks.slack.com/commands/T1/99/response-secret",
    "wss://wss-primary.slack.com/link/?ticket=ticket-secret&app_id=A1",
]
PROVIDERS = [
    ("sk-ant-api03-abcdefghijkl", "abcdefghijkl"),
    ("sk-or-v1-abcdefghijkl", "abcdefghijkl"),
    ("gsk_abcdefghijklmnopq", "abcdefghijkl"),
    ("hf_abcdefghijklmnopqrst", "abcdefghijkl"),
    ("AIzaSyabcdefghijklmnopqrs", "abcdefghijkl"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("https://:hunter5@host/name", "hunter5"),
    (f"postgresql://user:{'a1' * 400}hunter6@host/name", "hunter6"),
    (f"postgresql://user:hunter7{'a1' * 400}@host/name", "hunter7"),
    ("postgresql://user:p@ss@hunter8@host/name", "hunter8"),
    ("{'api_key': 'plain words of a key'}", "words of a key"),
    ('{"bot_token": "short"}', "short"),
]
LEAKS = [
    "aW50ZXJhY3Rpb24",
    "1234567890-abc",
    "A0-123",
    "abcdefghijklmnop",
    "Gabcde",
    "hunter2",
    "ghijk",
    "abcdef123",
    "abc-DEF",
    "hunter3",
    "hunter4",
    "response-secret",
    "ticket-secret",
]


@pytest.mark.parametrize(("text", "leak"), [*zip(SECRETS, LEAKS, strict=True), *PROVIDERS])
def test_what_looks_like_a_secret_is_struck_out(text: str, leak: str) -> None:
    assert leak not in redact(f"before {text} after")
    assert redact(f"before {text} after").startswith("before ")


def test_plain_words_stay() -> None:
    words = "polled cs.AI: 331 papers of 2026-06-02, see https://arxiv.org/abs/2606.00001"
    assert redact(words) == words


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_line_has_its_fields_and_no_secret(capsys: pytest.CaptureFixture[str], form: str) -> None:
    before = logging.getLogger().handlers[:]
    try:
        set_up_logging("info", form, colours=False)
        try:
            raise ValueError("could not log in with xoxb-1234567890-abcdefghij")
        except ValueError:
            logging.getLogger("bot.test").exception("it failed", extra={"category": "cs.AI"})
        logging.getLogger("bot.test").debug("never seen")
    finally:
        logging.getLogger().handlers[:] = before
        logging.getLogger().setLevel(logging.WARNING)
    shown = capsys.readouterr().err
    assert "it failed" in shown
    assert "cs.AI" in shown
    assert "ValueError" in shown
    assert "abcdefghij" not in shown
    assert "never seen" not in shown
    if form == "json":
        assert json.loads(shown)["level"] == "error"


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_inside_a_container_and_no_sign_that_a_terminal_obeys_reaches_a_log(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    before = logging.getLogger().handlers[:]
    hostile = "\x1b]0;owned\x07\x9b2J\u202eesrever\x7f\nforged line"
    deep = {"headers": [("X", "xoxb-1234567890-inside")], "api_key": "hunter6", "of": {"token": b"hunter7"}, "n": 3}
    try:
        set_up_logging("info", form, colours=False)
        error = ValueError("xoxb-1234567890-raised")
        fields = {"deep": deep, "error": error, hostile: hostile}
        logging.getLogger("bot.test").info(hostile, extra=fields)
    finally:
        logging.getLogger().handlers[:] = before
    line = capsys.readouterr().err
    assert not {sign for sign in line if sign in "\x1b\x07\x9b\u202e\x7f"}
    assert not [secret for secret in ("inside", "hunter6", "hunter7", "raised") if secret in line]
    assert line.count("\n") == 1
    assert "owned" in line


def failing(at: float, error: Exception, name: str = "bot.services.runtime.scheduler") -> logging.LogRecord:
    """A record as `log.exception` makes it at that moment."""
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, "a step failed", (), (type(error), error, None))
    record.created = at
    return record


def test_a_database_that_is_away_is_one_line_a_minute_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "text", colours=False)
    recent = keep_recent()
    away = StoreError("The store postgresql://host/x failed: the server is shutting down.", "Start it.")
    away.__cause__ = OSError("connection refused")
    wrapped = RuntimeError("a part failed")
    wrapped.__cause__ = away
    for second in range(150):
        logging.getLogger().handle(failing(1_000.0 + second, away if second % 2 else wrapped))
        logging.getLogger().handle(failing(1_000.0 + second, OSError("pool"), "sqlalchemy.pool.impl.QueuePool"))
    shown = capsys.readouterr().err
    lines = [line for line in shown.splitlines() if "the store does not answer; it is tried again" in line]
    assert (len(lines), len(shown.splitlines())) == (3, 3), shown
    assert "the server is shutting down. Start it." in lines[0]
    assert len(recent) == 3


def test_what_is_no_missing_database_keeps_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "text", colours=False)
    for error in (ValueError("a fault of ours"), Conflict("a row that was refused")):
        logging.getLogger().handle(failing(1_000.0, error))
    assert capsys.readouterr().err.count("a step failed") == 2


def test_the_latest_warnings_are_kept_without_secrets_and_only_so_many() -> None:
    set_up_logging("info", "text", colours=False)
    recent = keep_recent()
    for number in range(50):
        logging.getLogger("bot.x").warning("call %s", number, extra={"token": "hunter2", "reason": "xoxb-1-abc\x1b[2J"})
    logging.getLogger("bot.x").info("nothing to see")
    assert len(recent) == 20
    assert [level for _, level, _ in recent] == ["warning"] * 20
    words = recent[-1][2]
    assert words.startswith("call 49: ***")
    assert not any(bad in words for bad in ("hunter2", "xoxb-1", "\x1b"))
