"""What a model's answer is worth: its reply read and checked, with what may not be said in it; faults go back to it.

Forgiving (after the one repair) means: what could not be mended and may be let go is let go. A short text that still
says more than the sentences do goes too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from bot.analyst.endpoints.response import ModelResponse
from bot.analyst.endpoints.rounds import CUT_OFF, not_a_reply
from bot.analyst.verdicts.analysis_reply import ReadAnalysis, read_analysis, texts_of
from bot.analyst.verdicts.contradiction import denied
from bot.analyst.verdicts.prompt import examples_of
from bot.analyst.verdicts.short_reply import ReadShort, ShortReply, read_short
from bot.analyst.verdicts.wording import (
    faults_of,
    is_marked,
    of_the_abstract,
    of_the_part,
    of_the_programs,
    overstated,
    without_marks,
)
from bot.core.papers.paper import Paper
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import ChecklistItem, Lens
from bot.core.verdicts.verdict import Basis, BasisKind

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a reply is about: paper, lens, the sentences that were given, and what they are of the text."""

    paper: Paper
    lens: Lens
    sentences: Sequence[Sentence]
    basis: Basis

    def short(self, answer: ModelResponse, forgiving: bool) -> ReadShort:
        """A short verdict."""
        if missing := not_a_reply(answer):
            return ReadShort(None, missing)
        read = read_short(answer.text, self.lens, len(self.sentences))
        if read.too_little:
            return read
        if read.reply is None:
            return ReadShort(None, (CUT_OFF, *read.faults)) if answer.cut_off else read
        reply = self._reworded(read.reply, forgiving)
        said = _short_texts(reply)
        faults = [*self._forbidden(said), *self._copied(said, "short", ("does", "headline"))]
        weak = [*read.weak, *self._weak(reply)]
        if faults or (weak and not forgiving):
            return ReadShort(None, tuple((*faults, *weak) if not forgiving else faults))
        return self._without_overstatement(replace(read, reply=reply))

    def analysis(
        self, answer: ModelResponse, forgiving: bool, fallacy: frozenset[int], addressed: Sequence[ChecklistItem] = ()
    ) -> ReadAnalysis:
        """An analysis; of its short verdict the sentences cited for the fallacy, and the items that it found stated.

        One that says of such an item, after it was told, that nothing is said of it, disagrees.
        """
        if missing := not_a_reply(answer):
            return ReadAnalysis(None, missing)
        read = read_analysis(answer.text, self.lens, len(self.sentences), fallacy)
        if read.reply is None:
            return replace(read, faults=(CUT_OFF, *read.faults)) if answer.cut_off and not read.disagrees else read
        reply = self._reworded(read.reply, forgiving)
        said = texts_of(reply)
        if name := denied(said, addressed):
            conflict = f'It says that nothing is said of "{name}"; by the short verdict a sentence states it.'
            return replace(read, disagrees=conflict) if forgiving else ReadAnalysis(None, (conflict, *read.weak))
        faults = [*self._forbidden(said), *self._copied(said, "analysis", ("verdict", "closing", "social_function"))]
        weak = list(read.weak)
        for name, text in (("dissection", reply.dissection.text), ("assumed", _assumed(reply))):
            if word := overstated(text, self._words):
                weak.append(_says_more(name, word))
        if not is_marked(" ".join((reply.verdict, reply.closing)), self.lens.phrase):
            weak.append(f'"verdict": say with "{self.lens.phrase}" where it argues from the thesis.')
        if faults or (weak and not forgiving):
            return ReadAnalysis(None, tuple((*faults, *weak) if not forgiving else faults))
        return replace(read, reply=reply)

    @property
    def _words(self) -> str:
        return "\n".join((self.paper.title, *(sentence.text for sentence in self.sentences)))

    @property
    def _is_abstract(self) -> bool:
        return self.basis.kind is BasisKind.ABSTRACT

    def _reworded(self, reply: M, forgiving: bool) -> M:
        """The same without marks of its own, and where it speaks of the whole as far as it was read: of an abstract
        only when it was told so."""
        reply = _changed(reply, without_marks)
        if forgiving and self._is_abstract:
            return _changed(reply, of_the_abstract)
        if not self._is_abstract and not self.basis.is_whole:
            return _changed(reply, of_the_part)
        return reply

    def _forbidden(self, texts: Iterable[str]) -> list[str]:
        said = "\n".join(texts)
        told = faults_of(said, abstract_only=self._is_abstract, authors=self.paper.authors)
        return [*told, *of_the_programs(said, f"{self.paper.id}\n{self._words}", self.lens)]

    def _copied(self, texts: Sequence[str], size: str, names: Sequence[str]) -> list[str]:
        """Texts that are a worked example's: about another paper, so about none."""
        shown = (entry[size] for entry in examples_of(self.lens) if size in entry)
        known = {parts[name] for parts in shown for name in names}
        return ["An example's words stand in it; write about this paper."] if known & set(texts) else []

    def _weak(self, reply: ShortReply) -> list[str]:
        told = [
            _says_more(name, word)
            for name in ("does", "headline")
            if (word := overstated(getattr(reply, name), self._words))
        ]
        if reply.core_fallacy and not is_marked(reply.core_fallacy.line, self.lens.phrase):
            told.append(f'"core_fallacy.line": mark what the lens says with "{self.lens.phrase}".')
        return told

    def _without_overstatement(self, read: ReadShort) -> ReadShort:
        """The same without texts that claim more than was read, which count as dropped."""
        reply = read.reply
        assert reply is not None
        gone = {name: "" for name in ("does", "headline") if overstated(getattr(reply, name), self._words)}
        if not gone:
            return read
        return replace(read, reply=reply.model_copy(update=gone), dropped=read.dropped + len(gone))


def _says_more(name: str, word: str) -> str:
    return f'"{name}": no sentence says "{word[:40]}"; say what the sentences say.'


def _assumed(reply: Any) -> str:
    return reply.core_fallacy.assumed if reply.core_fallacy else ""


def _short_texts(reply: ShortReply) -> list[str]:
    """Every text that people will read."""
    line = reply.core_fallacy.line if reply.core_fallacy else ""
    reasons = (label_part.reason for label_part in (reply.checklist or {}).values())
    return [text for text in (reply.does, reply.headline, line, *reasons) if text]


def _changed(reply: M, change: Callable[[str], str]) -> M:
    """The same reply with `change` applied to every text."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [walk(item) for item in value]
        return {key: walk(item) for key, item in value.items()} if isinstance(value, dict) else value

    return type(reply).model_validate(walk(reply.model_dump()))
