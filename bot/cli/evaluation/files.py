"""The files that an evaluation reads and writes: labels by hand, samples of claims, and all figures as JSON."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.cli.evaluation.table import plain
from bot.core.errors import SettingsError
from bot.core.evaluation.gold import NOTHING_LABELLED, Gold, fallacies_from_rows, gold_from_rows
from bot.core.evaluation.ranking import Worth, worths_from_rows
from bot.core.evaluation.support import COLUMNS, ClaimKey, sample_rows, support_from_rows
from bot.core.evaluation.trials import Ending, EvalRun, TrialFigures
from bot.core.papers.paper import Paper
from bot.core.verdicts.lens import Lens

CLAIMS_A_LENS = 30
_BESIDE = Path(__file__).resolve().parents[3] / "docs" / "checks"
CHECKS = _BESIDE if _BESIDE.exists() else Path("docs", "checks")
"""The checkout's folder of checks: beside the program, else of a checkout that one stands in."""

LABELS = CHECKS / "items.csv"


def read_labels(file: Path | None) -> Gold:
    """Labels by hand: of that file, else of the checkout, else none."""
    if file is None and not LABELS.exists():
        return NOTHING_LABELLED
    chosen = file or LABELS
    return gold_from_rows(_rows(chosen), chosen.name)


def read_support(file: Path | None) -> dict[ClaimKey, bool]:
    """What a reader said of a sample; nothing without a file."""
    return support_from_rows(_rows(file), file.name) if file is not None else {}


def read_fallacies(file: Path | None) -> tuple[list[Paper], dict[str, bool]]:
    """Invented papers and what readers say of their core fallacy; none without a file."""
    return fallacies_from_rows(_rows(file), file.name) if file is not None else ([], {})


def read_ranking(file: Path | None) -> dict[str, Worth]:
    """What papers are worth to readers; nothing without a file."""
    return worths_from_rows(_rows(file), file.name) if file is not None else {}


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            return list(csv.DictReader(opened))
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", "Name another file.") from None
    except (UnicodeDecodeError, csv.Error):
        raise SettingsError(f"{file} is no CSV file in UTF-8.", "Save it as one.") from None


def check_files(sample: Path | None, json_file: Path | None) -> None:
    """Before anything is paid: whether the files can be written, and that no reader's answers are overwritten."""
    if sample is not None and sample.exists():
        remedy = "It may hold answers by hand: name another file, or delete it."
        raise SettingsError(f"{sample} is already there.", remedy)
    for file in (sample, json_file):
        if file is not None and not file.absolute().parent.is_dir():
            raise SettingsError(f"{file} cannot be written: its folder is not there.", "Name another file.")


def write_figures(
    file: Path, about: Mapping[str, Any], figures: Sequence[TrialFigures], known: Sequence[EvalRun]
) -> None:
    """What was asked, the figures, and every reading's labels, from which they can be computed again, as JSON."""
    made = {
        **about,
        "missing": sum(eval_run.ending is Ending.UNANSWERED for eval_run in known),
        "figures": [plain(figure) for figure in figures],
        "readings": [
            _reading(eval_run)
            for eval_run in sorted(known, key=lambda item: (item.judge, item.lens, item.run, item.paper))
        ],
    }
    _write(file, json.dumps(made, indent=1, ensure_ascii=False) + "\n")


def _reading(eval_run: EvalRun) -> dict[str, Any]:
    verdict = eval_run.verdict
    made = {
        "judge": eval_run.judge,
        "lens": eval_run.lens,
        "run": eval_run.run,
        "paper": str(eval_run.paper),
        "ending": str(eval_run.ending),
    }
    if verdict is None:
        return made | {"reason": eval_run.reason}
    return made | {
        "score": verdict.score,
        "labels": {finding.item: str(finding.label) for finding in verdict.findings},
        "headline": verdict.short.headline if verdict.short else None,
        "dropped_claims": verdict.dropped_claims,
    }


def write_sample(file: Path, lenses: Sequence[Lens], known: Sequence[EvalRun]) -> int:
    """Claims of every judge and lens, with an empty column for the reader's answer; how many."""
    rows = []
    for lens in lenses:
        for judge in dict.fromkeys(eval_run.judge for eval_run in known):
            read = [
                (judge, eval_run.run, eval_run.verdict)
                for eval_run in known
                if (eval_run.judge, eval_run.lens) == (judge, lens.key)
            ]
            said = [(name, run, verdict) for name, run, verdict in read if verdict is not None]
            rows += sample_rows(said, lens, CLAIMS_A_LENS)
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    _write(file, out.getvalue())
    return len(rows)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
