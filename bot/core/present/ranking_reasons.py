"""Why a paper stands where it does in its day, in one line: what its interest was counted from, as `scoring` does."""

from bot.core.posts.phrase import field, joined, quote, sanitize
from bot.core.posts.post import Line
from bot.core.present.paper_view import PaperView, told_omissions
from bot.core.verdicts.verdict import PremiseLabel

LABEL = "Ranked by"
WORDS_MOST = 60


def reason_lines(sheet: PaperView) -> list[Line]:
    """By a model its premises, fallacy and telling omissions beside the rules' words; by rule those words alone."""
    if not sheet.verdict.says_enough:
        return []
    words = ", ".join(quote(word, WORDS_MOST) for word in sheet.verdict.counted)
    if sheet.verdict.short is None:
        return [field(LABEL, f"these words, which count most for this lens: {words}.")] if words else []
    told = joined((*_judged(sheet), f"the words {words}" if words and sheet.lens.rank.by_rule else ""))
    return [field(LABEL, f"{told}.")] if told else []


def _judged(sheet: PaperView) -> list[str]:
    """What a model found that counts, in the lens's own words."""
    rank, short = sheet.lens.rank, sheet.verdict.short
    weights, found = dict(rank.premises), []
    for label, answer in ((PremiseLabel.HOLDS, "yes"), (PremiseLabel.UNCLEAR, "half a yes")):
        found += [
            f"{answer} to “{_question(sheet, finding.premise)}”"
            for finding in sheet.verdict.premises
            if finding.label is label and weights.get(finding.premise)
        ]
    if short is not None and short.fallacy is not None and rank.fallacy:
        found.append("a core fallacy")
    left_out = told_omissions(sheet)
    return [*found, *([f"leaving out {', '.join(left_out)}"] if left_out and rank.omission else [])]


def _question(sheet: PaperView, key: str) -> str:
    """The first sentence of a premise's question."""
    question = next((premise.question for premise in sheet.lens.premises if premise.key == key), key)
    return f"{sanitize(question).partition('?')[0]}?"
