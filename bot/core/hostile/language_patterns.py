"""What is known of one language: the few signs by which an instruction to a model is told.

Patterns over `disguise.plain` text, so without accents, and with Turkish `ı` as `i`: verbs in the form of an order that
undo, judge or say; the rules they undo; the praise they ask for; and this paper.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LanguagePatterns:
    """One language's signs. `bound`: an order is told by its place at the head of a clause, not by its form alone."""

    undo: str
    rules: str
    judge: str
    praise: str
    paper: str
    bound: bool = True
