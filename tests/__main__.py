"""`python -m tests`: format, lint, strict types and all tests, the one command before a push; `--fast` for each day."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ("pytest", "-p", "tests.times", "-q")
STEPS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy",),
)
AT_ONCE = ("--numprocesses", "auto", "--maxprocesses", "4")
ALONE = ("--numprocesses", "0", "--last-failed", "--last-failed-no-failures", "none")
MEASURE = "--measure"  # would write the few that are repeated over what was measured of all
TESTS_FAILED = 1  # pytest's exit code
MOST_REPEATED = 5  # tests; where more fail, it is not for want of time


def main() -> None:
    """Run every step, even after a failure, and end with the first bad code.

    Tests of processes that are killed and of servers that hang measure against the clock. At most five that failed are
    run again with nothing beside them, and are named: what fails then, too, is a failure.
    """
    worst = 0
    for step in STEPS:
        worst = _run(*step) or worst
    code = _run(*PYTEST, *AT_ONCE, *sys.argv[1:])
    failed = _last_failed() if code == TESTS_FAILED else []
    if 0 < len(failed) <= MOST_REPEATED:
        code = _run(*PYTEST, *ALONE, *(given for given in sys.argv[1:] if given != MEASURE))
        if code == 0:
            sys.stdout.write("Failed beside others and passed alone, so mend what they wait for:\n")
            sys.stdout.writelines(f"  {test}\n" for test in failed)
    sys.exit(worst or code)


def _run(*command: str) -> int:
    sys.stdout.write(f"+ {' '.join(command)}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode


def _last_failed() -> list[str]:
    file = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    failed = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return sorted(failed) if all("::" in test for test in failed) else []  # else something that was not even collected


if __name__ == "__main__":
    main()
