"""Completion for the chat in the terminal: verbs, the settings of a verb, lenses and choices."""

from collections.abc import Iterable, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from bot.core.commands.options import Option, OptionKind
from bot.core.commands.verbs import COMMANDS, Verb


class CommandCompleter(Completer):
    """Completes what stands before the cursor, from the one table of verbs."""

    def __init__(self, lenses: Sequence[str]) -> None:
        self._lenses = lenses

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The ways to go on."""
        text = document.text_before_cursor.lstrip()
        for words in self.candidates(text):
            yield Completion(words, start_position=-len(_last(text)) if " " in text else -len(text))

    def candidates(self, text: str) -> list[str]:
        """What the last word (or the whole verb) may become."""
        verb = next((verb for verb in sorted(COMMANDS, key=_longest) if text.lower().startswith(f"{verb.name} ")), None)
        if verb is None:
            names = [verb.name for verb in COMMANDS if not verb.is_hidden and verb.name.startswith(text.lower())]
            return [_rest(name, text) for name in names]
        return [words for words in self._options(verb) if words.startswith(_last(text))]

    def _options(self, verb: Verb) -> list[str]:
        found: list[str] = []
        for option in verb.options:
            if not option.is_hidden:
                values = self._values(option)
                found += values if option.is_positional else [f"{option.name}={value}" for value in values]
        return found

    def _values(self, option: Option) -> Sequence[str]:
        if option.kind is OptionKind.LENS:
            return self._lenses
        if option.kind is OptionKind.FLAG:
            return ("on", "off")
        return option.choices or (() if option.is_positional else (option.sample,))


def _longest(verb: Verb) -> int:
    return -len(verb.name)


def _last(text: str) -> str:
    return text.rpartition(" ")[2]


def _rest(name: str, text: str) -> str:
    """The verb from its last typed word on: completion replaces that word only."""
    return name[len(text) - len(_last(text)) :] if " " in text else name
