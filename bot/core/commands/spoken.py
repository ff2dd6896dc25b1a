"""What somebody says to us in words, where no slash command is: a command of the table, or something to talk about."""

import re
from collections.abc import Collection

from bot.core.commands.event import CommandEvent, Role
from bot.core.commands.options import OptionKind
from bot.core.commands.parser import Command, parse, straight
from bot.core.commands.spoken_form import (
    COURTESIES,
    EDGES,
    GROUPS,
    VERBS,
    is_command,
    is_whole,
    nearest,
    takes_words,
    verb_and_rest,
)
from bot.core.commands.verbs import Verb
from bot.core.discussion.question import QuestionKind
from bot.core.discussion.remark import Remark
from bot.core.papers.arxiv_id import arxiv_ids
from bot.core.papers.paper import ArxivId

CHARACTERS_READ = 4000
LINK_WORDS = 12
_LEAD = re.compile(r"(?:<@[!&]?\w+>|@?copecheck\b|[\s:,/])+", re.IGNORECASE)
_AROUND = frozenset(
    ("arxiv", "doi", "paper", "this", "the", "at", "look", "read", "see", "check", "please", "hey", "hi", "thanks")
)
_QUESTIONS = {"ask": QuestionKind.ASK, "steelman": QuestionKind.STEELMAN, "changes": QuestionKind.CHANGE_MIND}


def command_said(words: str, lenses: Collection[str]) -> str | None:
    """The command that somebody says, as one would type it; None for what is a question or a remark.

    A link or an id, with nothing around it but a lens or a courtesy, asks for its verdict. A verb with what fits its
    form is that verb; a sentence that begins with the same English word is none ("search is broken").
    """
    text = _said(words)
    return _lone_paper(text, lenses) or _by_verb(text, lenses)


def asked_by(remark: Remark, command: str) -> CommandEvent:
    """A command that a remark is, as an event of its own: with the remark's id, so that it is one however it came."""
    return CommandEvent(remark.id, remark.asker, command, reply_to=remark.reply_to, is_said=True)


def question_said(command: str) -> tuple[QuestionKind, Command] | None:
    """The question that a command asks, where it is one and whole: `ask`, `steelman`, `changes`."""
    kind = _QUESTIONS.get(command.partition(" ")[0].lower())
    return (kind, parse(command)) if kind is not None and is_whole(command) else None


def of_a_thread(command: str, paper: ArxivId, lens: str, lenses: Collection[str]) -> str:
    """A verb said in a paper's thread that asks for a paper and names none, with the thread's own; else as it is."""
    name, _, rest = command.partition(" ")
    verb = VERBS.get(name.lower())
    tokens = rest.lower().split()
    is_known = all(token in (*lenses, "full") or "=" in token for token in tokens)
    if verb is None or not is_known or any(token.startswith("paper=") for token in tokens):
        return command
    if not any(
        option.kind is OptionKind.PAPER and option.is_positional and option.is_required for option in verb.options
    ):
        return command
    has_lens = any(token in lenses or token.startswith("lens=") for token in tokens)
    takes_lens = any(option.kind is OptionKind.LENS and option.is_positional for option in verb.options)
    return " ".join((name, str(paper), *([lens] if takes_lens and not has_lens else []), *rest.split()))


def _lone_paper(text: str, lenses: Collection[str]) -> str | None:
    """`verdict <id>` of a text that is a link and little else."""
    tokens = text.split(" ", LINK_WORDS + 1)
    papers = arxiv_ids(text) if len(tokens) <= LINK_WORDS else ()
    if len(papers) != 1:
        return None
    told = [str(papers[0])]
    for token in tokens:
        bare = token.strip(EDGES).lower()
        if arxiv_ids(token) or not bare or bare in _AROUND:
            continue
        if bare not in (*lenses, "full") and not bare.startswith("lens="):
            return None
        told.append(bare)
    return " ".join(("verdict", *told))


def _by_verb(text: str, lenses: Collection[str]) -> str | None:
    tokens = text.split()
    if not tokens:
        return None
    name, rest = verb_and_rest(tokens)
    if name not in VERBS and name not in GROUPS:
        return nearest(tokens, lenses) and text
    return " ".join((name, *rest)) if is_command(tokens, lenses) else None


def meant(words: str, lenses: Collection[str]) -> tuple[Verb, str] | None:
    """The verb that a sentence begins with, and what of it can be carried out as it is: nothing where it lacks much.

    Words in a row are meant as they were said, the first among them: "search and rescue robots" is looked for whole.
    """
    said = _said(words)
    name, rest = verb_and_rest(said.split() or [""])
    verb = VERBS.get(name)
    if verb is None or verb.is_hidden or verb.needs is not Role.MEMBER:
        return None
    of_it = f"{name} {said}" if rest and takes_words(verb) else " ".join((name, *rest))
    whole = (text for text in (of_it, name) if is_whole(text, lenses))
    return verb, next(whole, "")


def _said(words: str) -> str:
    """What is said, without the name that it is said to and a courtesy before it."""
    text = straight(words[:CHARACTERS_READ])
    lead = _LEAD.match(text)
    tokens = text[lead.end() if lead else 0 :].split()
    while len(tokens) > 1 and tokens[0].lower().strip(EDGES) in COURTESIES:
        del tokens[0]
    return " ".join(tokens)
