"""The day's line: what few papers of a day name, with these papers, as a model labelled them; never a rate."""

from collections.abc import Sequence

from bot.core.posts.phrase import truncate
from bot.core.posts.post import Line, LineRole, Span, Style
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import AnalystKind, Label, Verdict

NAMED_MOST = 3  # papers: what more of them name is no rare find
NAME_MOST = 48


def day_line(sheets: Sequence[PaperView], lens: Lens, *, is_whole: bool) -> Line | None:
    """What few of a day's papers name, of what `lens.week` counts; None where there is nothing to say.

    `Names who pays: one paper, “MeasureUp” (surveyors). Names who gains: no paper.` `sheets`: the papers by rank;
    `is_whole`: they are all that was to be read. "No paper" is said only where a model judged all of them.
    """
    if lens.week is None:
        return None
    offered = [sheet for sheet in sheets if not sheet.paper.is_withdrawn]
    judged = [sheet for sheet in offered if sheet.verdict.provenance.analyst is AnalystKind.MODEL]
    held = [sheet for sheet in judged if sheet.verdict.holds(lens.week.premise)]
    knows_all = is_whole and len(judged) == len(offered)
    spans: list[Span] = []
    for key in lens.week.items if held else ():
        naming = [sheet for sheet in judged if _names(sheet.verdict, key)]
        if len(naming) > NAMED_MOST or not (naming or knows_all):
            continue
        count = f"{len(naming)} papers, " if len(naming) > 1 else "one paper, " if naming else "no paper."
        spans.append(Span(f"{' ' if spans else ''}Names {lens.item_or_key(key).name}: {count}"))
        for number, sheet in enumerate(naming):
            trade = f" ({sheet.verdict.trades[0].name})" if sheet.verdict.trades else ""
            after = "." if number == len(naming) - 1 else ", "
            spans += [Span(f"“{_name(sheet)}”", Style.PLAIN, sheet.paper.id), Span(f"{trade}{after}")]
    return Line(LineRole.PARAGRAPH, tuple(spans)) if spans else None


def _names(verdict: Verdict, item: str) -> bool:
    return any(finding.item == item for finding in verdict.labelled(Label.ADDRESSED))


def _name(sheet: PaperView) -> str:
    """What a paper is called for short: its title up to the colon, where that is not long."""
    head, colon, _ = sheet.title.partition(": ")
    return head if colon and len(head) <= NAME_MOST else truncate(sheet.title, NAME_MOST) or str(sheet.paper.id)
