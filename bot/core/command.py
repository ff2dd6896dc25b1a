"""`COMMANDS`, the one table of verbs, and the one way from text (or typed options) to a `Command`.

Platforms, the terminal, `help` and the README are made from this table, so that they cannot drift apart.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.asked import Standing
from bot.core.errors import CommandError
from bot.core.option import Kind, Option
from bot.core.phrase import echoed
from bot.core.verbs import COMMANDS as COMMANDS
from bot.core.verbs import Verb
from bot.core.week import IsoWeek

LONGEST = 4000
MOST_CATEGORIES = 20
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u00a0": " "})
_TOKEN = re.compile(r'"([^"]*)"|(\w+=)"([^"]*)"|(\S+)')
_LEAD = re.compile(r"^\s*(?:/?copecheck\b[:,]?|/)\s*", re.IGNORECASE)
_PAPER = re.compile(r"arxiv|^\W*(?:[a-z-]+(?:\.[a-z]{2})?/\d{7}|\d{4}\.\d{4,5})", re.IGNORECASE)
_CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]{2,})?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Command:
    """A verb with the values of its options, each already of its kind."""

    verb: Verb
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an option, or `default` where it was not given."""
        return self.values.get(name, default)


def parse(text: str) -> Command:
    """The command that `text` is; `CommandError` says what is wrong and what to type instead."""
    text = _LEAD.sub("", straight(text[:LONGEST]).replace("\0", ""), count=1).strip()
    words = list(_words(text))
    if not words:
        return Command(find_verb("help"), {})
    verb, rest = _verb(words)
    return Command(verb, dict(_read(verb, rest)))


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
    known = [verb.name for verb in COMMANDS if not verb.is_hidden]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    remedy = f"Did you mean {near[0]}?" if near else "Type help for all of them."
    raise CommandError(f"There is no command {echoed(name)}.", remedy)


def usage(verb: Verb) -> str:
    """`verdict <paper> [lens]`: how a verb is typed."""
    return " ".join((verb.name, *(_usage(option) for option in verb.options if not option.is_hidden)))


def _usage(option: Option) -> str:
    if not option.is_positional:
        return f"[{option.name}={option.sample}]"
    if option.kind is Kind.CHOICE:
        return "|".join(option.choices)
    return f"<{option.name}>" if option.is_required else f"[{option.name}]"


def allowed(standing: Standing) -> tuple[Verb, ...]:
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
    if _PAPER.search(words[0]):
        return names["verdict"], words
    return find_verb(lowered[0]), words[1:]


def _group(names: Mapping[str, Verb], lowered: Sequence[str]) -> tuple[Verb, Sequence[str]]:
    """`follow` alone, or with a second word that is none of its own."""
    group = lowered[0]
    seconds = [name.split()[1] for name, verb in names.items() if name.startswith(f"{group} ") and not verb.is_hidden]
    if len(lowered) == 1:
        return names[f"{group} list"], ()
    near = difflib.get_close_matches(lowered[1], seconds, n=1, cutoff=0.5)
    hint = f"Did you mean {group} {near[0]}?" if near else f"After {group} comes one of: {', '.join(seconds)}."
    raise CommandError(f"There is no command {echoed(f'{group} {lowered[1]}')}.", hint)


def _read(verb: Verb, words: Sequence[str]) -> Mapping[str, Any]:
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
        elif (flag := known.get(word.lower())) is not None and flag.kind is Kind.FLAG:
            given[flag.name] = "yes"
        else:
            loose.append(word)
    _place(verb, loose, given)
    return _complete(verb, {name: _value(verb, known[name], text) for name, text in given.items()})


def _takes_words(verb: Verb) -> bool:
    return any(option.kind is Kind.WORDS and option.is_positional for option in verb.options)


def _place(verb: Verb, loose: Sequence[str], given: dict[str, str]) -> None:
    """Give words without a name to the positional options in their order; the last takes what is left."""
    left = list(loose)
    open_ones = [option for option in verb.options if option.is_positional and option.name not in given]
    for option in open_ones:
        if not left:
            return
        takes_all = option.kind in (Kind.WORDS, Kind.CATEGORIES)
        given[option.name] = " ".join(left) if takes_all else left[0]
        left = [] if takes_all else left[1:]
    if left:
        raise CommandError(f"{echoed(' '.join(left), 60)} is one word too many.", _how(verb))


def _unknown(verb: Verb, name: str) -> CommandError:
    known = [option.name for option in verb.options if not option.is_positional]
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}=?" if near else _how(verb)
    return CommandError(f"{verb.name} has no setting {echoed(name)}.", hint)


def _complete(verb: Verb, given: dict[str, Any]) -> dict[str, Any]:
    for option in verb.options:
        if option.is_required and option.name not in given:
            raise CommandError(f"{verb.name} needs {option.help}.", _how(verb))
    return given


def _how(verb: Verb) -> str:
    return f"Type {usage(verb)}, for example: {verb.example}"


def _value(verb: Verb, option: Option, text: str) -> Any:
    """A value of its kind, or `CommandError`."""
    try:
        return _READERS[option.kind](option, text.strip())
    except ValueError as error:
        how = _how(verb) if option.is_positional else f"Try {option.name}={option.sample}."
        raise CommandError(f"{option.name}: {error}.", how) from None


def _words_of(option: Option, text: str) -> str:
    if len(text) > option.most:
        raise ValueError(f"at most {option.most} characters fit here")
    return text


def _choice(option: Option, text: str) -> str:
    if text.lower() not in option.choices:
        raise ValueError(f"{echoed(text)} is none of {', '.join(option.choices)}")
    return text.lower()


def _choices(option: Option, text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(_choice(option, word) for word in text.replace(",", " ").split()))
    if not found:
        raise ValueError("at least one is needed")
    return found


def _categories(option: Option, text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(_canonical(word) for word in text.replace(",", " ").split()))
    if len(words) > MOST_CATEGORIES:
        raise ValueError(f"at most {MOST_CATEGORIES} categories fit here")
    for word in words:
        if not _CATEGORY.fullmatch(word):
            raise ValueError(f"{echoed(word)} is no arXiv category")
    if not words:
        raise ValueError("at least one arXiv category is needed")
    return words


def _canonical(word: str) -> str:
    """A category in arXiv's own letters: `cs.ai` is `cs.AI`, `ASTRO-PH.ga` is `astro-ph.GA`."""
    archive, dot, group = word.partition(".")
    return archive.lower() + dot + (group.upper() if len(group) == 2 else group.lower())


def _number(option: Option, text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not option.least <= int(text) <= option.most:
        raise ValueError(f"{echoed(text)} is no number from {option.least} to {option.most}")
    return int(text)


def _hour(option: Option, text: str) -> time:
    found = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?", text, re.ASCII)
    if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise ValueError(f"{echoed(text)} is no hour of the day")
    return time(int(found[1]), int(found[2] or 0))


def _zone(option: Option, text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{echoed(text)} is no time zone") from None
    return text


def _date(option: Option, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{echoed(text)} is no date") from None


def _week(option: Option, text: str) -> IsoWeek:
    return IsoWeek.parse(text)


def _flag(option: Option, text: str) -> bool:
    if text.lower() in ("yes", "on", "true", "1"):
        return True
    if text.lower() in ("no", "off", "false", "0"):
        return False
    raise ValueError(f"{echoed(text)} is neither on nor off")


def _list(option: Option, text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    if len(words) > 50 or any(len(word) > 80 for word in words):
        raise ValueError("at most 50 words of at most 80 characters fit here")
    return words


def _weekdays(option: Option, text: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in text.lower().replace(",", " ").split():
        first, mark, last = word.partition("-")
        if first[:3] not in _DAYS or (mark and last[:3] not in _DAYS):
            raise ValueError(f"{echoed(word)} is no day of the week")
        begin, end = _DAYS.index(first[:3]), _DAYS.index((last or first)[:3])
        found |= {day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)}
    if not found:
        raise ValueError("at least one day is needed")
    return tuple(sorted(found))


_READERS = {
    Kind.PAPER: _words_of,
    Kind.NAME: _words_of,
    Kind.LENS: _words_of,
    Kind.WORDS: _words_of,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.CATEGORIES: _categories,
    Kind.NUMBER: _number,
    Kind.HOUR: _hour,
    Kind.ZONE: _zone,
    Kind.DATE: _date,
    Kind.WEEK: _week,
    Kind.FLAG: _flag,
    Kind.LIST: _list,
    Kind.WEEKDAYS: _weekdays,
    Kind.CHANNEL: _words_of,
}
