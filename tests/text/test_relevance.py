"""What a text is to a follower of a lens, by rule: interest, the trade with the word found, the telling sentence."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.core.verdicts.lens import Lens
from bot.core.verdicts.lens_file import lens_from_mapping
from bot.core.verdicts.scoring import judged_interest
from bot.core.verdicts.verdict import PremiseFinding, PremiseLabel
from bot.lenses.load import load_lenses
from bot.text.relevance import Relevance, relevance
from bot.text.split import split
from bot.text.words import alike

TRADES = [
    {"name": "baking", "words": ["bakers?", "baker(?:y|ies)"]},
    {"name": "milling", "words": ["millers?"]},
]
CUES = [
    {"cue": r"\bovens?\b", "weight": 30},
    {"cue": r"\bbread\b", "weight": 10},
    {"cue": r"\btheorem\b", "weight": -15},
]


def lens(**more: Any) -> Lens:
    texts = dict.fromkeys(("name", "summary", "thesis", "tone", "says_of_itself"), "Words.")
    item = {"key": "one", "name": "one", "question": "One?", "cues": ["x"], "weight_abstract": 1, "weight_full": 1}
    table = {
        "key": "small",
        **texts,
        "threshold": 0,
        "premises": [{"key": "work", "question": "Is it about work?"}, {"key": "use", "question": "Is it used?"}],
        "interest": CUES,
        "trades": TRADES,
        "rank": {"start": 20, "trade": 10},
        "bands": [{"name": "ALL", "low": 0, "high": 100}],
        "checklist": [item],
    }
    return lens_from_mapping(table | more, "small.toml")


def look(title: str, abstract: str, **more: Any) -> Relevance:
    return relevance(title, split(abstract), lens(**more))


def test_a_cue_counts_once_however_often_it_is_found_and_half_as_much_again_in_the_title() -> None:
    assert look("A note", "It is warm.").interest == 20
    assert look("A note", "The oven is warm. Another oven is not.").interest == 50
    assert look("On ovens", "The oven is warm.").interest == 65
    assert look("A note", "A theorem on the oven.").interest == 35


def test_an_interest_stays_between_0_and_100() -> None:
    assert look("A theorem", "No.", rank={"start": 0}).interest == 0
    assert look("Ovens", "Bread.", rank={"start": 90}).interest == 100


def test_a_trade_is_told_with_the_word_that_names_it_in_the_title_or_in_several_sentences() -> None:
    for found in (look("A note", "We met Bakers. A bakery is warm."), look("The Bakers", "It rained.")):
        assert [(one.name, one.word) for one in found.trades] == [("baking", "Bakers")]
        assert found.interest == 30
    assert look("The Bakersfield note", "Bakersfield is a town.").trades == ()


def test_a_trade_that_one_sentence_names_in_passing_counts_half_and_is_not_told() -> None:
    passing = look("A note", "It serves many, such as bakers and the bakery of a town. It rained.")
    assert passing.trades == ()
    assert passing.interest == 25


def test_the_plainest_trade_is_told_first() -> None:
    found = look("A miller", "A baker came. The baker left. Another baker stayed.")
    assert [one.name for one in found.trades] == ["milling", "baking"]
    found = look("A note", "A miller and a baker came. The baker left. The baker and the miller met.")
    assert [one.name for one in found.trades] == ["baking", "milling"]


def test_the_telling_sentence_is_the_one_with_most_of_what_is_wanted() -> None:
    found = look("A note", "It rained. Bread is good. An oven bakes bread. It rained again.")
    assert found.telling is not None
    assert found.telling.number == 3


@pytest.mark.parametrize(
    "abstract",
    [
        "Bread is good. We find that bread is baked faster.",
        "Bread is good. Bread costs 30% less.",
        "Bread is good. Our oven replaces the people who made bread.",
        "We present a way to make bread. Bread is good.",
        "Code for bread is at https://example.org. Bread is good.",
    ],
)
def test_what_was_found_or_measured_or_taken_from_people_tells_more_than_what_is_announced(abstract: str) -> None:
    found = look("A note", abstract)
    assert found.telling is not None
    assert found.telling.number == 2
    assert look("A note", "").telling is None


def test_a_word_counts_once_in_any_ending_and_twice_where_the_title_has_it() -> None:
    words = [{"weight": 4.5, "words": "flour knead"}, {"weight": -3, "words": "axiom"}]
    assert look("A note", "It is warm.", interest_words=words).interest == 20
    assert look("A note", "They kneaded. She was kneading.", interest_words=words).interest == 24
    assert look("Kneading", "They knead.", interest_words=words).interest == 29
    assert look("A note", "Flour, axioms.", interest_words=words).interest == 22
    assert look("A note", "A flourish.", interest_words=words).interest == 20


def test_words_are_read_in_the_beginning_of_a_text_alone() -> None:
    words = [{"weight": 5, "words": "flour"}]
    long = "It rained. " * 400
    assert look("A note", f"Flour. {long}", interest_words=words).interest == 25
    assert look("A note", f"{long} Flour.", interest_words=words).interest == 20


def test_what_words_say_decides_which_sentence_tells_most() -> None:
    found = look("A note", "It rained here. Flour was dear.", interest_words=[{"weight": 5, "words": "flour"}])
    assert found.telling is not None
    assert found.telling.number == 2


def named(title: str, lens: str = "discontinuity") -> list[str]:
    """The trades that a lens finds in a title."""
    return [one.name for one in relevance(title, (), load_lenses(None)[lens]).trades]


@pytest.mark.parametrize(
    "text",
    [
        "Triage of packets by a router.",
        "Our bit accounting is exact.",
        "Accounting for noise, the error falls.",
        "Surgical edits of weights suffice.",
        "Model surgery removes a layer.",
        "It runs in a zero-shot fashion.",
        "Random crops of images are used.",
        "Energy harvesting feeds the sensor.",
        "Transit of an exoplanet dims its star.",
        "Optimal transportation of a measure.",
        "The legal moves of a chess position.",
        "Key drivers of variance.",
        "A pilot study was run.",
        "Miners of blocks vote.",
        "The grading of an algebra.",
        "An alignment tax is paid.",
        "Semiconductors with a narrow gap.",
        "Neutron moderators slow particles.",
        "Software supply chain attacks.",
        "Right-to-left (RTL) scripts.",
        "Composers of functions.",
        "The front-end of the recogniser.",
        "Laboratories measured the decay.",
        "The teacher model is distilled.",
        "A systematic literature review of unit cells.",
        "This systematic review and this meta-analysis.",
        "This paper reviews four losses.",
        "Memory without heuristic bookkeeping.",
        "Agents maximise financial profits.",
        "The last-mile problem of forecasting.",
        "An architecture-level design choice.",
        "Quality control of a corpus.",
        "Attacks of multi-turn persuasion.",
        "Detecting AI-generated text.",
        "Numbers on tau2-bench.",
        "A basic chatbot.",
        "A pedagogical scaffold of prompts.",
        "Architectural design principles of a cache.",
        "Blood vessel tracking.",
        "3D modelling of teeth.",
        "Post-editing of lane maps.",
        "Dubbing it a paradox.",
        "The cursor moves.",
        "Inter-annotators agree.",
        "Fifteen occupations in pictures.",
        "Answers for older adults.",
    ],
)
def test_a_word_that_means_something_else_in_a_technical_text_names_no_trade(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("Patient triage is done by nurses.", "medicine"),
        ("Forensic accounting finds it.", "finance and accounting"),
        ("A surgical robot sews.", "medicine"),
        ("Fashion designers draw it.", "art, media and games"),
        ("Crop yields of a farm.", "farming"),
        ("Truck drivers rest.", "driving and transport"),
        ("Essay grading takes hours.", "teaching"),
        ("Semiconductor manufacturing has defects.", "manufacturing and inspection"),
        ("Comment moderation is hard.", "moderation"),
        ("Autoformalization of theorems in Lean 4.", "research"),
        ("Brain tumor segmentation in MRI scans.", "radiology and pathology"),
        ("Desktop agents fill forms.", "office work"),
        ("Writing systematic reviews.", "research"),
        ("Systematic review automation.", "research"),
        ("Bookkeepers and their tools.", "finance and accounting"),
        ("Last-mile delivery by robots.", "warehouses and delivery"),
        ("Game level design by a model.", "art, media and games"),
        ("Quality control in manufacturing.", "manufacturing and inspection"),
        ("A chatbot for public services.", "customer service"),
        ("A legal-domain agent.", "law"),
        ("Post-editing machine translation.", "translation"),
        ("A model for test engineers.", "engineering and design"),
        ("Ride-hailing drivers.", "driving and transport"),
    ],
)
def test_the_same_words_beside_their_work_name_it(text: str, trade: str) -> None:
    assert trade in named(text)


@pytest.mark.parametrize("lens", ["plain", "reproducibility"])
@pytest.mark.parametrize(
    "title",
    [
        "Random forests and random crops.",
        "Spiral of silence in an opinion climate.",
        "News for the next hour's load.",
        "Recruitment of experts among models.",
        "Multimodal data analysis.",
        "Multi-annotators disagree.",
        "Scientists and researchers read it.",
        "Surgical edits and model surgery.",
        "Key drivers, pilots of a study.",
        "The grading of an algebra.",
    ],
)
def test_the_other_lenses_keep_the_same_senses_apart(title: str, lens: str) -> None:
    assert named(title, lens) == []


def test_a_cue_that_does_not_come_to_an_end_counts_as_not_found() -> None:
    endless = [{"cue": r"(?:a+)+b", "weight": 40}, *CUES]
    assert look("A note", "The oven. " + "a" * 60, interest=endless).interest == 50


def test_where_a_model_judged_premises_fallacy_and_omissions_stand_beside_a_share_of_the_rules() -> None:
    rank = {"premises": {"work": 30, "use": 10}, "fallacy": 6, "omission": 2, "by_rule": 0.5}
    through = lens(rank=rank)

    def judged(work: PremiseLabel, use: PremiseLabel, *, fallacy: bool = False, omissions: int = 0) -> int:
        premises = (PremiseFinding("work", work), PremiseFinding("use", use))
        return judged_interest(40, premises, fallacy, omissions, through)

    assert judged(PremiseLabel.DOES_NOT, PremiseLabel.DOES_NOT) == 20
    assert judged(PremiseLabel.HOLDS, PremiseLabel.UNCLEAR) == 55
    assert judged(PremiseLabel.HOLDS, PremiseLabel.HOLDS, fallacy=True, omissions=2) == 70


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        (
            (
                "Agents that answer letters for clerks",
                "Clerks of insurance firms answer letters by hand. We deploy an agent that replaces manual work in the "
                "enterprise. Human reviewers approve one letter in ten, and customers wait minutes instead of days.",
            ),
            (
                "A bound on sorting networks",
                "We prove a lower bound on the depth of sorting networks. The proof uses a graph argument. A matching "
                "upper bound shows that our bound is optimal.",
            ),
        ),
        (
            (
                "Reading chest X-rays",
                "Radiologists dictate reports by hand, which takes hours. Our system writes radiology reports for "
                "hospitals. In a reader study, clinicians preferred its reports to those of human experts.",
            ),
            (
                "Sharper pictures",
                "A diffusion model for image restoration improves super-resolution. A new loss and an attention module "
                "keep textures. Experiments on three datasets show better quality.",
            ),
        ),
        (
            (
                "Wages after automation",
                "We estimate how automation changed wages and employment of translators. Freelance translators lost "
                "jobs, and firms kept the savings.",
            ),
            (
                "What a state could mean by persons",
                "We discuss what a state could mean by personhood of machines. Three concepts of it are compared.",
            ),
        ),
    ],
)
def test_the_default_lens_wants_paid_work_before_theory_and_the_inside_of_models(
    wanted: tuple[str, str], other: tuple[str, str]
) -> None:
    through = load_lenses(None)["discontinuity"]
    first, second = (relevance(title, split(text), through) for title, text in (wanted, other))
    assert first.interest >= through.threshold > second.interest
    assert first.trades


def test_two_words_of_one_stem_are_told_and_the_first_counts() -> None:
    groups = [{"weight": 4, "words": "knead flour"}, {"weight": -4, "words": "kneading"}]
    assert alike(lens(interest_words=groups)) == [("knead", "kneading")]
    assert look("A note", "She kneads.", interest_words=groups).interest == 24
    assert alike(load_lenses(None)["discontinuity"]) == []


def test_the_words_that_counted_are_told_as_they_stand_in_the_text_the_heaviest_first() -> None:
    words = [{"weight": 4.5, "words": "flour knead"}, {"weight": -3, "words": "axiom"}]
    found = look("On Ovens", "A Baker kneads bread. A theorem is no axiom.", interest_words=words)
    assert found.counted == ("Ovens", "bread", "Baker", "kneads")
    assert look("A theorem", "It is an axiom.", interest_words=words).counted == ()


def test_what_counted_is_what_the_interest_is_made_of() -> None:
    told = look("On Ovens", "A Baker has bread.")
    without = look("On walls", "A Baker has bread.")
    assert told.interest - without.interest == 45
    assert "Ovens" not in without.counted


def test_no_abstract_of_another_field_that_uses_words_of_work_in_its_own_sense_is_worth_a_card() -> None:
    through = load_lenses(None)["discontinuity"]
    corpus = Path(__file__).parents[1] / "corpus" / "other_fields.toml"
    papers = tomllib.loads(corpus.read_text(encoding="utf-8"))["abstracts"]
    interests = {paper["title"]: relevance(paper["title"], split(paper["text"]), through).interest for paper in papers}
    assert len(interests) == 72
    assert {title: interest for title, interest in interests.items() if interest >= through.threshold} == {}


@pytest.mark.parametrize(
    ("text", "trades"),
    [
        ("Site occupations of ions were measured.", []),
        ("Workers police one another in the hive.", []),
        ("The police use it.", ["public administration"]),
        ("Schools of fish turn at once.", []),
        ("Lesions were made in the brains of voles.", []),
        ("Lesion detection in mammograms.", ["radiology and pathology"]),
        ("A mixed finite element method.", []),
        ("Ultrasound is attenuated in films.", []),
    ],
)
def test_a_word_that_another_field_uses_in_its_own_sense_names_no_trade(text: str, trades: list[str]) -> None:
    assert named(text) == trades
