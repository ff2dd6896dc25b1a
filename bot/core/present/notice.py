"""What those who manage a place are told of it in private, once."""

from bot.core.hostile.hygiene import clean
from bot.core.posts.phrase import line, sanitize, sentence, told, truncate
from bot.core.posts.post import LineRole, Post, PostKind

ONCE = "I say this once."


def plainer_notice(name: str) -> Post:
    """A post was refused for its form and stands in a plainer one."""
    return _notice(
        f"A post for {_named(name)} was refused in its usual form, so I send it in a plainer one.",
        "It says the same, as far as it fits; the people who run the bot find the reason in its log.",
    )


def lost_notice(name: str, what: str) -> Post:
    """A post was refused in every form, or cannot be made."""
    return _notice(
        f"A post for {_named(name)} could not be made there: {truncate(sentence(clean(what)), 300)}",
        "`status` says what is missing, and `search` finds its papers. The people who run the bot can send it again.",
    )


def given_up_notice(what: str, job: int) -> Post:
    """Work was given up after hours of an error that nobody foresaw."""
    return _notice(
        f"I gave up {truncate(sanitize(what), 200)}: it failed for hours with an error in the bot.",
        f"The log names the error. In the shell of the bot, copecheck jobs retry {job} tries it again.",
    )


def more_given_up_notice() -> Post:
    """There was more of it within the hour."""
    return _notice(
        "I gave up more work in that hour.", "In the shell of the bot, copecheck jobs lists all that failed."
    )


def unanswered_notice() -> Post:
    """A question stays without an answer by a fault of ours."""
    return _notice(
        "Your question could not be answered: something went wrong in the bot, again and again.",
        "Ask it again later. The people who run the bot are told.",
    )


def _named(name: str) -> str:
    return truncate(sanitize(name), 100)


def _notice(first: str, then: str) -> Post:
    lines = (line(LineRole.PARAGRAPH, first), told(LineRole.PARAGRAPH, then), line(LineRole.SMALL, ONCE))
    return Post(PostKind.NOTICE, truncate(first, 140), lines)
