"""What went wrong is said in plain words: no library's names of its exceptions."""

import re
from pathlib import Path

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from bot.core.errors import connection_words

KEY = ConnectionKey("nowhere.invalid", 443, True, True, None, None, None)
BOT = Path(__file__).resolve().parents[2] / "bot"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")), "its name is not known here"),
        (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused")), "nobody answers"),
        (aiohttp.ClientConnectorSSLError(KEY, OSError(1, "bad")), "its certificate is not accepted"),
        (aiohttp.ServerTimeoutError(), "no answer in time"),
        (TimeoutError(), "no answer in time"),
        (aiohttp.ServerDisconnectedError(), "the connection broke off"),
        (ConnectionResetError(104, "reset"), "the connection broke off"),
        (aiohttp.ClientPayloadError(), "the answer cannot be read"),
        (KeyError("url"), "the answer cannot be read"),
    ],
)
def test_a_connection_that_came_to_nothing_is_told_in_plain_words(error: Exception, words: str) -> None:
    assert connection_words(error) == words


def test_no_message_of_the_bot_is_made_from_the_name_of_an_exception() -> None:
    shown = re.compile(r"""["'{(=]\s*type\((?:error|exc)\)\.__name__|: type\((?:error|exc)\)\.__name__""")
    found = [f"{file}: {words[0]}" for file in BOT.rglob("*.py") for words in shown.finditer(file.read_text("utf-8"))]
    assert found == []
