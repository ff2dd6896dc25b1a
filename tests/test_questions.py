"""The questions about captured abstracts fit them: papers, sentence numbers and words are those of the captures."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.core.errors import SourceUnavailable
from bot.core.papers.sentence import Sentence
from bot.sources.feed import parse_feed
from bot.text.split import split

CHECKS = Path(__file__).resolve().parents[1] / "docs" / "checks"
PAGE = (CHECKS / "questions_captured.md").read_text(encoding="utf-8")
COLUMNS = ["paper", "question", "kind", "sentences", "answer_words"]
KINDS = {"answerable", "unanswerable", "off_topic"}
LONGEST_SHARED = 4  # words in a row that a question may have in common with its paper


def rows() -> list[dict[str, str]]:
    with (CHECKS / "questions_captured.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = rows()


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every `length` words in a row of `text`."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def named_sentences(row: dict[str, str], abstracts: dict[str, tuple[Sentence, ...]]) -> list[str]:
    by_number = {sentence.number: sentence.text.lower() for sentence in abstracts[row["paper"]]}
    return [by_number[int(number)] for number in row["sentences"].split()]


def papers_of(feed: Path) -> dict[str, tuple[Sentence, ...]]:
    """The numbered sentences of each abstract of a feed; nothing of one that the program refuses."""
    try:
        batch = parse_feed(feed.read_bytes(), None).batch
    except SourceUnavailable:
        return {}
    return {str(entry.paper.id): split(entry.paper.abstract) for entry in batch.entries} if batch else {}


@pytest.fixture(scope="module")
def feeds(real_captures: Path) -> dict[str, dict[str, tuple[Sentence, ...]]]:
    return {f"rss/{feed.name}": papers_of(feed) for feed in sorted((real_captures / "rss").glob("*.xml"))}


@pytest.fixture(scope="module")
def abstracts(feeds: dict[str, dict[str, tuple[Sentence, ...]]]) -> dict[str, tuple[Sentence, ...]]:
    return {paper: sentences for papers in feeds.values() for paper, sentences in papers.items()}


def test_the_columns_and_kinds_are_those_of_the_page() -> None:
    assert list(ROWS[0]) == COLUMNS
    assert {row["kind"] for row in ROWS} == KINDS
    assert all(f"`{name}`" in PAGE for name in (*COLUMNS, *KINDS))


def test_the_page_gives_the_counts_of_the_file() -> None:
    count = Counter(row["kind"] for row in ROWS)
    papers = len({row["paper"] for row in ROWS})
    assert f"{len(ROWS)} questions about {papers} papers" in PAGE
    assert ", ".join(f"{count[kind]} `{kind}`" for kind in ("answerable", "unanswerable", "off_topic")) in PAGE


def test_only_an_answerable_question_has_sentences_and_words() -> None:
    for row in ROWS:
        has = (bool(row["sentences"]), bool(row["answer_words"]))
        assert has == (row["kind"] == "answerable",) * 2, row["question"]


def test_no_question_is_asked_twice_and_none_is_empty() -> None:
    asked = [row["question"].strip() for row in ROWS]
    assert all(asked)
    assert len(set(asked)) == len(asked)


def test_answer_words_are_in_lower_case_and_one_to_four() -> None:
    for row in ROWS:
        if row["kind"] == "answerable":
            groups = [group.split("|") for group in row["answer_words"].split(";")]
            assert 1 <= len(groups) <= 4, row["question"]
            assert all(word == word.strip().lower() and word for group in groups for word in group), row["question"]


def test_the_page_names_the_feed_of_every_paper(feeds: dict[str, dict[str, tuple[Sentence, ...]]]) -> None:
    named = [papers for name, papers in feeds.items() if f"`{name}`" in PAGE]
    assert len(named) == len(re.findall(r"`rss/[^`]+`", PAGE))
    assert not {row["paper"] for row in ROWS} - {paper for papers in named for paper in papers}


def test_every_sentence_number_exists_once_and_in_order(abstracts: dict[str, tuple[Sentence, ...]]) -> None:
    for row in ROWS:
        numbers = [int(number) for number in row["sentences"].split()]
        assert numbers == sorted(set(numbers)), row["question"]
        assert set(numbers) <= {sentence.number for sentence in abstracts[row["paper"]]}, row["question"]


def test_the_first_spelling_of_every_answer_word_stands_in_a_named_sentence(
    abstracts: dict[str, tuple[Sentence, ...]],
) -> None:
    for row in ROWS:
        if row["kind"] == "answerable":
            named = named_sentences(row, abstracts)
            firsts = [group.split("|")[0] for group in row["answer_words"].split(";")]
            assert all(any(word in text for text in named) for word in firsts), row["question"]


def test_no_question_repeats_a_run_of_words_of_its_abstract(abstracts: dict[str, tuple[Sentence, ...]]) -> None:
    for row in ROWS:
        text = " ".join(sentence.text for sentence in abstracts[row["paper"]])
        assert not runs(row["question"], LONGEST_SHARED + 1) & runs(text, LONGEST_SHARED + 1), row["question"]
