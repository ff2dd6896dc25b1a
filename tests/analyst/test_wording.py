"""What a verdict may not say, and what may be mistaken for it."""

import pytest

from bot.analyst.verdicts.wording import faults_of, of_the_abstract

FORBIDDEN = [
    ("The paper never mentions who pays.", "The abstract never mentions who pays."),
    ("This work does not discuss labour at all.", "The abstract does not discuss labour at all."),
    ("and the paper doesn’t say who checks it", "and the abstract doesn’t say who checks it"),
    ("The study itself is silent on cost.", "The abstract itself is silent on cost."),
    ("The article fails to ask who gains.", "The abstract fails to ask who gains."),
    ("the paper ignores the sorter", "the abstract ignores the sorter"),
    ("The authors never say who sorted before.", "In the abstract the authors never say who sorted before."),
    ("Here the authors do not even mention wages.", "Here in the abstract the authors do not even mention wages."),
    ("The paper says nothing of failures.", "The abstract says nothing of failures."),
    ("The paper lacks any baseline.", "The abstract lacks any baseline."),
    ("The work leaves out the price.", "The abstract leaves out the price."),
    ("The paper also does not address misuse.", "The abstract also does not address misuse."),
]
ALLOWED = [
    "The abstract does not mention who pays.",
    "Nothing in the abstract says who checks it.",
    "The paper trains a model and reports an error of 8%.",
    "The paper says that nothing else works, and shows it.",
    "The method does not need labels.",
    "The system never sleeps; the sorter did.",
    "What the paper does, it does well.",
    "The authors report that the model fails on long inputs.",
    "The paper names its limits.",
]


@pytest.mark.parametrize(("text", "said"), FORBIDDEN)
def test_from_an_abstract_nothing_is_said_of_what_the_paper_lacks(text: str, said: str) -> None:
    assert faults_of(text, abstract_only=True)
    assert not faults_of(text, abstract_only=False)
    assert of_the_abstract(text) == said
    assert not faults_of(said, abstract_only=True)


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_fair_to_say_passes(text: str) -> None:
    assert faults_of(text, abstract_only=True) == []
    assert of_the_abstract(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The authors are dishonest.",
        "An incompetent team built it.",
        "Their motive is greed: greedy researchers.",
        "The researchers lied about it.",
    ],
)
def test_nobodys_honesty_or_competence_is_judged(text: str) -> None:
    assert any("honesty" in fault for fault in faults_of(text, abstract_only=True))


@pytest.mark.parametrize(
    "text", ["Detects fraudulent claims.", "It finds liars in a card game.", "The benchmark is corrupted by noise."]
)
def test_a_paper_about_such_things_may_be_described(text: str) -> None:
    assert faults_of(text, abstract_only=True) == []


def test_a_persons_full_name_is_a_fault_and_a_single_word_is_none() -> None:
    authors = "Long Young, Given Surname and Third Person"
    assert any(
        "Given Surname" in fault
        for fault in faults_of("As given surname shows, …", abstract_only=True, authors=authors)
    )
    assert faults_of("A long road for young people.", abstract_only=True, authors=authors) == []


@pytest.mark.parametrize(
    "text",
    [
        "The method filters malicious clients before their updates are averaged.",
        "It restores corrupted images better than they were before.",
        "The authors train a classifier that spots lying and fraudulent reviews.",
        "A team of agents is tested against corruption of its memory.",
    ],
)
def test_what_a_paper_studies_is_not_taken_for_a_word_about_its_authors(text: str) -> None:
    assert faults_of(text, abstract_only=True) == []


@pytest.mark.parametrize(
    "text",
    ["The authors are simply dishonest.", "They lied.", "Greedy researchers sell it.", "It shows their incompetence."],
)
def test_nothing_is_said_of_anybodys_honesty(text: str) -> None:
    assert faults_of(text, abstract_only=True)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Nowhere does the paper mention cost.", "Nowhere does the abstract mention cost."),
        ("There is no discussion of limits in the paper.", "There is no discussion of limits in the abstract."),
        ("The paper is mute on labour.", "The abstract is mute on labour."),
    ],
)
def test_an_absence_in_other_words_is_one_of_the_abstract_too(text: str, mended: str) -> None:
    assert faults_of(text, abstract_only=True)
    assert of_the_abstract(text) == mended
    assert faults_of(mended, abstract_only=True) == []
