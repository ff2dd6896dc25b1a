"""An evaluation: every judge reads every paper in every run, what was paid for before is not asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.evaluation.trials import Ending, EvalRun, ending_of, is_over
from bot.core.papers.paper import Paper
from bot.core.verdicts.call import REPLIED, Usage
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Analysis, NoAnalysis, Verdict, Wait
from bot.ports.store import FullAnalyst
from bot.services.evaluation.trial_runner import NO_WAIT, RunLog


@dataclass(frozen=True, slots=True)
class Participant:
    """A judge under evaluation. `settings`: what besides the prompt its replies depend on; `runs`: a rule needs one;
    `analyses`: whether it writes the analyses of its first run too."""

    name: str
    analyst: FullAnalyst
    settings: str = ""
    runs: int = 1
    by_rule: bool = False
    analyses: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper through one lens by one judge in one run."""

    contender: Participant
    paper: Paper
    lens: Lens
    run: int

    @property
    def wants_analysis(self) -> bool:
        """Whether an analysis belongs to it, where its verdict has something to read on about."""
        return self.contender.analyses and self.run == 1

    @property
    def tag(self) -> str:
        """What tells this run's prompts from those of other runs, of other judges, and of daily work."""
        return f"eval\0{self.contender.settings}\0{self.run}"

    @property
    def judge(self) -> str:
        """Who reads it."""
        return self.contender.name

    def unanswered(self, reason: str) -> EvalRun:
        """The bare outcome of what nobody replied to."""
        return EvalRun(self.judge, self.paper.id, self.lens.key, self.run, Ending.UNANSWERED, reason=reason)

    async def read(self, run_log: RunLog) -> tuple[EvalRun, Wait]:
        """What the judge says with that log, and why and until when it is to be waited for."""
        answer = await self.contender.analyst.judge(self.paper, self.lens, run_log)
        rows = await run_log.rows()
        verdict = answer if isinstance(answer, Verdict) else None
        further = await self._analysis(verdict, run_log)
        known = {row.id for row in rows}
        more = [row for row in await run_log.rows() if row.id not in known]
        if isinstance(further, Wait) and not run_log.may_call and not is_over(more):
            return self.unanswered(further.reason), further  # it is to be asked for
        reason = answer.reason if isinstance(answer, Wait) else ""
        if verdict is None and is_over(rows):
            reason = next((row.note for row in reversed(rows) if row.outcome in REPLIED), "") or reason
        reading = EvalRun(
            judge=self.contender.name,
            paper=self.paper.id,
            lens=self.lens.key,
            run=self.run,
            ending=ending_of(rows, verdict),
            verdict=verdict.with_analysis(further) if verdict and isinstance(further, Analysis) else verdict,
            usage=Usage.total(row.usage for row in rows),
            replies=sum(row.outcome in REPLIED for row in rows),
            seconds=sum(row.milliseconds for row in rows) / 1000,
            reason=reason,
            analysis=None if isinstance(further, Wait) else further,
            analysis_usage=Usage.total(row.usage for row in more),
        )
        return reading, answer if isinstance(answer, Wait) else NO_WAIT

    async def _analysis(self, verdict: Verdict | None, run_log: RunLog) -> Analysis | NoAnalysis | Wait | None:
        """The analysis of a verdict, in the first run only: what it takes and how often it disagrees."""
        if verdict is None or not self.wants_analysis or not verdict.can_be_analysed:
            return None
        return await self.contender.analyst.analyse(verdict, self.paper, None, self.lens, run_log)


def pieces_of(contenders: Iterable[Participant], papers: Sequence[Paper], lenses: Sequence[Lens]) -> list[Piece]:
    """All there is to read, run by run: what is interrupted leaves whole runs behind."""
    chosen = list(contenders)
    runs = max((participant.runs for participant in chosen), default=0)
    return [
        Piece(participant, paper, lens, run)
        for run in range(1, runs + 1)
        for paper in papers
        for lens in lenses
        for participant in chosen
        if run <= participant.runs
    ]
