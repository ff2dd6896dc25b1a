"""Many papers through their lenses by rule: one look at the store, one reading a lens, one commit.

Only what is plain is judged so: a paper that has no verdict through the lens and stands in no post. Whatever else a job
wants, it is left to be carried alone.
"""

from collections.abc import Mapping, Sequence

from bot.core.jobs.job import Job
from bot.core.papers.paper import ArxivId, Paper
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.verdict import Verdict
from bot.ports.store import RuleAnalyst, Store

JUDGED_AT_ONCE = 16  # who asks for a verdict waits for no more papers than that


class JudgeByRule:
    """The step of the judging queue for several jobs at once."""

    def __init__(self, store: Store, analyst: RuleAnalyst, lenses: Mapping[str, Lens]) -> None:
        self._store = store
        self._analyst = analyst
        self._lenses = lenses

    async def __call__(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """Judge what can be judged together; the jobs that are left."""
        named: dict[tuple[str, str], Job] = {}
        for job in jobs:
            if "paper" in job.payload and "day" not in job.payload:
                named.setdefault((job.payload["lens"], job.payload["paper"]), job)
        judged: list[tuple[Job, Verdict]] = []
        for key in sorted({lens for lens, _ in named} & self._lenses.keys()):
            of_lens = {ArxivId(paper): job for (lens, paper), job in named.items() if lens == key}
            judged += await self._judge(of_lens, self._lenses[key])
        ended = await self._store.finish_judgings(judged) if judged else ()
        return [job for job in jobs if job.id not in ended]

    async def _judge(self, jobs: Mapping[ArxivId, Job], lens: Lens) -> list[tuple[Job, Verdict]]:
        """The jobs whose papers have a verdict by now, with it."""
        papers = await self._unjudged(list(jobs), lens.key)
        answers = await self._analyst.judge_many(papers, lens) if papers else ()
        return [
            (jobs[paper.id], answer)
            for paper, answer in zip(papers, answers, strict=True)
            if isinstance(answer, Verdict)
        ]

    async def _unjudged(self, ids: Sequence[ArxivId], lens: str) -> list[Paper]:
        """Those that nothing was said or shown of."""
        papers = await self._store.papers(ids)
        known = {*await self._store.verdicts(ids, lens), *await self._store.posted(ids, lens)}
        return [
            papers[paper] for paper in ids if paper in papers and paper not in known and not papers[paper].is_withdrawn
        ]
