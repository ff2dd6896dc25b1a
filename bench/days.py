"""What is measured on: captured days where they lie beside the checkout, else invented ones of the same size."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CAPTURES = ROOT.parent / "shared" / "data" / "generated"
SIZES = {"2026-06-01": 107, "2026-06-02": 331, "2026-06-03": 138, "2026-06-04": 89, "2026-06-05": 172}


def day(date: str) -> bytes:
    """The feed of that day: the capture, or the bundled day's entries again and again under new ids."""
    captured = CAPTURES / f"official_cs.AI_{date}_real_metadata.rss.xml"
    return captured.read_bytes() if captured.exists() else invented(SIZES[date], date)


def invented(size: int, date: str = "2026-06-02") -> bytes:
    """A day of so many papers: the bundled day's entries again and again under new ids."""
    text = (ROOT / "bot" / "demo" / "day.rss.xml").read_text(encoding="utf-8")
    head, *entries = text.split("<item>")
    entries[-1] = entries[-1].split("</channel>")[0]
    stamp = f"{int(date[-2:]):02} Jun 2026"
    made = [
        "<item>" + re.sub(r"2611\.\d{5}", f"2606.{int(date[-2:])}{number:04}", entries[number % len(entries)])
        for number in range(size)
    ]
    whole = head + "".join(made) + "</channel></rss>"
    return re.sub(r"\d\d Nov 2026", stamp, whole).encode()


def days() -> dict[str, bytes]:
    """All five days by date, rising."""
    return {date: day(date) for date in SIZES}
