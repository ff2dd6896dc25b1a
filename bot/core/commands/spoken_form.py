"""Whether words that begin with a verb of ours are that command, or a sentence in which the verb is an English word."""

from collections.abc import Collection, Sequence

from bot.core.commands.options import OptionKind
from bot.core.commands.parser import parse, similar
from bot.core.commands.verbs import COMMANDS, Verb
from bot.core.errors import CopeCheckError
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.categories import category_of
from bot.core.verdicts.dispute import CLAIMS
from bot.core.words import read_words

EDGES = ".,;:!?()[]<>\"'"
WORDS_OF_COMMAND = 3
VERBS = {verb.name: verb for verb in COMMANDS}
GROUPS = frozenset(name.split()[0] for name in VERBS if " " in name)
_WORDS = {name: frozenset(words.split()) for name, words in read_words(__package__, "spoken_words.toml").items()}
COURTESIES = _WORDS["courtesies"]
_BEGIN_CLAUSE = _WORDS["begin_clause"]  # a clause of its own begins: the verb before it is no noun beside it
_SUBORDINATE = _WORDS["subordinate"]  # a finite verb behind them is not the sentence's own
_FINITE = _WORDS["finite"]
_BEHIND_A_NOUN = _WORDS["behind_a_noun"]  # the verb before it is a noun
_COMPOUNDS = {name: _WORDS[name] for name in ("search", "feedback")}  # with what follows it, the verb is one noun


def is_command(tokens: Sequence[str], lenses: Collection[str]) -> bool:
    """Whether the words, which begin with a verb or the first word of several, are meant as one."""
    name, rest = verb_and_rest(tokens)
    verb = VERBS.get(name)
    if verb is not None and verb.is_hidden:
        return not tokens[-1].endswith("?") and is_whole(" ".join((name, *rest)), lenses)
    if not rest or any(_is_setting(token) for token in rest):
        return True
    if name == "dispute":
        return rest[0].lower() in (*CLAIMS, *_BEGIN_CLAUSE) or _has_value(rest[:1])
    fits = verb is not None and is_whole(" ".join((name, *rest)), lenses)
    is_free = verb is None or not fits or takes_words(verb)
    if is_free and _is_sentence(name, rest):
        return False
    if fits:
        return name != "search" or not rest[-1].endswith("?")
    if len(rest) >= WORDS_OF_COMMAND:
        return " " in name and _has_value(rest)
    return _may_be_typed(name, rest)


def is_whole(text: str, lenses: Collection[str] | None = None) -> bool:
    """Whether a command has all that its verb needs, and what it names can be meant: a paper, one of the lenses."""
    try:
        command = parse(text)
        for option in command.verb.options:
            if option.kind is OptionKind.PAPER and option.name in command.values:
                parse_arxiv_id(command.text(option.name))
            named = command.text(option.name).lower() if option.kind is OptionKind.LENS else ""
            if lenses is not None and named and named not in lenses:
                return False
    except CopeCheckError:
        return False
    return command.verb.name != "help" or _is_topic(command.text("command"))


def verb_and_rest(tokens: Sequence[str]) -> tuple[str, list[str]]:
    """The verb that words begin with (or the first word of several), and what fits behind it, without filling words."""
    lowered = [token.lower().strip(EDGES) for token in tokens[:2]]
    length = 2 if " ".join(lowered) in VERBS and len(lowered) > 1 else 1
    name, rest = " ".join(lowered[:length]), list(tokens[length:])
    verb = VERBS.get(name)
    if name in ("help", *GROUPS) or (verb is not None and not takes_words(verb)):
        rest = _without_courtesies(rest)
    if name == "help" and not [token for token in rest if token.lower() not in _WORDS["calls_for_help"]]:
        return name, []
    fillers = _WORDS["before_papers"] if verb is not None and _takes_paper(verb) else frozenset()
    fillers = _WORDS["before_topics"] if name in ("help", "search") else fillers
    if verb is not None and takes_words(verb):  # "dispute the second claim" asks how that is done
        fillers -= _BEGIN_CLAUSE
    while rest and rest[0].lower() in fillers and not (len(rest) == 1 and name == "search"):
        del rest[0]
    return name, rest


def nearest(tokens: Sequence[str], lenses: Collection[str]) -> str | None:
    """What a few words are, with their first put right, where that is nearly a verb and the others fit it."""
    if not 0 < len(tokens) <= WORDS_OF_COMMAND or tokens[-1].endswith("?"):
        return None
    near = similar(tokens[0].lower())
    if near is None or near == "ask":  # a question is one under any name
        return None
    text = " ".join((near, *tokens[1:]))
    return text if len(tokens) == 1 or is_command(text.split(), lenses) else None


def _is_sentence(name: str, rest: Sequence[str]) -> bool:
    """Whether what stands behind a verb makes it the subject of a sentence, as in "search is broken"."""
    words = [token.lower().strip(EDGES).replace("’", "'") for token in rest]
    if rest[0][:1] in "\"'“" or words[0] in _SUBORDINATE | _BEGIN_CLAUSE:
        return False
    if words[0] in _FINITE | _BEHIND_A_NOUN:
        return True
    if len(words) > 2 and words[0] in _COMPOUNDS.get(name, ()):
        return True
    for word in words[:-1]:
        if word in _SUBORDINATE:
            return False
        if word in _FINITE:
            return True
    return False


def _may_be_typed(name: str, rest: Sequence[str]) -> bool:
    """Whether one or two words behind a verb, which do not fit it, are a slip: the refusal says what fits.

    No sentence begins with two words of ours, such as `lens show`, or is one word behind the first of them.
    """
    is_lone = name in GROUPS and len(rest) == 1
    return is_lone or " " in name or _has_value(rest)


def _has_value(rest: Sequence[str]) -> bool:
    """Whether something is no English word: a number in it, or a category."""
    return any(any(sign.isdigit() for sign in token) or category_of(token.strip(EDGES)) for token in rest)


def _is_setting(token: str) -> bool:
    name, mark, _ = token.partition("=")
    return bool(mark) and name.isidentifier()


def _is_topic(words: str) -> bool:
    """Whether there is help of its own on that."""
    topic = " ".join(words.lower().split())
    return topic in VERBS or topic in GROUPS or not topic or similar(topic) is not None


def _without_courtesies(rest: list[str]) -> list[str]:
    while rest and rest[-1].lower().strip(EDGES) in COURTESIES | {""}:
        rest = rest[:-1]
    return [*rest[:-1], rest[-1].rstrip("?!.,;")] if rest else []


def takes_words(verb: Verb) -> bool:
    """Whether what stands behind a verb may be any words."""
    return any(option.kind is OptionKind.WORDS and option.is_positional for option in verb.options)


def _takes_paper(verb: Verb) -> bool:
    return any(option.kind is OptionKind.PAPER and option.is_positional for option in verb.options)
