"""*What is this?* in five lines: what a lens is, what this one asks, and that it is one view."""

from collections.abc import Sequence

from bot.core.posts.phrase import line, sanitize, sentence
from bot.core.posts.post import Line, LineRole, Span, Style
from bot.core.verdicts.lens import Lens

INTRODUCTION = "CopeCheck reads the day's new arXiv papers through a lens: one thesis, and a list of questions."
ASKED_SHOWN = 4


# What a model's card names; what stands first without one.
FALLACY_WORDS = "The “core fallacy” is what the paper takes for granted and this lens contests."
BY_RULE_WORDS = "No model judges here: papers stand in the order of how near their words come to what is asked."
RANKED_WORDS = "A paper's full analysis says what it is ranked by."


def about_lines(lens: Lens, lenses: Sequence[str], *, has_model: bool) -> tuple[Line, ...]:
    """The five lines on a lens. `lenses`: the names of all there are; `has_model`: whether a model judges."""
    asks = "; ".join(
        sanitize(checklist_item.name)
        for checklist_item in sorted(lens.checklist, key=lambda item: -item.weight_abstract)[:ASKED_SHOWN]
    )
    count = len(lens.checklist)
    others = [text for text in lenses if text != lens.key]
    instead = f" Others here: {', '.join(others)}." if others else ""
    return (
        line(
            LineRole.PARAGRAPH,
            Span("What is this?", Style.STRONG),
            f" {INTRODUCTION}",
        ),
        line(
            LineRole.PARAGRAPH,
            f"This one is “{sanitize(lens.name)}”: {sentence(sanitize(lens.thesis).partition('. ')[0])}",
        ),
        line(LineRole.PARAGRAPH, f"It asks {count} questions of a text, among them: {asks}."),
        line(LineRole.PARAGRAPH, f"{_judged_words(count) if has_model else BY_RULE_WORDS} {RANKED_WORDS}"),
        line(LineRole.PARAGRAPH, f"It is one view, and no measure of how good a paper is.{instead}"),
    )


def _judged_words(count: int) -> str:
    """What a card counts, by an example, of so many questions, and what it names."""
    fitting = max(count - 1, 1)
    silent = (fitting + 1) // 2
    counted = f"{fitting} of the {count} questions fit that text, and it is silent on {silent} of them"
    return f"“Leaves out {silent} of {fitting}” on a card says: {counted}. {FALLACY_WORDS}"
