"""What a worker said, every part of it checked: whoever made the text may have got hold of its reader."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.core.fulltext.fulltext import Block, Extract, HiddenPassage, Hiding, SectionKind, Span, lay_out
from bot.core.hostile.instruction import Instruction
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.verdict import Label, TouchedTrade
from bot.ports.workers import FileReading
from bot.text.relevance import NAME_MOST, NAMED_MOST, Relevance
from bot.text.rules import RuleReading
from bot.text.scan import Hit
from bot.workers.checks import Nonsense, count, listed, plain, plain_words


def file_reading(answer: Any, characters: int) -> FileReading:
    """The reading of a file, of which at most so many characters are passed on."""
    try:
        extract = _extract(answer)
        laid = lay_out(extract.blocks, characters)
        if len(laid.text) != answer["length"]:
            raise Nonsense
        return FileReading(extract, laid, spans(answer["spans"], len(laid.text)))
    except (ValueError, TypeError, KeyError, IndexError):
        raise Nonsense from None


def spans(found: Any, length: int) -> tuple[Span, ...]:
    """Spans of a text of that length, one behind the other."""
    read: list[Span] = []
    at = 0
    try:
        for start, end in listed(found):
            if not at <= count(start) < count(end) <= length:
                raise Nonsense
            read.append((start, end))
            at = end
    except (ValueError, TypeError):
        raise Nonsense from None
    return tuple(read)


def numbers(found: Any, known: Collection[int]) -> tuple[int, ...]:
    """Numbers of sentences, each of them known and named once."""
    try:
        named = tuple(count(number) for number in listed(found))
    except TypeError:
        raise Nonsense from None
    if len(set(named)) < len(named) or not all(number in known for number in named):
        raise Nonsense
    return named


def rule_reading(answer: Any, text: str, known: Sequence[Sentence] | None = None) -> RuleReading:
    """What the rules found; of an abstract with the sentences that it was split into, else of those that are known."""
    try:
        found = (
            [
                Sentence(at, *span, text[span[0] : span[1]])
                for at, span in enumerate(spans(answer["spans"], len(text)), 1)
            ]
            if known is None
            else known
        )
        return RuleReading(
            tuple(found),
            tuple(_instruction(item) for item in listed(answer["instructions"])),
            tuple(
                Hit(plain(item, 100), Label(label), _at(found, number))
                for item, label, number in listed(answer["hits"])
            ),
            Relevance(
                count(answer["interest"]),
                tuple(TouchedTrade(plain(name, 200), plain(word, 1200)) for name, word in listed(answer["trades"])),
                _at(found, answer["telling"]),
                _counted(answer["counted"]),
            ),
        )
    except (ValueError, TypeError, KeyError, IndexError):
        raise Nonsense from None


def _counted(found: object) -> tuple[str, ...]:
    """The few words that counted most."""
    named = listed(found)
    if len(named) > NAMED_MOST:
        raise TypeError
    return tuple(plain(words, NAME_MOST) for words in named)


def rule_readings(answer: Any, texts: Sequence[str]) -> Sequence[RuleReading]:
    """What the rules found in each of so many abstracts."""
    try:
        return [rule_reading(item, text) for item, text in zip(listed(answer), texts, strict=True)]
    except (ValueError, TypeError):
        raise Nonsense from None


def _instruction(entry: Mapping[str, Any]) -> Instruction:
    return Instruction(count(entry["sentence"]), plain(entry["words"], 1 << 20), entry["is_unseen"] is True)


def _at(sentences: Sequence[Sentence], number: object) -> Sentence | None:
    """The sentence of that number; None for 0."""
    return sentences[count(number) - 1] if number else None


def _extract(answer: Mapping[str, Any]) -> Extract:
    pages, version = answer["pages"], answer["version"]
    return Extract(
        blocks=tuple(_block(item) for item in listed(answer["blocks"])),
        references=tuple(_words(item, 2000) for item in listed(answer["references"])),
        hidden=tuple(
            HiddenPassage(Hiding(item["how"]), _words(item["text"], 2000), _words(item["where"], 400))
            for item in listed(answer["hidden"])
        ),
        version=None if version is None else count(version),
        known=count(answer["known"]),
        pages=None if pages is None else (count(pages[0]), count(pages[1])),
        note=_words(answer["note"], 300),
        breaks_off=_words(answer["breaks_off"], 300),
    )


def _block(entry: Mapping[str, Any]) -> Block:
    return Block(
        text=_words(entry["text"], 1 << 30),
        kind=SectionKind(entry["kind"]),
        number=_words(entry["number"], 40),
        heading=_words(entry["heading"], 300),
        level=count(entry["level"]),
    )


def _words(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise TypeError
    return plain_words(value[:most])
