"""Paper and lens -> what a model is asked. The files in `prompts/` are the words; here they are only put together.

The first message is the same bytes for every paper of a lens, so that providers can keep it at hand. Nothing of the
people who asked goes in, nor who wrote the paper: a title and numbered sentences.
"""

import hashlib
import importlib.resources
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from bot.analyst.schema import schema_text
from bot.core.hygiene import clean
from bot.core.lens import Lens
from bot.core.paper import Paper
from bot.core.sentence import Sentence
from bot.core.verdict import Basis, BasisKind

Message = dict[str, str]
LONGEST_TITLE = 500
LONGEST_REPLY = 12_000
WHOLE = "You have read all of it, so you may say what the paper does not say."
PART = 'You have read a part of it. Write "what was read does not mention", never "the paper does not".'


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked of one paper. `constant` is in front and alike for all papers of a lens; `sentences`: how many."""

    constant: str
    schema: str
    paper: str
    sentences: int
    fingerprint: str

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of all that is asked: equal for the same words about the same text."""
        return hashlib.sha256(f"{self.constant}\0{self.schema}\0{self.paper}".encode()).hexdigest()

    def messages(self, *, with_schema: bool) -> list[Message]:
        """The first request. `with_schema`: the form is described in the prompt, for who takes no schema beside it."""
        front = f"{self.constant}\n{self.schema}" if with_schema else self.constant
        return [{"role": "system", "content": front}, {"role": "user", "content": self.paper}]

    def repair(self, reply: str, faults: Iterable[str], *, with_schema: bool) -> list[Message]:
        """The one further request, which says what was wrong with the reply."""
        told = fill("repair.md", faults="\n".join(f"- {fault}" for fault in faults))
        answered = {"role": "assistant", "content": reply[:LONGEST_REPLY] or "(empty)"}
        return [*self.messages(with_schema=with_schema), answered, {"role": "user", "content": told}]


def prompt_for(paper: Paper, lens: Lens, sentences: Sequence[Sentence], basis: Basis | None = None) -> Prompt:
    """The prompt for those sentences of the paper's abstract; of its full text where `basis` says so."""
    constant, schema = _constant(lens)
    numbered = "\n".join(f"[{one.number}] {inline(one.text)}" for one in sentences)
    title = inline(paper.title)[:LONGEST_TITLE]
    if basis is None or basis.kind is BasisKind.ABSTRACT:
        asked = fill("paper.md", title=title, sentences=numbered or "(empty)")
    else:
        allowed = WHOLE if basis.characters >= basis.of_characters else PART
        asked = fill("full.md", title=title, sentences=numbered or "(empty)", allowed=allowed)
    return Prompt(constant, schema, asked, len(sentences), prompt_fingerprint(lens))


@lru_cache(maxsize=64)
def prompt_fingerprint(lens: Lens) -> str:
    """SHA-256 (hex) of everything that is asked but the paper: prompts, lens, example and form."""
    constant, schema = _constant(lens)
    parts = (constant, schema, *(words_of(name) for name in ("paper.md", "full.md", "repair.md")))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=64)
def _constant(lens: Lens) -> tuple[str, str]:
    words = fill(
        "lens.md",
        name=lens.name,
        thesis=lens.thesis,
        tone=lens.tone,
        classes="\n".join(f"- {one.name}: {one.gloss}" for one in lens.classes) or "- none: write []",
        checklist="\n".join(f"- {asked.key}: {asked.question}" for asked in lens.checklist),
    )
    example = example_of(lens)
    reply = json.dumps(example["reply"], ensure_ascii=False, separators=(", ", ": "))
    numbered = "\n".join(f"[{number}] {text}" for number, text in enumerate(example["sentences"], 1))
    shown = fill("example.md", paper=numbered, reply=reply)
    return f"{words_of('rules.md')}\n{words}\n{shown}", fill("schema.md", schema=schema_text(lens))


@lru_cache(maxsize=64)
def example_of(lens: Lens) -> dict[str, Any]:
    """The worked example in the lens's own words, or the plain one with the lens's keys where it has none."""
    names = {one.name for one in importlib.resources.files("bot.analyst.prompts").iterdir()}
    own = f"example.{lens.key}.json"
    example: dict[str, Any] = json.loads(words_of(own if own in names else "example.plain.json"))
    reply = example["reply"]
    classes = {one.name for one in lens.classes}
    fits = set(reply["checklist"]) == {asked.key for asked in lens.checklist}
    if not fits or not {one["name"] for one in reply["classes"]} <= classes:
        reply["checklist"] = {asked.key: {"label": "absent", "cites": [], "reason": ""} for asked in lens.checklist}
        reply["classes"] = [{"name": one.name, "gloss": "why it is that, in this paper"} for one in lens.classes[:1]]
    if not lens.classes:
        del reply["classes"]
    return example


@cache
def words_of(name: str) -> str:
    """A file of `prompts/`, without white space around it."""
    text = importlib.resources.files("bot.analyst.prompts").joinpath(name).read_text(encoding="utf-8")
    return text.strip() + ("\n" if name.endswith(".md") else "")


def fill(file: str, **words: str) -> str:
    """The file with its marks filled; what is filled in is not looked at again."""
    pieces = words_of(file).split("{{")
    filled = [pieces[0]]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}}")
        filled.append(words[name] + rest)
    return "".join(filled)


def inline(text: str) -> str:
    """Text from outside in one line: it can pretend to be no other line of the prompt."""
    return " ".join(clean(text).split())
