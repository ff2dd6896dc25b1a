"""What is said to us in words: a link or a verb is a command, all else is something to talk about."""

import pytest

from bot.core.commands.spoken import command_said, meant, of_a_thread
from bot.core.papers.paper import ArxivId

LENSES = ("discontinuity", "plain")


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("https://arxiv.org/abs/2609.00001", "verdict 2609.00001"),
        ("<https://arxiv.org/pdf/2609.00001v2>", "verdict 2609.00001"),
        ("arXiv:2609.00001.", "verdict 2609.00001"),
        ("arXiv 2609.00001", "verdict 2609.00001"),
        ("10.48550/arXiv.2609.00001", "verdict 2609.00001"),
        ("2609.00001 Plain full", "verdict 2609.00001 plain full"),
        ("2609.00001 lens=plain", "verdict 2609.00001 lens=plain"),
        ("Read https://arxiv.org/abs/2609.00001 please", "verdict 2609.00001"),
        ("verdict 2609.00001 plain", "verdict 2609.00001 plain"),
        ("/copecheck Verdict on 2609.00001", "verdict 2609.00001"),
        ("@CopeCheck: analysis of 2609.00001", "analysis 2609.00001"),
        ("verdict please", "verdict"),
        ("Verdict on this paper?", "verdict"),
        ("verdict 2609.0001", "verdict 2609.0001"),
        ("similar to 2609.00001", "similar 2609.00001"),
        ("report?", "report"),
        ("report 2026-W99", "report 2026-W99"),
        ("Status, please", "status"),
        ("recent, thanks", "recent"),
        ("please search for agents in call centers", "search agents in call centers"),
        ("search papers that are about unions", "search papers that are about unions"),
        ('search "attention is all you need"', 'search "attention is all you need"'),
        ("help me", "help"),
        ("help!", "help"),
        ("help with search", "help search"),
        ("help verdct", "help verdct"),
        ("follow cs.AI", "follow cs.AI"),
        ("follow add cs.QQ", "follow add cs.QQ"),
        ("follow list please", "follow list"),
        ("folow list", "folow list"),
        ("serch agents", "serch agents"),
        ("feedback: too many cards", "feedback too many cards"),
        ("feedback The cards are too long.", "feedback The cards are too long."),
        ("dispute the second claim", "dispute the second claim"),
        ("dispute 2609.00001 plain headline It is not.", "dispute 2609.00001 plain headline It is not."),
        ("dispute fallacy It names its baseline.", "dispute fallacy It names its baseline."),
        ("ask about the baseline", "ask about the baseline"),
        ("about plain", "about plain"),
        ("help", "help"),
        ("help follow add", "help follow add"),
        ("follow list", "follow list"),
        ("follow everything", "follow everything"),
        ("follow add cs.AI hour=18:00", "follow add cs.AI hour=18:00"),
        ("lens show plain", "lens show plain"),
        ("search shelf “oak kitchens”", 'search shelf "oak kitchens"'),
        ("status", "status"),
        ("feedback It is too long, isn't it?", "feedback It is too long, isn't it?"),
        ("verdct 2609.00001", "verdct 2609.00001"),
        ("share 2609.00001 plain", "share 2609.00001 plain"),
    ],
)
def test_a_link_or_a_verb_is_a_command(words: str, command: str) -> None:
    assert command_said(words, LENSES) == command


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "What is it compared with?",
        "what does 2609.00001 compare with?",
        "2609.00001 why?",
        "2609.00001 and 2609.00002",
        "https://arxiv.org/abs/2609.00001 is about whose work?",
        "share your thoughts",
        "discuss the limits",
        "changes in the abstract?",
        "agree?",
        "report of which week?",
        "status of the baseline?",
        "help me to understand the method",
        "lens of which kind?",
        "Who pays",
        "similar work exists",
        "similar papers",
        "search is broken",
        "search works poorly on long titles",
        "search engines replace librarians",
        "search results are empty",
        "search agents?",
        "search and rescue robots",
        "report is late",
        "report card for the model",
        "reports are late",
        "recent work shows the opposite",
        "recent papers",
        "recently this changed",
        "status quo bias is assumed here",
        "help me understand the second claim",
        "help wanted",
        "helps a lot",
        "verdict is harsh",
        "verdict of the court",
        "verdict 2609.00001 is wrong",
        "verdict 2609.00001 surprised me",
        "verdicts are harsh",
        "analysis seems thin",
        "analysis paralysis",
        "stop words are removed",
        "dispute over wages is ignored",
        "feedback loops are ignored here",
        "feedback is missing",
        "feedback helps",
        "follow the money",
        "follow up on that: who pays",
        "follow on from that: who pays",
        "lens distortion is the topic",
        "sharing is caring",
        "open questions remain",
        "about time",
        "as expected",
        "task shift matters",
        "research shows otherwise",
        "please explain the status of the baseline",
        "2609.00001 " * 300,
    ],
)
def test_what_remains_is_something_to_talk_about(words: str) -> None:
    assert command_said(words, LENSES) is None


def test_long_words_are_read_in_bounded_time() -> None:
    assert command_said("@" * 100_000 + " help", LENSES) is None


@pytest.mark.parametrize(
    ("words", "verb", "command"),
    [
        ("search and rescue robots", "search", "search search and rescue robots"),
        ("search is broken", "search", "search search is broken"),
        ("report is late", "report", "report"),
        ("recent papers", "recent", "recent"),
        ("similar work exists", "similar", ""),
    ],
)
def test_what_a_sentence_may_have_meant_is_the_verb_with_what_can_be_carried_out(
    words: str, verb: str, command: str
) -> None:
    found = meant(words, LENSES)
    assert found is not None
    assert (found[0].name, found[1]) == (verb, command)


@pytest.mark.parametrize("words", ["Who pays", "open questions remain", "sharing is caring", ""])
def test_nothing_is_offered_that_no_member_can_press(words: str) -> None:
    assert meant(words, LENSES) is None


def test_a_verb_in_a_thread_gets_the_lens_only_where_it_takes_one() -> None:
    paper = ArxivId("2609.00001")
    assert of_a_thread("verdict", paper, "plain", LENSES) == "verdict 2609.00001 plain"
    assert of_a_thread("similar", paper, "plain", LENSES) == "similar 2609.00001"
