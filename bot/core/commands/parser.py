"""`COMMANDS`, the one table of verbs, and the one way from text (or typed options) to a `Command`.

Platforms, the terminal, `help` and the README are made from this table, so that they cannot drift apart.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.commands.event import Role
from bot.core.commands.options import Option, OptionKind
from bot.core.commands.verbs import COMMANDS, Verb
from bot.core.errors import CommandError
from bot.core.follows.week import IsoWeek
from bot.core.hostile.hygiene import clean
from bot.core.papers.categories import known_category
from bot.core.posts.phrase import quote

CHARACTERS_READ = 4000
FIRST_WORD_READ = 100  # a paper's id or address begins at once
MEANT_MOST = 60  # characters of a command that a hint shows
MOST_CATEGORIES = 20
GROUP_LIKENESS = 0.88  # `folow` is `follow`; `following` is a word of its own
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u00a0": " "})
_TOKEN = re.compile(r'"([^"]*)"|(\w+=)"([^"]*)"|(\S+)')
_LEAD = re.compile(r"^\s*(?:/?copecheck\b[:,]?|/)\s*", re.IGNORECASE)
_PAPER = re.compile(r"arxiv|^\W*(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})", re.IGNORECASE)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


Value = str | int | bool | time | date | IsoWeek | tuple[str, ...] | tuple[int, ...]
"""What an option may hold, by its kind."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb with the values of its options, each already of its kind."""

    verb: Verb
    values: Mapping[str, Value]

    def get(self, name: str, kind: type[T]) -> T | None:
        """The value of an option, which is of that kind by the table of verbs; None where it was not given."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, kind):
            raise TypeError(f"{self.verb.name}: {name} is no {kind.__name__}")
        return value

    def text(self, name: str) -> str:
        """The words of an option; none where it was not given."""
        return self.get(name, str) or ""

    def texts(self, name: str) -> tuple[str, ...]:
        """The several values of an option, such as categories; none where it was not given."""
        return tuple(str(value) for value in self.get(name, tuple) or ())

    def page(self) -> int:
        """Which page of a long answer is wanted."""
        return self.get("page", int) or 1


def parse(text: str) -> Command:
    """The command that `text` is; `CommandError` says what is wrong and what to type instead."""
    text = _LEAD.sub("", straight(text[:CHARACTERS_READ]).replace("\0", ""), count=1).strip()
    words = list(_words(text))
    if not words:
        return Command(find_verb("help"), {})
    verb, rest = _verb(words)
    return Command(verb, _read(verb, rest))


def command_of(name: str, values: Mapping[str, str]) -> Command:
    """A command from typed options, as platforms with forms give them; the same checks as for text."""
    verb = find_verb(name)
    known = {option.name: option for option in verb.options}
    given = {key: _value(verb, known[key], text) for key, text in values.items() if key in known and text != ""}
    return Command(verb, _complete(verb, given))


def find_verb(name: str) -> Verb:
    """The verb of that name; `CommandError` with the nearest where there is none."""
    for verb in COMMANDS:
        if verb.name == name:
            return verb
    raise _no_verb(name)


def _no_verb(name: str, rest: Sequence[str] = ()) -> CommandError:
    """That there is no such verb, and the nearest: with what stands behind it, where that makes a whole command."""
    near = similar(name, 0.6)
    command = " ".join((near, *rest)) if near and not any(" " in word for word in rest) else ""
    try:
        papers = parse(command).text("paper")
    except CommandError:
        command = ""
    else:
        command = "" if papers and not _PAPER.search(papers[:FIRST_WORD_READ]) else command
    is_short = len(command) <= MEANT_MOST and "`" not in command
    remedy = f"Did you mean `{(is_short and command) or near}`?" if near else "Type `help` for all of them."
    return CommandError(f"There is no command {quote(name)}.", remedy, command=command)


def similar(name: str, likeness: float = 0.8) -> str | None:
    """The verb that a name is like, where it is none; or the first word of several verbs, which must be nearer."""
    known = [verb.name for verb in COMMANDS if not verb.is_hidden]
    groups = sorted({verb.split()[0] for verb in known if " " in verb})
    near = difflib.get_close_matches(name[:40], groups, n=1, cutoff=GROUP_LIKENESS)
    near = near or difflib.get_close_matches(name[:40], known, n=1, cutoff=likeness)
    return near[0] if near else None


def short_form(verb: Verb) -> str:
    """`verdict <paper> [lens]`: a verb with what stands behind it, without its settings."""
    needed = [option for option in verb.options if option.is_positional and not option.is_hidden]
    return " ".join(
        (verb.name, *(f"<{option.name}>" if option.is_required else f"[{option.name}]" for option in needed))
    )


def usage(verb: Verb) -> str:
    """`verdict <paper> [lens]`: how a verb is typed."""
    return " ".join((verb.name, *(_usage(option) for option in verb.options if not option.is_hidden)))


def _usage(option: Option) -> str:
    if not option.is_positional:
        return f"[{option.name}={option.sample}]"
    return f"<{option.name}>" if option.is_required else f"[{option.name}]"


def allowed(standing: Role) -> tuple[Verb, ...]:
    """The verbs that a person of that standing may use and `help` shows."""
    return tuple(verb for verb in COMMANDS if not verb.is_hidden and standing.reaches(verb.needs))


def straight(text: str) -> str:
    """`text` with every kind of quotation mark made the plain one."""
    return text.translate(_QUOTES)


def _words(text: str) -> Iterator[str]:
    """Words at white space; what stands in quotation marks is one word, also after `name=`."""
    for found in _TOKEN.finditer(text):
        quoted, name, value, bare = found.groups()
        yield bare or (f"{name}{value}" if name else quoted or "")


def _verb(words: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """The verb, of two words or one, and what follows it; a paper alone asks for its verdict."""
    lowered = [word.lower() for word in words[:2]]
    names = {verb.name: verb for verb in COMMANDS}
    for length in (2, 1):
        verb = names.get(" ".join(lowered[:length]))
        if verb is not None and len(lowered) >= length:
            return verb, words[length:]
    groups = sorted({name.split()[0] for name in names if " " in name})
    if lowered[0] in groups:
        return _group(names, lowered)
    if _PAPER.search(words[0][:FIRST_WORD_READ]):
        return names["verdict"], words
    raise _no_verb(lowered[0], words[1:])


def _group(names: Mapping[str, Verb], lowered: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """`follow` alone, or with a second word that is none of its own."""
    group = lowered[0]
    seconds = [name.split()[1] for name, verb in names.items() if name.startswith(f"{group} ") and not verb.is_hidden]
    if len(lowered) == 1:
        return names[f"{group} list"], ()
    near = difflib.get_close_matches(lowered[1], seconds, n=1, cutoff=0.5)
    hint = f"Did you mean `{group} {near[0]}`?" if near else f"After {group} comes one of: {', '.join(seconds)}."
    raise CommandError(f"There is no command {quote(f'{group} {lowered[1]}')}.", hint)


def _read(verb: Verb, words: Sequence[str]) -> Mapping[str, Value]:
    """Values by option: `name=value`, flags by their name, all else in the order of the table."""
    known = {option.name: option for option in verb.options}
    given: dict[str, str] = {}
    loose: list[str] = []
    for word in words:
        name, mark, value = word.partition("=")
        option = known.get(name.lower())
        if mark and option is not None:
            given[option.name] = value
        elif mark and not _takes_words(verb) and re.fullmatch(r"\w+", name):
            raise _unknown(verb, name)
        elif (flag := known.get(word.lower())) is not None and flag.kind is OptionKind.FLAG:
            given[flag.name] = "yes"
        else:
            loose.append(word)
    _place(verb, loose, given)
    return _complete(verb, {name: _value(verb, known[name], text) for name, text in given.items()})


def _takes_words(verb: Verb) -> bool:
    return any(option.kind is OptionKind.WORDS and option.is_positional for option in verb.options)


def _place(verb: Verb, loose: Sequence[str], given: dict[str, str]) -> None:
    """Give words without a name to the positional options in their order; the last takes what is left."""
    left = list(loose)
    open_ones = [option for option in verb.options if option.is_positional and option.name not in given]
    for option in open_ones:
        if not left:
            return
        takes_all = option.kind in (OptionKind.WORDS, OptionKind.CATEGORIES)
        given[option.name] = " ".join(left) if takes_all else left[0]
        left = [] if takes_all else left[1:]
    if left:
        raise CommandError(f"{quote(' '.join(left), 60)} is one word too many.", _how(verb))


def _unknown(verb: Verb, name: str) -> CommandError:
    known = [option.name for option in verb.options if not option.is_positional]
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean “{near[0]}”?" if near else _how(verb)
    return CommandError(f"`{verb.name}` has no setting {quote(name)}.", hint)


def _complete(verb: Verb, given: Mapping[str, Value]) -> Mapping[str, Value]:
    for option in verb.options:
        if option.is_required and option.name not in given:
            raise CommandError(f"`{verb.name}` needs {option.help}.", _how(verb))
    return given


def _how(verb: Verb) -> str:
    return f"For example: `{verb.example}` · More: `help {verb.name}`"


def _value(verb: Verb, option: Option, text: str) -> Value:
    """A value of its kind, or `CommandError`."""
    try:
        return _READERS[option.kind](option, text.strip())
    except ValueError as error:
        how = _how(verb) if option.is_positional else f"Like this: {option.sample}."
        raise CommandError(f"{option.name}: {error}.", how) from None


def _words_of(option: Option, text: str) -> str:
    if len(text) > option.most:
        raise ValueError(f"at most {option.most} characters fit here")
    return text


def _choice(option: Option, text: str) -> str:
    if text.lower() not in option.choices:
        raise ValueError(f"{quote(text)} is none of {', '.join(option.choices)}")
    return text.lower()


def _choices(option: Option, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_choice(option, word) for word in text.replace(",", " ").split()))
    if not found:
        raise ValueError("at least one is needed")
    return found


def _categories(option: Option, text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if len(words) > MOST_CATEGORIES:
        raise ValueError(f"at most {MOST_CATEGORIES} categories fit here")
    if not words:
        raise ValueError("at least one arXiv category is needed")
    return tuple(dict.fromkeys(map(known_category, words)))


def _number(option: Option, text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not option.least <= int(text) <= option.most:
        raise ValueError(f"{quote(text)} is no number from {option.least} to {option.most}")
    return int(text)


def _hour(option: Option, text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", text, re.ASCII)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(f"{quote(text)} is no hour of the day")
    return time(int(found[1]), int(found[2] or 0))


def _zone(option: Option, text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{quote(text)} is no time zone") from None
    return text


def _date(option: Option, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{quote(text)} is no date") from None


def _week(option: Option, text: str) -> IsoWeek:
    return IsoWeek.parse(text)


def _flag(option: Option, text: str) -> bool:
    if text.lower() in ("yes", "on", "true", "1"):
        return True
    if text.lower() in ("no", "off", "false", "0"):
        return False
    raise ValueError(f"{quote(text)} is neither on nor off")


def _list(option: Option, text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in clean(text).split(",") if word.strip()))
    if len(words) > 50 or any(len(word) > 80 for word in words):
        raise ValueError("at most 50 words of at most 80 characters fit here")
    return words


def _weekdays(option: Option, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in text.lower().replace(",", " ").split():
        first, mark, last = word.partition("-")
        if first[:3] not in _DAYS or (mark and last[:3] not in _DAYS):
            raise ValueError(f"{quote(word)} is no day of the week")
        begin, end = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        found |= {day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)}
    if not found:
        raise ValueError("at least one day is needed")
    return tuple(sorted(found))


_READERS: Mapping[OptionKind, Callable[[Option, str], Value]] = {
    OptionKind.PAPER: _words_of,
    OptionKind.NAME: _words_of,
    OptionKind.LENS: _words_of,
    OptionKind.WORDS: _words_of,
    OptionKind.CHOICE: _choice,
    OptionKind.CHOICES: _choices,
    OptionKind.CATEGORIES: _categories,
    OptionKind.NUMBER: _number,
    OptionKind.HOUR: _hour,
    OptionKind.ZONE: _zone,
    OptionKind.DATE: _date,
    OptionKind.WEEK: _week,
    OptionKind.FLAG: _flag,
    OptionKind.LIST: _list,
    OptionKind.WEEKDAYS: _weekdays,
    OptionKind.CHANNEL: _words_of,
}
