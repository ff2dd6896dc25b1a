"""Whether an answer makes sense: each check gives the value, or `ValueError` with what is wrong and what to write."""

import re
from collections.abc import Iterable

NONE = "none"


def address(words: str) -> str:
    """Where somebody can be reached."""
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{1,60}|https?://[^\s/]{1,190}\.[^\s]{1,190}", words):
        raise ValueError("that is no address; write one like me@example.org or https://example.org/me")
    return words


def web_or_none(words: str) -> str:
    """An address of the web, or none."""
    if words.lower() == NONE:
        return NONE
    if not re.fullmatch(r"https?://[^\s?#@]+", words):
        raise ValueError("that is no address; write one like https://openrouter.ai/api/v1, or none")
    return words


def something(words: str) -> str:
    """A name as it is."""
    if not words or len(words) > 200:
        raise ValueError("write a name as the provider lists it")
    return words


def categories(words: str) -> list[str]:
    """Names of categories; `ValueError` with what is wrong."""
    from bot.config.follow import checked_answer

    return [checked_answer("categories", name) for name in words.replace(",", " ").split() or [""]]


def one_of(words: str, names: Iterable[str], kind: str) -> str:
    """One of those names."""
    if words not in names:
        raise ValueError(f"there is no {kind} {words!r}; there are {', '.join(names)}")
    return words


def platform_named(words: str, names: Iterable[str]) -> str:
    """The platform; who says console means the terminal."""
    return one_of("terminal" if words.lower() == "console" else words.lower(), names, "platform")


def port(words: str) -> int:
    """A port to listen on."""
    if not words.isascii() or not words.isdecimal() or not 1 <= int(words[:6]) <= 65535:
        raise ValueError(f"{words!r} is no port; write a whole number from 1 to 65535, like 3000")
    return int(words)


def token(words: str) -> str:
    """What may be a token or a secret."""
    if not words or not words.isascii() or not words.isprintable() or " " in words:
        raise ValueError("that is no token; copy it once more")
    return words


def signing_secret(words: str) -> str:
    """Slack's signing secret has a form of its own, and cannot be tried before Slack calls."""
    if not re.fullmatch(r"[0-9a-f]{32}", words):
        raise ValueError("that is no signing secret: it has 32 signs, 0 to 9 and a to f; Basic Information has it")
    return words
