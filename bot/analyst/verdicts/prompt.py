"""Paper and lens -> what a model is asked, for a short verdict or an analysis. The files in `prompts/` are the words.

The first message is the same bytes for every paper of a lens, so that providers can keep it at hand. Nothing of the
people who asked goes in, nor who wrote the paper: a title and numbered sentences.
"""

import hashlib
import importlib.resources
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from bot.analyst.verdicts.schema import WORDS_ASKED, analysis_schema, bare_text, short_schema
from bot.core.hostile.hygiene import clean
from bot.core.papers.paper import Paper
from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Basis, BasisKind

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


def short_prompt(paper: Paper, lens: Lens, sentences: Sequence[Sentence], basis: Basis | None = None) -> Prompt:
    """What is asked for the short verdict on those sentences of an abstract; of a full text where `basis` says so."""
    return Prompt(_short(lens), "", _about(paper, sentences, basis), len(sentences), short_fingerprint(lens))


def analysis_prompt(
    paper: Paper, lens: Lens, sentences: Sequence[Sentence], basis: Basis, short: Mapping[str, Any]
) -> Prompt:
    """What is asked for the analysis of those sentences, with the short verdict that it starts from."""
    about = _about(paper, sentences, basis).strip()
    given = fill("given.md", paper=about, short=_json(short))
    return Prompt(_analysis(lens), "", given, len(sentences), analysis_fingerprint(lens))


def _about(paper: Paper, sentences: Sequence[Sentence], basis: Basis | None) -> str:
    numbered = "\n".join(f"[{sentence.number}] {inline(sentence.text)}" for sentence in sentences) or "(empty)"
    title = inline(paper.title)[:LONGEST_TITLE]
    if basis is None or basis.kind is BasisKind.ABSTRACT:
        return fill("paper.md", title=title, sentences=numbered)
    allowed = WHOLE if basis.is_whole else PART
    return fill("full.md", title=title, sentences=numbered, allowed=allowed)


@lru_cache(maxsize=64)
def short_fingerprint(lens: Lens) -> str:
    """SHA-256 (hex) of everything that is asked for a short verdict but the paper: prompt, lens, examples and form."""
    return _fingerprint(_short(lens), bare_text(short_schema(lens)), "paper.md", "full.md")


@lru_cache(maxsize=64)
def analysis_fingerprint(lens: Lens) -> str:
    """SHA-256 (hex) of everything that is asked for an analysis but the paper and its short verdict."""
    return _fingerprint(_analysis(lens), bare_text(analysis_schema(lens)), "paper.md", "full.md", "given.md")


def _fingerprint(constant: str, schema: str, *files: str) -> str:
    parts = (constant, schema, *(words_of(name) for name in (*files, "repair.md")))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=64)
def _short(lens: Lens) -> str:
    shown = "\n".join(f"{_numbered(example)}\n{_json(example['short'])}" for example in examples_of(lens))
    return f"{fill('short.md', phrase=_quoted(lens))}\n{_lens(lens)}\n{fill('example.md', examples=shown)}"


@lru_cache(maxsize=64)
def _analysis(lens: Lens) -> str:
    shown = "\n".join(
        f"{fill('given.md', paper=_numbered(entry), short=_json(entry['short']))}{_json(entry['analysis'])}"
        for entry in examples_of(lens)
        if "analysis" in entry
    )
    rules = fill("analysis.md", phrase=_quoted(lens), words=str(WORDS_ASKED))
    classes = "\n".join(f"- {class_.name}: {class_.gloss}" for class_ in lens.classes)
    asked = f"{_lens(lens)}\n{fill('classes.md', classes=classes)}" if classes else _lens(lens)
    return f"{rules}\n{asked}\n{fill('example.md', examples=shown)}"


def _lens(lens: Lens) -> str:
    return fill(
        "lens.md",
        name=lens.name,
        thesis=lens.thesis,
        tone=lens.tone,
        premises="\n".join(f"- {premise.key}: {premise.question}" for premise in lens.premises) or "- none",
        checklist="\n".join(f"- {asked.key}: {asked.question}" for asked in lens.checklist),
    )


def _quoted(lens: Lens) -> str:
    return f'"{lens.phrase}"'


def _numbered(example: Mapping[str, Any]) -> str:
    return "\n".join(f"[{number}] {text}" for number, text in enumerate(example["sentences"], 1))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=64)
def examples_of(lens: Lens) -> tuple[dict[str, Any], ...]:
    """The worked examples in the lens's own words, or the plain lens's with this one's keys where it has none."""
    names = {path.name for path in importlib.resources.files("bot.analyst.prompts").iterdir()}
    own = f"example.{lens.key}.json"
    text = words_of(own) if own in names else _rephrased(words_of("example.plain.json"), lens.phrase)
    examples: list[dict[str, Any]] = json.loads(text)
    return tuple(_fitted(example, lens) for example in examples)


def _rephrased(text: str, phrase: str) -> str:
    """The plain lens's examples in another lens's phrase."""
    own = json.dumps(phrase, ensure_ascii=False)[1:-1]
    return text.replace("Read plainly", own[:1].upper() + own[1:]).replace("read plainly", own)


def _fitted(example: dict[str, Any], lens: Lens) -> dict[str, Any]:
    """The example with the keys and classes of the lens, where the file's are others."""
    short, analysis = example["short"], example.get("analysis")
    if short["premises"] and set(short["premises"]) != {premise.key for premise in lens.premises}:
        short["premises"] = {premise.key: {"label": "holds", "cites": [1]} for premise in lens.premises}
    if short["checklist"] and set(short["checklist"]) != {asked.key for asked in lens.checklist}:
        short["checklist"] = {asked.key: "absent" for asked in lens.checklist}
        short["telling"] = [asked.key for asked in lens.checklist[:1]]
    if not lens.premises:
        del short["premises"]
    if analysis and not {item["name"] for item in analysis["classes"]} <= {
        lens_class.name for lens_class in lens.classes
    }:
        analysis["classes"] = [
            {"name": lens_class.name, "gloss": "why, in this text"} for lens_class in lens.classes[:1]
        ]
    if analysis and not lens.classes:
        del analysis["classes"]
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
