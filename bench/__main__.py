"""`python -m bench`: every figure with its bound, from this run on this machine; `python -m bench NAME` for one.

`--full`: chats post a whole day.
"""

import sys

from bench import big_store, chats, five_days, fulltext, ingest, model, questions, scan, startup, talk

PARTS = {
    "ingest": ingest,
    "scan": scan,
    "startup": startup,
    "five_days": five_days,
    "big_store": big_store,
    "talk": talk,
    "model": model,
    "fulltext": fulltext,
    "questions": questions,
    "chats": chats,
}


def main() -> None:
    """Run the parts and end with 1 when a figure misses its bound."""
    wanted = [word for word in sys.argv[1:] if not word.startswith("-")] or list(PARTS)
    missed = 0
    for name in wanted:
        figures = chats.measure(full="--full" in sys.argv) if name == "chats" else PARTS[name].measure()
        for words, figure, bound, holds in figures:
            missed += not holds
            print(f"{'ok  ' if holds else 'MISS'} {name:10} {words}: {figure} (bound: {bound})", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
