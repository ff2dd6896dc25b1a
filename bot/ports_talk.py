"""The protocols of a discussion: who answers a question about a paper."""

from typing import Protocol

from bot.core.question import Answered, Question, Reading
from bot.core.verdict import Wait
from bot.ports_model import CallLog


class Answerer(Protocol):
    """Answers a question from what was read of the paper."""

    async def answer(self, question: Question, reading: Reading, call_log: CallLog) -> Answered | Wait:
        """The answer, or why it must wait; never one that points at a sentence that was not read."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
