"""An invented twin of the captures of arXiv (`../shared/data`): the same files in the same forms, nobody's papers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from tests.fakes.feeds import (
    Invented,
    api_answer,
    api_error,
    atom,
    error_rss,
    invent,
    invent_day,
    rss,
)

WEEK = {"2026-06-01": 107, "2026-06-02": 331, "2026-06-03": 138, "2026-06-04": 89, "2026-06-05": 172}
WEEKEND = date(2026, 4, 18)
CLOSED = date(2025, 8, 20)
PAGE = "<!doctype html><html><head><title>No such page</title></head><body><h1>Not found</h1></body></html>"
RDF = '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel/></rdf:RDF>'
WITHDRAWALS = {
    "comment": ("This paper has been withdrawn by the authors. A later one replaces it.", "Cupboards are counted."),
    "abstract": ("12 pages", "This paper has been withdrawn by the author since a shelf was measured twice."),
    "both": ("Withdrawn by the authors", "This paper has been withdrawn."),
    "administrators": ("This submission has been withdrawn by arXiv administrators", "Cupboards are counted."),
}
MENTIONS = {
    "replaces": ("Replaces a paper that was withdrawn in 2019. 9 pages.", "We ask which books are withdrawn."),
    "cash": ("Data of cash withdrawn at 40 machines", "Cash that is withdrawn on Fridays is counted."),
}
IDS = {
    "0706.00010": ("0706.0010", None),
    "0706.0010": ("0706.0010", None),
    "1412.0010v3": ("1412.0010", 3),
    "2611.99001": ("2611.99001", None),
    "arXiv:2611.99001v12": ("2611.99001", 12),
    "arXiv:2611.99001v2 [cs.AI] 3 Nov 2026": ("2611.99001", 2),
    "math.GT/9901099": ("math/9901099", None),
    "hep-th/9901099v4": ("hep-th/9901099", 4),
    "https://arxiv.org/abs/2611.99001v7": ("2611.99001", 7),
    "https://arxiv.org/pdf/2611.99001v7.pdf": ("2611.99001", 7),
    "https://arxiv.org/html/2611.99001v7#S2": ("2611.99001", 7),
    "https://export.arxiv.org/api/query?id_list=hep-th/9901099v2": ("hep-th/9901099", 2),
    "oai:arXiv.org:2611.99001v3": ("2611.99001", 3),
    "https://doi.org/10.48550/arXiv.2611.99001": ("2611.99001", None),
    "2613.99001": None,
    "2611.99001v0": None,
    "hep-th/0704099": None,
    "hep-th/99010991": None,
    "cs.AI": None,
    "": None,
}


def write_captures(folder: Path) -> Path:
    """Write them all below the folder."""
    for name in ("abs", "api", "generated", "metadata", "rss"):
        (folder / name).mkdir()
    _write_days(folder / "generated", folder / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl")
    _write_feeds(folder / "rss")
    _write_answers(folder / "api")
    odd = [
        replace(invent(number, "2605"), title=f"Causes $\\neq$ Cupboards in {number}\\%") for number in range(1, 121)
    ]
    _write_lines(folder / "metadata" / "edge_cases.jsonl", [_row(paper) for paper in odd])
    mentions = [
        _row(invent(at, "2604", comment=comment, abstract=abstract))
        for at, (comment, abstract) in enumerate(MENTIONS.values(), 1)
    ]
    _write_lines(folder / "metadata" / "withdrawn_or_mentions_withdrawn.jsonl", mentions)
    for name, (comment, abstract) in WITHDRAWALS.items():
        text = f"---\n\\\\\narXiv:{name}\n\nComments: {comment}\n\\\\\n  {abstract}\n\\\\\n"
        (folder / "abs" / f"{name}.abs").write_text(text, encoding="utf-8")
    cases = [
        {"input": text, "canonical": found and found[0], "version": found and found[1]} for text, found in IDS.items()
    ]
    (folder / "arxiv_ids.json").write_text(json.dumps({"cases": cases}), encoding="utf-8")
    return folder


def _days() -> Iterator[tuple[date, list[Invented]]]:
    first = 1
    for name, count in WEEK.items():
        yield date.fromisoformat(name), invent_day(count, first=first)
        first += count


def _write_days(folder: Path, lists: Path) -> None:
    rows = []
    for day, papers in _days():
        rows += [_row(paper) | {"list_date": str(day)} for paper in papers]
        (folder / f"official_cs.AI_{day}_real_metadata.rss.xml").write_bytes(rss(day, papers))
        if day == date(2026, 6, 2):
            (folder / f"official_cs.AI_{day}_real_metadata.atom.xml").write_bytes(atom(day, papers))
    _write_lines(lists, rows)
    (folder / f"official_empty_weekend_cs.AI_{WEEKEND}.rss.xml").write_bytes(rss(WEEKEND))
    (folder / f"official_empty_weekend_cs.AI_{WEEKEND}.atom.xml").write_bytes(atom(WEEKEND))
    (folder / "official_error400_bad_category_cs.XX.rss.xml").write_bytes(error_rss("cs.XX"))
    (folder / "official_page_bad_id_http404.html").write_text(PAGE, encoding="utf-8")


def _write_feeds(folder: Path) -> None:
    crossing = invent_day(86, "2508")
    crossing = [paper.as_("cross" if at < 45 else "new") for at, paper in enumerate(crossing)]
    closed = atom(CLOSED, crossing)
    (folder / "atom_cs.AI_2025-08-20_86entries_closed.xml").write_bytes(closed)
    (folder / "atom_cs.AI_2025-08-20_87entries_TRUNCATED.xml").write_bytes(closed[: len(closed) // 2])
    (folder / "atom_cs.AI_2025-08-20_5entries_TRUNCATED.xml").write_bytes(closed[: len(closed) // 16])
    (folder / "rdf10_hep-ex_2018-05-23_3items.xml").write_text(RDF, encoding="utf-8")
    day = date(2026, 4, 27)
    for at, category in enumerate(("cs.AI", "cs.CL", "cs.LG")):
        papers = [invent(10 * at + number, "2604", categories=(category,)) for number in (1, 2, 3)]
        (folder / f"rss20_{category}_{day}_3items.xml").write_bytes(rss(day, papers, category))
    several = "cs.LG+cs.AI"
    papers = invent_day(4, "2609")
    later = day + timedelta(days=150)
    (folder / f"rss20_multi_{several}_{later}_4items.xml").write_bytes(rss(later, papers, several))


def _write_answers(folder: Path) -> None:
    (folder / "arxivpy_2026-04_q_testing_s0_m100_http200.xml").write_bytes(api_answer(invent_day(120, "2603")))
    for name in ("arxivpy_2026-04_id_abc_s0_m100_http400.xml", "docs_usermanual_error_malformed_id_2007.xml"):
        (folder / name).write_bytes(api_error("incorrect id format for abc"))
    (folder / "arxivpy_2026-04_id_0808.05394_s0_m100_http200.xml").write_bytes(api_answer([]))
    mixed = api_answer([invent(1, "2602")])
    (folder / "arxivpy_2026-04_id_0808.05394_1707.08567_s0_m100_http200.xml").write_bytes(mixed)


def _row(paper: Invented) -> dict[str, object]:
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "categories": paper.categories,
        "comment": paper.comment,
    }


def _write_lines(file: Path, rows: list[dict[str, object]]) -> None:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
