"""`python -m tests`: format, lint, strict types and all tests, the one command before a push; `--fast` for each day."""

import subprocess
import sys
from pathlib import Path

STEPS = (
    ("ruff", "format", "--check", "--quiet", "."),
    ("ruff", "check", "--quiet", "."),
    ("mypy",),
    ("pytest", "-p", "tests.times", "-q", "--numprocesses", "auto", "--maxprocesses", "4", *sys.argv[1:]),
)


def main() -> None:
    """Run every step, even after a failure, and end with the first bad code."""
    root = Path(__file__).resolve().parents[1]
    worst = 0
    for step in STEPS:
        sys.stdout.write(f"+ {' '.join(step)}\n")
        sys.stdout.flush()
        code = subprocess.run([sys.executable, "-m", *step], cwd=root, check=False).returncode
        worst = worst or code
    sys.exit(worst)


if __name__ == "__main__":
    main()
