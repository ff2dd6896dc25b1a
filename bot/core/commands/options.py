"""An option of a verb: its name, the kind of its value, and what a platform shows of it."""

from dataclasses import dataclass
from enum import StrEnum


class OptionKind(StrEnum):
    """The kinds of values that an option may have."""

    PAPER = "paper"
    NAME = "name"
    LENS = "lens"
    WORDS = "words"
    CHOICE = "choice"
    CHOICES = "choices"
    CATEGORIES = "categories"
    NUMBER = "number"
    HOUR = "hour"
    ZONE = "zone"
    DATE = "date"
    WEEK = "week"
    FLAG = "flag"
    LIST = "list"
    WEEKDAYS = "weekdays"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Option:
    """One option. `help` completes "… needs …" and stands in forms; `sample` is a value that works.

    `least` and `most` bound a number, `most` the characters of a text; positional options are typed without a name.
    `is_asked`: a form asks for it where it is not given. `names`: what the choices are called where one picks them, in
    their order; empty: as they are typed.
    """

    name: str
    kind: OptionKind
    help: str
    sample: str = ""
    is_required: bool = False
    is_positional: bool = False
    is_hidden: bool = False
    is_asked: bool = False
    choices: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    least: int = 0
    most: int = 2000

    @property
    def named(self) -> dict[str, str]:
        """What each choice is called."""
        return dict(zip(self.choices, self.names or self.choices, strict=True))
