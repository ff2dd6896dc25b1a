"""`python -m bench`: every figure with its bound, from this run on this machine; `python -m bench NAME` for one.

What takes minutes comes with `--full`, or by its name; with `--full` chats post a whole day.
"""

import argparse
import sys

from bench import (
    big_store,
    chats,
    expressions,
    five_days,
    fulltext,
    growth,
    ingest,
    model,
    path,
    posts,
    questions,
    resting,
    scan,
    startup,
    talk,
    workers,
)

PARTS = {
    "ingest": ingest,
    "path": path,
    "scan": scan,
    "startup": startup,
    "five_days": five_days,
    "big_store": big_store,
    "talk": talk,
    "model": model,
    "fulltext": fulltext,
    "chats": chats,
    "posts": posts,
    "questions": questions,
    "resting": resting,
    "workers": workers,
    "expressions": expressions,
    "growth": growth,
}

LONG = ("five_days", "big_store", "talk", "chats", "growth")


def main() -> None:
    """Run the parts and end with 1 when a figure misses its bound."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"one of {', '.join(PARTS)}")
    parser.add_argument("--full", action="store_true", help="also what takes minutes")
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in PARTS]:
        parser.error(f"there is no {unknown[0]}; there are {', '.join(PARTS)}")
    usual = [name for name in PARTS if asked.full or name not in LONG]
    missed = 0
    for name in asked.parts or usual:
        figures = chats.measure(full=asked.full) if name == "chats" else PARTS[name].measure()
        for words, figure, bound, holds in figures:
            missed += not holds
            print(f"{'ok  ' if holds else 'MISS'} {name:10} {words}: {figure} (bound: {bound})", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
