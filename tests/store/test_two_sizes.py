"""Verdicts that were stored before they came in two sizes are read in two sizes."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.core.papers.paper import ArxivId
from bot.store import migrations
from bot.store.sql import SqlStore

PASSAGE = {"paper": "2606.00001", "version": 1, "text_hash": "h", "start": 0, "end": 4, "words": "One.", "sentence": 1}
WHOLE = {
    "headline": "Sorts the post.",
    "does": "It sorts letters.",
    "dissection": {"text": "It sorts.", "evidence": [PASSAGE]},
    "fallacy": {"assumed": "It waits.", "instead": "It read.", "evidence": [PASSAGE]},
    "assumptions": [{"proposition": "Fast is good.", "exposure": "Nobody asked.", "evidence": [PASSAGE]}],
    "social_function": "It sells.",
    "classes": [{"name": "copium", "gloss": "it comforts"}],
    "verdict": "It is real.",
    "closing": "So it goes.",
    "too_little": "",
    "fallacy_dropped": False,
    "withdrawn": ["classes"],
}
BODY = {
    "paper": "2606.00001",
    "version": 1,
    "paper_hash": "h",
    "basis": {"kind": "abstract", "characters": 4, "of_characters": 4, "reason": None},
    "first_line": PASSAGE,
    "findings": [{"item": "worker", "label": "absent", "evidence": [], "reason": None}],
    "score": 70,
    "touch": 3,
    "provenance": {
        "analyst": "model",
        "lens": "discontinuity",
        "lens_fingerprint": "f",
        "judged_at": "2026-06-02T12:00:00+00:00",
        "model": "m",
        "prompt_fingerprint": "p",
        "tokens_in": 1,
        "tokens_out": 1,
        "cost_usd": 0.5,
    },
    "dropped_claims": 0,
    "flags": [],
}
BEFORE = "0012"


def old_store(path: Path) -> None:
    """A store as the migrations before this one leave it, with a verdict of each kind."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        settings = Config()
        settings.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
        settings.attributes["connection"] = connection
        command.upgrade(settings, BEFORE)
        silent = WHOLE | {"too_little": "One line.", "fallacy": None, "withdrawn": []}
        for number, analysis in ((1, WHOLE), (2, silent), (3, None)):
            body = BODY | {"paper": f"2606.0000{number}", "analysis": analysis}
            insert = sa.text(
                "INSERT INTO verdicts (paper, lens, paper_hash, analyst, body) "
                "VALUES (:paper, 'discontinuity', 'h', 'model', :body)"
            )
            connection.execute(insert, {"paper": body["paper"], "body": json.dumps(body)})
    engine.dispose()


async def test_an_old_verdict_is_read_as_a_short_one_with_its_analysis(tmp_path: Path) -> None:
    old_store(tmp_path / "old.db")
    store = SqlStore(str(tmp_path / "old.db"))
    await store.open(upgrade=True)
    found = await store.verdicts([ArxivId(f"2606.0000{number}") for number in (1, 2, 3)], "discontinuity")
    await store.close()
    whole, silent, scan = (found[ArxivId(f"2606.0000{number}")] for number in (1, 2, 3))
    assert whole.short is not None
    assert (whole.short.headline, whole.short.does) == ("Sorts the post.", "It sorts letters.")
    assert whole.short.fallacy is not None
    assert (whole.short.fallacy.line, whole.short.fallacy.evidence[0].words) == ("It waits.", "One.")
    assert whole.analysis is not None
    assert whole.analysis.fallacy is not None
    assert (whole.analysis.fallacy.instead, whole.analysis.closing) == ("It read.", "So it goes.")
    assert whole.analysis.assumptions[0].evidence[0].sentence == 1
    assert (whole.withdrawn, whole.cost_usd, whole.score) == (("classes",), 0.5, 70)
    assert silent.short is not None
    assert (silent.short.too_little, silent.analysis, silent.says_enough) == ("One line.", None, False)
    assert (scan.short, scan.analysis) == (None, None)
