"""How blind readers held analyses against other pages on the same abstracts: `python docs/checks/analyses.py`."""

import csv
import sys
from pathlib import Path

TABLE = Path(__file__).with_name("analyses.csv")


def figures() -> str:
    """A row a reader: which pages they were given, and on how many papers the first of the two came first."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        "| reader | pages | preferred | better to read | truer | statements that the abstract does not bear |",
        "|---|---|---|---|---|---|",
    ]
    for reader in dict.fromkeys(row["reader"] for row in rows):
        own = [row for row in rows if row["reader"] == reader]
        one, other = own[0]["one"], own[0]["other"]
        counts = [sum(row[key] == one for row in own) for key in ("preferred", "better_read", "truer")]
        borne = [sum(int(row[key]) for row in own) for key in ("unborne_one", "unborne_other")]
        cells = " | ".join(f"{count} of {len(own)}" for count in counts)
        lines.append(f"| {reader} | {one} against {other} | {cells} | {borne[0]} against {borne[1]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(figures())
