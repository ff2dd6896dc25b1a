"""No secret reaches a log, in either form, with or without a traceback."""

import json
import logging

import pytest

from bot.log import redact, set_up_logging

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


@pytest.mark.parametrize(("text", "leak"), [*zip(SECRETS, LEAKS, strict=True)])
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
