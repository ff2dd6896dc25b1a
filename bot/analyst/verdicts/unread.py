"""A text that its reader gives up on: for good, with words, or for now, where only the machine was too busy."""

from bot.core.errors import Unreadable
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.verdict import Wait

BUSY_SECONDS = 60.0


def unread_words(error: Unreadable) -> str:
    """Why it could not be read, as a sentence."""
    return f"{error.what[0].upper()}{error.what[1:]}."


def wait_for_reader(error: Unreadable) -> Wait:
    """Another attempt may help."""
    return Wait(unread_words(error), BUSY_SECONDS, WaitReason.TEXT_UNREAD)
