"""The one table of verbs, and the way from text to a command: nothing a person types raises anything but words."""

import re
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.commands.event import Actor, CommandEvent, Role, direct_community, is_direct
from bot.core.commands.options import OptionKind
from bot.core.commands.parser import Command, allowed, command_of, parse, similar, usage
from bot.core.commands.verbs import COMMANDS
from bot.core.errors import CommandError
from bot.core.follows.week import IsoWeek
from bot.core.posts.post import VALUE_MOST, Place
from bot.core.present.answer import help_screen, help_verb, paged, refused, words

VISIBLE = [verb for verb in COMMANDS if not verb.is_hidden]


def values(text: str) -> dict[str, object]:
    return dict(parse(text).values)


@pytest.mark.parametrize("verb", COMMANDS, ids=lambda verb: verb.name)
def test_what_help_shows_as_an_example_works(verb: object) -> None:
    command = parse(verb.example)  # type: ignore[attr-defined]
    assert command.verb is verb


@pytest.mark.parametrize("verb", COMMANDS, ids=lambda verb: verb.name)
def test_the_sample_of_every_option_is_one_that_it_takes(verb: object) -> None:
    samples = {option.name: option.sample for option in verb.options}  # type: ignore[attr-defined]
    assert set(command_of(verb.name, samples).values) == set(samples)  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", VISIBLE, ids=lambda verb: verb.name)
def test_help_names_every_verb_and_what_one_may_say(verb: object) -> None:
    assert verb.name in help_screen(Role.OPERATOR).text  # type: ignore[attr-defined]
    shown = help_verb(verb).text  # type: ignore[arg-type]
    assert usage(verb) in shown  # type: ignore[arg-type]
    assert all(option.help in shown for option in verb.options if not option.is_hidden)  # type: ignore[attr-defined]


def test_help_shows_a_member_nothing_that_they_may_not_do() -> None:
    shown = help_screen(Role.MEMBER).text
    assert "follow list" in shown
    assert "follow add" not in shown
    assert {verb.needs for verb in allowed(Role.MEMBER)} == {Role.MEMBER}


@pytest.mark.parametrize(
    ("text", "verb", "given_values"),
    [
        ("verdict 2611.01234", "verdict", {"paper": "2611.01234"}),
        ("VERDICT 2611.01234 plain", "verdict", {"paper": "2611.01234", "lens": "plain"}),
        ("/copecheck verdict 2611.01234", "verdict", {"paper": "2611.01234"}),
        ("2611.01234", "verdict", {"paper": "2611.01234"}),
        ("https://arxiv.org/abs/2611.01234v2", "verdict", {"paper": "https://arxiv.org/abs/2611.01234v2"}),
        ("<https://arxiv.org/abs/2611.01234>", "verdict", {"paper": "<https://arxiv.org/abs/2611.01234>"}),
        ("hep-th/9901001", "verdict", {"paper": "hep-th/9901001"}),
        ("search call center page=3", "search", {"words": "call center", "page": 3}),
        ('search "call center" class="a lullaby"', "search", {"words": "call center", "class": "a lullaby"}),
        ("search a since=2026-06-01", "search", {"words": "a", "since": date(2026, 6, 1)}),
        ("search x=y", "search", {"words": "x=y"}),
        ("report", "report", {}),
        ("report 2026-W22", "report", {"week": IsoWeek(2026, 22)}),
        ("report 2026-06-02", "report", {"week": IsoWeek(2026, 23)}),
        ("follow", "follow list", {}),
        ("lens", "lens list", {}),
        ("follow add cs.AI, cs.LG", "follow add", {"categories": ("cs.AI", "cs.LG")}),
        ("follow add CS.ai COND-MAT.MES-HALL cs", "follow add", {"categories": ("cs.AI", "cond-mat.mes-hall", "cs")}),
        ("follow edit cs.AI hour=9 days=sat-mon", "follow edit", {"name": "cs.AI", "hour": time(9), "days": (0, 5, 6)}),
        ('follow edit x refuse="a survey, review"', "follow edit", {"name": "x", "refuse": ("a survey", "review")}),
        ("follow edit cs.AI report=off", "follow edit", {"name": "cs.AI", "report": False}),
        ("feedback it = good", "feedback", {"words": "it = good"}),
        ("help follow add", "help", {"command": "follow add"}),
        ("", "help", {}),
        ("   /  ", "help", {}),
    ],
)  # fmt: skip
def test_what_is_typed_means(text: str, verb: str, given_values: dict[str, object]) -> None:
    command = parse(text)
    assert (command.verb.name, dict(command.values)) == (verb, given_values)


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("verdikt 2611.01234", "no command", "verdict"),
        ("dance", "no command", "help"),
        ("follow ad cs.AI", "no command", "follow add"),
        ("follow dance", "no command", "After follow comes one of"),
        ("verdict", "needs an arXiv id", "For example: verdict 2611.01234 · More: help verdict"),
        ("verdict 2611.01234 plain extra", "one word too many", "help verdict"),
        ("follow add", "needs one or more arXiv categories", "follow add cs.AI"),
        ("follow add not!a!category", "is no arXiv category", "For example: follow add cs.AI"),
        ("follow add cs.QQ", "is no arXiv category", "For example: follow add cs.AI"),
        ("follow add cs.A1", "is no arXiv category; the nearest is cs.", "For example: follow add cs.AI"),
        ("search agents category=cs.A", "is no arXiv category", "Like this: cs.AI."),
        ("follow add cs.AI card=3", "no setting", "cards"),
        ("follow add cs.AI cards=many", "is no number", "Like this: 5."),
        ("follow add cs.AI cards=26", "from 0 to 25", "Like this: 5."),
        ("follow add cs.AI hour=24:00", "is no hour", "Like this: 09:00."),
        ("follow add cs.AI zone=Berlin", "is no time zone", "Like this: Europe/Berlin."),
        ("follow add cs.AI days=someday", "is no day of the week", "Like this: mon-fri."),
        ("follow add cs.AI types=replace", "is none of new, cross", "Like this: new,cross."),
        ("follow add cs.AI mode=loud", "is none of top, every, digest", "Like this: top."),
        ("report last", "is no week", "2026-W22"),
        ("report 2026-W54", "is no week", "2026-W22"),
        ("report 9999-12-31", "is no week", "2026-W22"),
        ("follow edit x types=,", "at least one is needed", "Like this: new,cross."),
        (
            "follow add " + " ".join(f"a.A{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTU"),
            "at most 20",
            "follow add cs.AI",
        ),
        ("search", "needs words", "search"),
        ("search " + "a" * 81, "at most 80 characters", "words"),
        ("search a page=0", "is no number", "Like this: 2."),
        ("sharing perhaps", "is none of on, off", "sharing off"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_type_instead(text: str, what: str, remedy: str) -> None:
    with pytest.raises(CommandError) as raised:
        parse(text)
    assert what in raised.value.what
    assert remedy in str(raised.value).replace("`", "")


@pytest.mark.parametrize(("name", "near"), [("folow", "follow"), ("lense", "lens"), ("folow list", "follow list")])
def test_a_misspelt_first_word_of_several_commands_is_known(name: str, near: str) -> None:
    assert similar(name) == near


def test_words_that_only_begin_like_a_command_are_no_command() -> None:
    assert similar("following") is None


@given(st.text(max_size=300))
def test_no_text_raises_anything_but_words(text: str) -> None:
    answered(text)


OWN = [
    *" ".join(verb.example for verb in COMMANDS).split(),
    "=",
    '"',
    "page=",
    "“",
    "\u202e",
    "@everyone",
    "lens=",
    "é",
]
OPTIONS = sorted({option.name for verb in COMMANDS for option in verb.options})


@given(st.lists(st.sampled_from(OWN), max_size=12))
def test_no_mixture_of_our_own_words_raises_anything_but_words(parts: list[str]) -> None:
    answered(" ".join(parts))


@given(
    st.sampled_from([verb.name for verb in COMMANDS]),
    st.dictionaries(st.sampled_from(OPTIONS), st.text(max_size=50), max_size=5),
)
def test_no_typed_option_raises_anything_but_words(name: str, given_values: dict[str, str]) -> None:
    with suppress(CommandError):
        assert command_of(name, given_values).verb.name == name


def answered(text: str) -> None:
    """A command, or words that fit a screen and say what to do."""
    refusal = None
    with suppress(CommandError):
        assert isinstance(parse(text), Command)
        return
    try:
        parse(text)
    except CommandError as error:
        refusal = error
    assert refusal is not None
    assert refusal.what
    assert refusal.remedy
    assert len(str(refusal)) < 700


@pytest.mark.parametrize("live", ["@everyone", "<@123>", "https://evil.example/x", "www.evil.example"])
def test_what_a_person_typed_is_given_back_with_nothing_live_in_it(live: str) -> None:
    for text in (f"{live}", f"follow {live}", f"follow add {live}", f"report {live}", f"follow add cs.AI hour={live}"):
        with pytest.raises(CommandError) as raised:
            parse(text)
        assert live not in str(raised.value)


def test_an_event_survives_its_stored_form() -> None:
    asker = Actor("console:ann", Place("console", "main"), "console", Role.ADMIN)
    for asked in (
        CommandEvent("1", asker, "help"),
        CommandEvent("2", asker, "verdict", {"paper": "2611.01234"}, {"token": "secret"}),
        CommandEvent("3", asker, "feedback", {}, {}),
    ):
        assert CommandEvent.of(asked.payload()) == asked


def test_two_platforms_may_have_events_of_one_id() -> None:
    here = CommandEvent("1", Actor("a:1", Place("a", "x"), "a"), "help")
    there = CommandEvent("1", Actor("b:1", Place("b", "x"), "b"), "help")
    assert here.key != there.key


def test_a_long_answer_comes_in_pages_that_hold_all_of_it_once() -> None:
    whole = help_screen(Role.OPERATOR)
    texts: list[str] = []
    page, more = 1, True
    while more:
        post = paged(whole, 300, page, "help")
        *lines, foot = [line.text for line in post.lines]
        assert foot.startswith(f"Page {page} of ")
        assert sum(len(line) + 1 for line in lines) <= 301
        texts += lines
        more = any(button.label == "Next page" for button in post.buttons)
        assert all(parse(button.value).verb.name == "help" for button in post.buttons if "page" not in button.value)
        page += 1
    assert texts == [line.text for line in whole.lines]
    assert paged(whole, 300, 999, "help").lines[-1].text.startswith(f"Page {page - 1} of ")


def test_a_short_answer_is_left_as_it_is() -> None:
    post = words("Done.")
    assert paged(post, 300, 1, "help") is post


def test_every_positional_option_of_words_is_the_last_one() -> None:
    for verb in COMMANDS:
        kinds = [option.kind for option in verb.options if option.is_positional]
        assert not any(kind in (OptionKind.WORDS, OptionKind.CATEGORIES) for kind in kinds[:-1]), verb.name


def test_names_are_such_as_every_platform_takes() -> None:
    for verb in COMMANDS:
        assert re.fullmatch(r"[a-z]{1,32}( [a-z]{1,32})?", verb.name)
        assert len(verb.help) <= 100
        assert len(verb.options) <= 25
        assert all(re.fullmatch(r"[a-z_]{1,32}", option.name) and len(option.help) <= 100 for option in verb.options)


def test_a_button_of_the_longest_paper_and_lens_fits() -> None:
    assert len(f"disagree cond-mat/9901001 {'l' * 32}") <= VALUE_MOST


@pytest.mark.parametrize("community", ["", "console", "stage", "discord:1", "slack:T1"])
def test_a_community_of_several_is_no_direct_message(community: str) -> None:
    assert not is_direct(community)
    assert is_direct(direct_community("discord:7"))


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("folow list", "follow list"),
        ("serch oak kitchens", "search oak kitchens"),
        ("verdct 2606.00001", "verdict 2606.00001"),
        ("staus", "status"),
        ("verdct", ""),
        ("verdct 1", ""),
        ("reprt yesterday", ""),
        ('serch "oak kitchens"', ""),
        ("zzzzqqq", ""),
    ],
)
def test_what_was_meant_is_a_press_away_where_it_is_whole(typed: str, command: str) -> None:
    with pytest.raises(CommandError) as raised:
        parse(typed)
    assert raised.value.command == command
    assert [button.value for button in refused(raised.value).buttons] == ([command] if command else [])


def test_words_of_a_list_are_what_is_seen_of_them() -> None:
    typed = "follow add cs.AI require=\u202elabour\u2069,age\u200bnts,\u200b"
    assert parse(typed).values["require"] == ("labour", "agents")
