"""`copecheck --help` as a process of its own."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

# An installed bot has its modules compiled, whatever the shell of who measures says of that.
AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
HEAVY = ("discord", "slack_bolt", "openai", "sqlalchemy")
PROBE = (
    "import sys; sys.argv = ['copecheck', '--help']; import contextlib, io\n"
    "from bot.__main__ import main\n"
    "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n    main()\n"
    f"print(*[name for name in {HEAVY} if name in sys.modules])"
)


def measure() -> Iterator[tuple[str, str, str, bool]]:
    """The median of seven runs, and what was imported."""
    runs = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "bot", "--help"], check=True, capture_output=True, env=AS_INSTALLED)
        runs.append(time.perf_counter() - started)
    median = statistics.median(runs)
    yield "copecheck --help", f"{median:.2f} s", "within 0.2 s", median <= 0.2
    heavy = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True).stdout.split()
    yield "heavy imports of --help", ", ".join(heavy) or "none", "none of " + ", ".join(HEAVY), not heavy
