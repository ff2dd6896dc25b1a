"""Ids in any form: every case that arXiv's own documents and parser give, and no surprise for any text at all."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import MalformedId
from bot.core.papers.arxiv_id import parse_arxiv_id

CANONICAL = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+/\d{7})", re.ASCII)
PIECES = [
    "2401.12345",
    "0704.0001",
    "hep-th/9901001",
    "math.GT/0309136",
    "v2",
    "v0",
    "arXiv:",
    "/abs/",
    ".pdf",
    " ",
    ".",
]


def test_every_known_case_is_read_as_arxiv_reads_it(captures: Path) -> None:
    cases = json.loads((captures / "arxiv_ids.json").read_text(encoding="utf-8"))["cases"]
    assert len(cases) >= 20
    for case in cases:
        if case["canonical"] is None:
            with pytest.raises(MalformedId):
                parse_arxiv_id(case["input"])
        else:
            paper_id, version = parse_arxiv_id(case["input"])
            assert (str(paper_id), version) == (case["canonical"], case["version"]), case["input"]


@pytest.mark.parametrize(
    ("text", "canonical", "version"),
    [
        ("what of 2611.01234v2, then?", "2611.01234", 2),
        ("<https://arxiv.org/abs/2611.01234>", "2611.01234", None),
        ("https://doi.org/10.48550/arXiv.2611.01234", "2611.01234", None),
        ("HEP-TH/9901001", "hep-th/9901001", None),
        ("1.2 and 2613.00001 and 2612.00001", "2612.00001", None),
        ("2611.01234 and 2611.99999", "2611.01234", None),
    ],
)
def test_the_first_id_of_a_sentence_is_taken(text: str, canonical: str, version: int | None) -> None:
    paper_id, found = parse_arxiv_id(text)
    assert (str(paper_id), found) == (canonical, version)


@pytest.mark.parametrize(
    "text",
    [
        *("", "abc", "1234.12345", "2611.00000", "2611.01234v0", "0703.0001", "9912.00001", "2611.012345"),
        *("hep-th/0704001", "foo/9901001", "12611.01234", "x" * 10_000 + "2611.01234"),
        "\u0662\u0664\u0660\u0661.\u0661\u0662\u0663\u0664\u0665",
    ],
)
def test_what_is_no_id_says_what_to_try(text: str) -> None:
    with pytest.raises(MalformedId) as caught:
        parse_arxiv_id(text)
    assert str(caught.value) == "That is not an arXiv id. Try 2611.01234 or a link to arxiv.org/abs."


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)))
def test_any_text_is_an_id_or_malformed(text: str) -> None:
    try:
        paper_id, version = parse_arxiv_id(text)
    except MalformedId:
        return
    assert CANONICAL.fullmatch(str(paper_id))
    assert version is None or version > 0
    assert parse_arxiv_id(str(paper_id)) == (paper_id, None)


@given(st.integers(15, 90), st.integers(1, 12), st.integers(1, 99_999), st.none() | st.integers(1, 999))
def test_every_sound_id_is_read_back(year: int, month: int, number: int, version: int | None) -> None:
    text = f"{year:02}{month:02}.{number:05}"
    paper_id, found = parse_arxiv_id(f"https://arxiv.org/pdf/{text}" + (f"v{version}" if version else ""))
    assert (str(paper_id), found) == (text, version)
