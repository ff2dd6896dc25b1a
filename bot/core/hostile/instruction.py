"""What is found where a text instructs its reader, and how it is told; apart from the many expressions that find it.

Those take longer to compile than all else that a start needs, and the process that listens never uses them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.hostile.hygiene import clean
from bot.core.posts.phrase import truncate

TITLE = 0
SHOWN_MOST = 150


@dataclass(frozen=True, slots=True)
class Instruction:
    """A sentence that instructs: its number (0 is the title), and its words or what its unseen characters spell."""

    sentence: int
    words: str
    is_unseen: bool = False


def flags_for(found: Sequence[Instruction]) -> tuple[str, ...]:
    """What a verdict says of them, in one sentence with the words that prove it; nothing where there are none."""
    if not found:
        return ()
    first = found[0]
    where = "The title" if first.sentence == TITLE else f"Sentence {first.sentence}"
    hidden = " in characters that cannot be seen" if first.is_unseen else ""
    others = [instruction.sentence for instruction in found[1:]]
    rest = f", as {'does' if len(others) == 1 else 'do'} {_numbers(others)}" if others else ""
    words = " ".join(clean(first.words).split())
    return (f"{where} instructs a model or reviewer{hidden}{rest}: “{truncate(words, SHOWN_MOST)}”",)


def _numbers(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"sentence {numbers[0]}"
    return f"sentences {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
