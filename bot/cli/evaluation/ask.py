"""What all evaluations share: what is known is looked up, the rest is asked for once somebody agrees to its cost."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bot.core.evaluation.known_questions import Tried
    from bot.core.evaluation.trials import EvalRun
    from bot.ports.store import Store
    from bot.services.evaluation.trial_runner import AnyTrial, Outcome, TrialRunner


async def carried_out(
    store: "Store",
    runner: "TrialRunner[AnyTrial, Outcome]",
    trials: "Sequence[AnyTrial]",
    show_cost: "Callable[[Sequence[AnyTrial], int], Awaitable[None]]",
    *,
    is_sure: bool,
) -> "list[Outcome] | None":
    """Look at what is known, show what the rest costs, and ask for it; None where nobody wants that."""
    from bot.cli.paint import Bars
    from bot.cli.run import stopper

    with Bars() as bars:
        known, left = await runner.look(trials, bars)
    if left:
        await show_cost(left, len(known))
        if not _is_wanted(is_sure):
            return None
        await store.resume_stopped()
        stop, signals = stopper()
        with Bars() as bars:
            known += await runner.ask(left, bars, stop)
        if signals:
            raise KeyboardInterrupt
    return known


def _is_wanted(is_sure: bool) -> bool:
    """Whether to start: yes by option, else by the answer of somebody at a terminal."""
    if is_sure:
        return True
    if sys.stdin.isatty():
        return typer.confirm("Start?", err=True)
    typer.echo("Nothing was asked. Add --yes to start at this cost.", err=True)
    return False


def told_missing(known: "Sequence[EvalRun | Tried]") -> int:
    """Say which replies are missing, and why; the exit code."""
    from bot.cli.paint import notes
    from bot.core.evaluation.trials import Ending

    missing = [trial for trial in known if trial.ending is Ending.UNANSWERED]
    for reason in dict.fromkeys(f"{trial.judge}: {trial.reason}" for trial in missing):
        notes().print(f"No reply from {reason}")
    if missing:
        notes().print(f"{len(missing)} replies are missing; everything else is kept. Start again to go on.")
    return 3 if missing else 0
