"""Posts and views as Slack gets them: golden files to read, limits that hold, and nothing hostile alive in them."""

import html
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.commands.event import Role
from bot.core.commands.parser import command_of
from bot.core.commands.people import Shown, Tally, WeekFacts
from bot.core.commands.verbs import FOLLOW_SETTINGS
from bot.core.errors import CommandError
from bot.core.follows.edition import ClosedEdition, Disposition, EditionKey
from bot.core.follows.follow import Follow, Mode
from bot.core.follows.report import make_report, report_post
from bot.core.follows.week import IsoWeek
from bot.core.hostile.hygiene import HAIR, clean
from bot.core.jobs.wait_reason import NotedReason, WaitReason
from bot.core.papers.feed import FeedState, Outcome
from bot.core.papers.paper import ArxivId
from bot.core.posts.phrase import line, quote
from bot.core.posts.post import Button, Form, Line, LineRole, Place, Post, PostKey, PostKind, PostRef, Span, Style
from bot.core.present.analysis import full_analysis
from bot.core.present.answer import help_screen, judged, refused, words
from bot.core.present.card import card, withdrawn
from bot.core.present.discussion import talk_post
from bot.core.present.edition import day_menu, digest, digest_menu, late, listing, opening, row
from bot.core.present.follow import follow_lines, preview
from bot.core.present.status import StatusFacts, status_post
from bot.core.verdicts.verdict import (
    Assumption,
    Claim,
    Classification,
    Fallacy,
    PremiseFinding,
    PremiseLabel,
    ShortFallacy,
    ShortVerdict,
)
from bot.platforms.slack.forms.forms import chooser_view, errors_of, feedback_view, follow_view, submitted, values_of
from bot.platforms.slack.forms.views import Followed, Purpose, analysis_view, home_view, modal
from bot.platforms.slack.posting.blocks import PLAIN, RICH, edit_of, message_payload
from bot.platforms.slack.posting.escape import Links, cut, inert, measure
from bot.platforms.slack.posting.limits import CHARACTERS, LIST_LINES, TOTAL, total
from tests.fakes.slack_reading import addresses, as_read, mrkdwn, objects
from tests.fakes.slack_server.checks import faults_of_blocks
from tests.fakes.talks import a_talk_answer, objection
from tests.fakes.verdicts import analysis, evidence, lens, paper, sheet, short
from tests.platforms.slack_limits import faults, view_faults

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "slack"
CORPUS = ROOT / "tests" / "corpus"
SCHEMAS = ROOT.parent / "shared" / "schemas"
SITE = "https://arxiv.org"
DAY = date(2026, 6, 2)
PLACE = Place("slack", "T1/C1")
KEY = PostKey(PLACE, PostKind.CARD, "2611.99900", "discontinuity")
TIERS = (RICH, PLAIN)


def link(ref: PostRef) -> str | None:
    return f"https://team.slack.example/archives/C1/p{ref.id}" if ref.id.isdigit() else None


LINKS = Links(SITE, link)


def payload_of(post: Post, tier: Form = RICH, key: PostKey | None = KEY) -> dict[str, Any]:
    return message_payload(post, key, site_url=SITE, link=link, tier=tier)


# -- the official schemas, where they are present


@pytest.fixture(scope="module")
def check() -> Any:
    """The checks that none of us wrote."""
    if not (SCHEMAS / "check.py").exists():
        pytest.skip("the official schemas are not here")
    pytest.importorskip("jsonschema")
    pytest.importorskip("slack_sdk")
    sys.path.insert(0, str(SCHEMAS))
    try:
        import check as official  # type: ignore[import-not-found]  # present in our own build only
    finally:
        sys.path.remove(str(SCHEMAS))
    return official


def official_faults(check: Any, payload: Mapping[str, Any]) -> list[str]:
    """Of a view the blocks too: slack_sdk's models know lengths that the schema of views does not."""
    blocks = payload["blocks"]
    if "type" not in payload:
        return list(check.slack_message(blocks))
    return [*check.slack_view(payload), *check.slack_message(blocks, 100)]


def own_faults(payload: Mapping[str, Any]) -> list[str]:
    return view_faults(payload) if "type" in payload else faults(payload)


# -- golden files: read them before you change them


def edition(**fates: int) -> ClosedEdition:
    follow = Follow("f", PLACE, ("cs.AI", "cs.CY"))
    counts = {Disposition[name.upper()]: count for name, count in fates.items()}
    return ClosedEdition(EditionKey("f", DAY, 1), follow, datetime(2026, 6, 2, 9, tzinfo=UTC), counts)


def numbered(count: int, *, scan: bool = False) -> list[Any]:
    some = [paper(id=ArxivId(f"2611.{99000 + at}"), title=f"An Agent for Letters, Part {at}") for at in range(count)]
    return [sheet(one, scan=scan) for one in some]


def follow() -> Follow:
    return Follow(
        "cs.AI",
        PLACE,
        ("cs.AI", "cs.CL"),
        mode=Mode.TOP,
        require=("labour", "agents & <tools>"),
        zone="Europe/Berlin",
        hour=time(8, 30),
    )


def gone() -> Any:
    return sheet(paper(comment="This paper has been withdrawn by the author due to an error in Lemma 3"))


def week_report() -> Post:
    at = datetime(2026, 6, 3, 9, tzinfo=UTC)
    premises = (PremiseFinding("work", PremiseLabel.HOLDS),)
    shown = tuple(Shown(one.paper, replace(one.verdict, premises=premises), DAY, at) for one in numbered(3))
    facts = WeekFacts(shown, {(shown[0].paper.id, "discontinuity"): Tally(2, 3)})
    lenses = {"discontinuity": lens()}
    return report_post(make_report(IsoWeek(2026, 23), facts, lenses), lenses, lambda text: text, ("cs.AI", "cs.CL"))


def status() -> Post:
    feed = FeedState("cs.AI", outcome=Outcome.NOT_YET, day=DAY, checked_at=datetime(2026, 6, 3, 15, tzinfo=UTC))
    return status_post(
        StatusFacts(
            DAY, [follow()], [feed], [edition(posted=5, listed=9)], 3, 1, [NotedReason(WaitReason.BUDGET)], "a scan", []
        )
    )


def home() -> dict[str, Any]:
    lines = follow_lines(follow(), DAY, has_model=True)
    buttons = [Button("run", "Status", "status"), Button("run", "Follow list", "follow list")]
    return home_view([Followed(lines)], [row(one) for one in numbered(3)], status().lines[1:], LINKS, buttons)


def analysed() -> dict[str, Any]:
    purpose = Purpose("analysis", {"paper": "2611.99900"}, str(PLACE))
    return analysis_view(full_analysis(sheet()), 1, "analysis 2611.99900 discontinuity", purpose, LINKS)


POSTS: dict[str, Callable[[], Post]] = {
    "card_by_model": lambda: card(sheet(), Tally(3, 1)),
    "card_by_scan": lambda: card(sheet(scan=True)),
    "card_withdrawn": lambda: withdrawn(gone()),
    "verdict_to_share": lambda: judged(sheet(), standing_at=None, sharing=True, tally=Tally(0, 0)),
    "verdict_that_stands": lambda: judged(
        sheet(), standing_at=PostRef(PLACE, "1764400000000100"), sharing=True, tally=Tally(0, 0)
    ),
    "full_analysis": lambda: full_analysis(sheet()),
    "opening": lambda: opening(edition(posted=5, listed=326), day_menu(numbered(6), KEY)),
    "list": lambda: listing(edition(posted=5, listed=6), numbered(6), KEY),
    "digest": lambda: digest(edition(posted=2, listed=3), numbered(5)[:2], digest_menu(numbered(5), 2, KEY)),
    "late": lambda: late(edition(listed=4)),
    "report": week_report,
    "help": lambda: help_screen(Role.ADMIN),
    "refusal": lambda: refused(CommandError(f"{quote('<!channel>')} is not an arXiv id.", "Try 2611.01234.")),
    "follow_preview": lambda: preview(follow(), DAY, sheet(), "", "331 announced", has_model=True),
    "status": status,
    "card_disputed": lambda: card(sheet(), Tally(3, 1), objection(PLACE)),
    "talk_opening": lambda: talk_post(sheet().paper, lens(), str, has_model=True, reads_along=True),
    "talk_answer": lambda: a_talk_answer(sheet(), PLACE),
}
BOTH_TIERS = ("card_by_model", "card_by_scan", "card_withdrawn", "list", "digest")
VIEWS: dict[str, Callable[[], dict[str, Any]]] = {
    "view_analysis": analysed,
    "view_follow_edit": lambda: follow_view(follow(), ("discontinuity", "plain"), str(PLACE)),
    "view_follow_add": lambda: follow_view(None, ("discontinuity", "plain"), str(PLACE)),
    "view_feedback": lambda: feedback_view(str(PLACE)),
    "view_chooser": lambda: chooser_view(
        [ArxivId("2611.99900"), ArxivId("hep-th/9901001")], ("plain",), str(PLACE), {}
    ),
    "view_home": home,
}


def payloads() -> dict[str, dict[str, Any]]:
    made = {name: payload_of(make()) for name, make in POSTS.items()}
    made |= {f"{name}_plain": payload_of(POSTS[name](), PLAIN) for name in BOTH_TIERS}
    return made | {name: make() for name, make in VIEWS.items()}


@pytest.mark.parametrize("name", [*POSTS, *(f"{name}_plain" for name in BOTH_TIERS), *VIEWS])
def test_a_payload_is_the_one_that_was_read_and_approved(name: str) -> None:
    payload = payloads()[name]
    written = json.dumps(payload, ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("COPECHECK_TEST_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / f"{name}.json").write_text(written, encoding="utf-8")
        (GOLDEN / f"{name}.txt").write_text(as_read(payload), encoding="utf-8")
    assert payload == json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert as_read(payload) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert own_faults(payload) == []


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(payloads())


def test_the_official_schemas_take_every_payload(check: Any) -> None:
    for tier in TIERS:
        for name, make in POSTS.items():
            payload = payload_of(make(), tier)
            known = [one for one in payload["blocks"] if one["type"] != "data_visualization"]  # younger than the schema
            assert official_faults(check, {**payload, "blocks": known}) == [], name
    for name, view in VIEWS.items():
        assert official_faults(check, view()) == [], name


# -- what a message carries


def test_a_message_says_its_headline_and_links_nothing_by_itself() -> None:
    payload = payload_of(card(sheet()))
    assert payload["text"] == "Takes the clerk out of the letter."
    assert payload["unfurl_links"] is payload["unfurl_media"] is payload["link_names"] is payload["mrkdwn"] is False
    assert payload["parse"] == "none"


def test_a_reports_bars_are_slacks_own_chart_with_the_same_figures_in_words() -> None:
    payload = payload_of(week_report())
    drawn = [one for one in payload["blocks"] if one["type"] == "data_visualization"]
    assert len(drawn) == 1
    assert faults_of_blocks(payload["blocks"]) == []
    [named, others] = drawn[0]["chart"]["series"]
    assert [one["value"] for one in named["data"]] == [3, 0, 0, 0]
    assert [one["value"] for one in others["data"]] == [0, 3, 3, 3]
    assert [one["label"] for one in named["data"]] == drawn[0]["chart"]["axis_config"]["categories"]
    words = as_read(payload)
    assert "who does this work today: 3 of 3 · who gains: 0 of 3" in words
    assert "█" not in words


@pytest.mark.parametrize("tier", [PLAIN, Form.TEXT])
def test_where_the_chart_is_refused_the_bars_are_text(tier: Form) -> None:
    payload = payload_of(week_report(), tier)
    assert "data_visualization" not in json.dumps(payload)
    assert "██████████  who does this work today: 3 of 3" in json.dumps(payload, ensure_ascii=False)


def test_bars_that_slack_could_not_tell_apart_are_text() -> None:
    post = week_report()
    assert post.chart is not None
    alike = tuple(replace(one, label="the very same label, and more of it") for one in post.chart.bars)
    payload = payload_of(replace(post, chart=replace(post.chart, bars=alike)))
    assert "data_visualization" not in json.dumps(payload)
    assert "█" in json.dumps(payload, ensure_ascii=False)


def test_the_key_travels_in_metadata_and_a_private_answer_has_none() -> None:
    told = {"key": str(KEY), "digest": KEY.digest}
    assert payload_of(card(sheet()))["metadata"] == {"event_type": "copecheck_post", "event_payload": told}
    assert "metadata" not in payload_of(card(sheet()), key=None)


def test_of_a_very_long_key_the_digest_alone_travels() -> None:
    key = replace(KEY, subject="s" * 5000)
    payload = payload_of(card(sheet()), key=key)
    assert payload["metadata"]["event_payload"] == {"digest": key.digest}
    assert faults(payload) == []


def test_an_edit_has_only_what_an_update_takes() -> None:
    assert set(edit_of(payload_of(card(sheet())))) == {"text", "blocks", "parse", "link_names", "metadata"}


@pytest.mark.parametrize("tier", TIERS)
def test_a_button_is_the_command_that_its_press_is(tier: Form) -> None:
    post = judged(sheet(), standing_at=None, sharing=True, tally=Tally(3, 0))
    elements = payload_of(post, tier)["blocks"][-1]["elements"]
    assert [(one["action_id"], one["text"]["text"], one["value"], one.get("style")) for one in elements] == [
        ("cc1.0", "Full analysis", "analysis 2611.99900 discontinuity", None),
        ("cc1.1", "Discuss", "discuss 2611.99900 discontinuity", None),
        ("cc1.2", "Agree 3", "agree 2611.99900 discontinuity", None),
        ("cc1.3", "Disagree", "disagree 2611.99900 discontinuity", None),
        ("cc1.4", "Share here", "share 2611.99900 discontinuity", "primary"),
    ]


@pytest.mark.parametrize("tier", TIERS)
def test_a_post_without_an_address_stands_bare(tier: Form) -> None:
    bare = PostRef(PLACE, "unknown")
    post = Post(PostKind.NOTICE, "n", (line(LineRole.SMALL, Span("It stands here already.", post=bare)),))
    payload = payload_of(post, tier)
    assert "It stands here already." in as_read(payload)
    assert addresses(payload) == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.example/|x", "https://a.example/<!here>", "", "https://" + "a" * 600]
)
@pytest.mark.parametrize("tier", TIERS)
def test_an_address_that_is_none_makes_no_link(url: str, tier: Form) -> None:
    post = Post(PostKind.NOTICE, "n", (line(LineRole.PARAGRAPH, Span("there", post=PostRef(PLACE, "1"))),))
    payload = message_payload(post, None, site_url=SITE, link=lambda ref: url, tier=tier)
    assert addresses(payload) == []
    assert "there" in as_read(payload)


# -- what is hostile


def corpus() -> list[dict[str, Any]]:
    files = [file for file in (CORPUS / "hostile_slack.toml", CORPUS / "hostile.toml") if file.exists()]
    found = [one for file in files for one in tomllib.loads(file.read_text(encoding="utf-8"))["case"]]
    return [{**one, "text": one["text"] * one.get("repeat", 1)} for one in found]


CASES = corpus()


def everywhere(text: str) -> dict[str, dict[str, Any]]:
    """A text from outside wherever one can stand: paper, model, person, lens, name of a place or person."""
    of = paper(title=text, abstract=f"{text} Nothing else.", comment=text)
    made = analysis(
        of,
        dissection=Claim(text, evidence(of, 1)),
        fallacy=Fallacy(text, text, evidence(of, 1)),
        assumptions=(Assumption(text, text, evidence(of, 1)),),
        social_function=text,
        classes=(Classification(text, text),),
        verdict=text,
        closing=text,
    )
    said = ShortVerdict(text, text, ShortFallacy(text, evidence(of, 1)))
    one, scanned = sheet(of, made, said=said, flags=(text,)), sheet(of, scan=True)
    raw = Post(PostKind.ANSWER, text, tuple(line(role, Span(text, style)) for role in LineRole for style in Style))
    linked = Post(PostKind.ANSWER, text, tuple(line(role, Span(text, paper=of.id)) for role in LineRole))
    pressed = Post(PostKind.ANSWER, text, (line(LineRole.PARAGRAPH, text),), (Button("run", text, "status"),))
    wanted = replace(follow(), require=(text,))
    posts = {
        "card": card(one),
        "scan": card(scanned),
        "analysis": full_analysis(one),
        "digest": digest(edition(posted=1, listed=1), [one], day_menu([one, scanned], KEY)),
        "refusal": refused(CommandError(f"{quote(text)} is nothing.", text)),
        "preview": preview(wanted, DAY, one, text, text, has_model=True),
        "raw": raw,
        "linked": linked,
        "pressed": pressed,
        "post": Post(PostKind.NOTICE, text, (line(LineRole.PARAGRAPH, Span(text, post=PostRef(PLACE, "17"))),)),
        "thread's beginning": talk_post(of, lens(), str, has_model=True, reads_along=True),
        "thread's list": listing(edition(listed=2), [one, scanned]),
        "place": Post(PostKind.NOTICE, text, (line(LineRole.SMALL, f"{text} asked in {text}"),)),
    }
    made_of = {f"{name} {tier}": payload_of(post, tier) for name, post in posts.items() for tier in TIERS}
    made_of["view"] = analysis_view(full_analysis(one), 1, "analysis 2611.99900", Purpose("analysis", {}), LINKS)
    made_of["home"] = home_view([Followed(raw.lines)], [row(one)], [line(LineRole.PARAGRAPH, text)], LINKS)
    made_of["form"] = follow_view(wanted, (text, "plain"), str(PLACE))
    return made_of


ALLOWED = {f"{SITE}/abs/2611.99900", f"{SITE}/abs/2611.99000", link(PostRef(PLACE, "17"))}
PROGRAM_MADE = {
    f"Open <{SITE}/abs/2611.99900|2611.99900>",
    f"Open <{link(PostRef(PLACE, '17'))}|the post>",
}


def live_in(text: str) -> list[str]:
    """What Slack would make of a `text`: markup, or names and addresses by themselves."""
    return re.findall(r"[<>]|[@#]\w+|://|:[\w+'-]+:|[\w-]+\.[^\W\d_]{2,}", text)


def assert_inert(name: str, payload: dict[str, Any]) -> None:
    assert set(mrkdwn(payload)) <= PROGRAM_MADE, name
    assert set(addresses(payload)) <= ALLOWED, name
    for one in objects(payload):
        assert one.get("type") not in ("user", "usergroup", "channel", "broadcast", "emoji", "date", "markdown"), name
        assert one.get("emoji", False) is False, name
        if one.get("type") == "plain_text":
            assert one["emoji"] is False, name
    if isinstance(payload.get("text"), str):
        assert live_in(payload["text"]) == [], name
        assert (payload["parse"], payload["link_names"], payload["mrkdwn"]) == ("none", False, False)


@pytest.mark.parametrize("case", CASES, ids=[f"{one['class']}-{at}" for at, one in enumerate(CASES)])
def test_t21_nothing_hostile_is_live_in_any_place(case: dict[str, Any]) -> None:
    for name, payload in everywhere(case["text"]).items():
        assert_inert(name, payload)
        assert own_faults(payload) == [], name


def is_as_it_is(seen: str, words: str, room: int) -> bool:
    """Whether the words are all there, or cut at their end alone, and only where they are longer than there is room."""
    if seen == words:
        return True
    start = seen.removesuffix("…")
    return start != seen and measure(start) > room // 2 and words.startswith(start)


@pytest.mark.parametrize("case", CASES, ids=[f"{one['class']}-{at}" for at, one in enumerate(CASES)])
@pytest.mark.parametrize("tier", TIERS)
def test_a_reader_sees_the_words_as_they_are(case: dict[str, Any], tier: Form) -> None:
    words = " ".join(clean(case["text"]).split())
    post = Post(PostKind.NOTICE, words, (line(LineRole.PARAGRAPH, Span(case["text"])),))
    payload = payload_of(post, tier)
    shown = [one["text"] for one in objects(payload["blocks"]) if isinstance(one.get("text"), str)]
    (seen,) = (" ".join(text.split()) for text in shown)
    assert is_as_it_is(seen, words or "Nothing to show.", 2500) or (words, seen) == ("", "…")
    assert is_as_it_is(html.unescape(payload["text"].replace(HAIR, "")), words or "CopeCheck", 150)
    if case["benign"]:
        assert case["text"].replace("\n", " ") in shown


def test_the_corpus_has_both_kinds_and_says_why() -> None:
    assert {one["benign"] for one in CASES} == {True, False}
    assert len(CASES) >= 28
    assert all(one["class"] and one["text"] for one in CASES)


def test_the_walk_would_see_what_is_live() -> None:
    hostile = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "<https://evil.example|x> <!here>"}}]}
    with pytest.raises(AssertionError):
        assert_inert("a section", hostile)
    assert "https://evil.example" in addresses(hostile)
    assert live_in("ask @here of #a at b.com, 87.3 <c>") == ["@here", "#a", "b.com", "<", ">"]
    with pytest.raises(AssertionError):
        assert_inert("a mention", {"blocks": [{"type": "user", "user_id": "U1"}]})


# -- limits

TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["&" * 5000, "<!here> " * 900, "w" * 9000, "word " * 3000, "𝔘" * 3000, "\n\n", "\u200b", " ", ""]),
)
PAPERS = st.one_of(st.none(), st.sampled_from(["2611.99900", "hep-th/9901001", "<!here>|x", "é" * 300]).map(ArxivId))
REFS = st.one_of(st.none(), st.sampled_from(["1", "x"]).map(lambda one: PostRef(PLACE, one)))
SPANS = st.builds(Span, TEXTS, st.sampled_from(Style), PAPERS, REFS)
LINES = st.builds(Line, st.sampled_from(LineRole), st.lists(SPANS, max_size=4).map(tuple))
BUTTONS = st.builds(Button, st.sampled_from(["run", "share"]), TEXTS, st.one_of(TEXTS, st.just("status")))
ANY_POST = st.builds(
    Post,
    st.sampled_from(PostKind),
    TEXTS,
    st.one_of(
        st.lists(LINES, max_size=12),
        st.builds(lambda some, times: some * times, st.lists(LINES, min_size=1, max_size=4), st.integers(1, 200)),
    ).map(tuple),
    st.lists(BUTTONS, max_size=40).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(ANY_POST, st.sampled_from(TIERS))
def test_any_post_is_within_every_limit(post: Post, tier: Form) -> None:
    payload = payload_of(post, tier)
    assert faults(payload) == []
    assert faults(edit_of(payload)) == []
    assert json.loads(json.dumps(payload)) == payload


@settings(max_examples=30, deadline=None)
@given(ANY_POST, st.sampled_from(TIERS))
def test_the_official_schemas_take_any_post(check: Any, post: Post, tier: Form) -> None:
    assert official_faults(check, payload_of(post, tier)) == []


@settings(max_examples=15, deadline=None)
@given(ANY_POST, st.integers(-1, 9))
def test_any_post_is_a_view_within_every_limit(check: Any, post: Post, page: int) -> None:
    view = analysis_view(post, page, "analysis 2611.99900", Purpose("analysis", {}), LINKS)
    home = home_view([Followed(post.lines)], post.lines, post.lines, LINKS, post.buttons)
    for one in (view, home):
        assert view_faults(one) == []
        assert official_faults(check, one) == []


def full_of(role: LineRole, count: int, text: str) -> Post:
    return Post(PostKind.ANSWER, "n", tuple(line(role, f"{at} {text}") for at in range(count)))


def shown_text(payload: dict[str, Any]) -> str:
    return "\n".join(one["text"] for one in objects(payload["blocks"]) if isinstance(one.get("text"), str))


@pytest.mark.parametrize("tier", TIERS)
def test_many_short_parts_are_set_closer_and_no_word_is_lost(tier: Form) -> None:
    pairs = [
        one for at in range(70) for one in (line(LineRole.HEADING, f"head {at}."), line(LineRole.SMALL, f"small {at}."))
    ]
    payload = payload_of(Post(PostKind.ANSWER, "n", tuple(pairs)), tier)
    assert faults(payload) == []
    assert all(f"head {at}." in shown_text(payload) and f"small {at}." in shown_text(payload) for at in range(70))


@pytest.mark.parametrize("tier", TIERS)
def test_quotes_are_shortened_before_words_and_words_before_headlines(tier: Form) -> None:
    quote, words = "quoted " * 300, "claimed " * 125
    lines = [line(LineRole.HEADLINE, "The headline " * 11)]
    lines += [one for _ in range(6) for one in (line(LineRole.QUOTE, quote), line(LineRole.PARAGRAPH, words))]
    text = shown_text(payload_of(Post(PostKind.ANSWER, "n", tuple(lines)), tier))
    assert text.count("claimed") == 6 * 125
    assert 0 < text.count("quoted") < 6 * 300
    assert text.count("The headline") == 11


@pytest.mark.parametrize("tier", TIERS)
def test_what_does_not_fit_at_all_is_counted_aloud(tier: Form) -> None:
    text = shown_text(
        payload_of(full_of(LineRole.BULLET, 900, "a bullet that goes on for a while and then some more"), tier)
    )
    kept = text.count("a bullet")
    assert 100 < kept < 900
    assert f"Shortened: {900 - kept} more lines do not fit here." in text


@pytest.mark.parametrize("tier", TIERS)
def test_what_we_say_fits_one_post_holds_and_nothing_of_it_is_cut(tier: Form) -> None:
    of = paper(title="t" * 300)
    longest = sheet(of, said=short(of, headline="h" * 140))
    rows = payload_of(listing(edition(listed=LIST_LINES), [longest] * LIST_LINES), tier)
    assert faults(rows) == []
    assert shown_text(rows).count("h" * 140) == LIST_LINES
    answer = Post(PostKind.ANSWER, "n", tuple(line(LineRole.QUOTE, "q" * 299) for _ in range(CHARACTERS // 300)))
    assert shown_text(payload_of(answer, tier)).count("q") == CHARACTERS // 300 * 299


@pytest.mark.parametrize("tier", TIERS)
def test_a_digest_with_as_many_opened_as_one_may_ask_for_keeps_every_paper(tier: Form) -> None:
    some = numbered(25)
    payload = payload_of(digest(edition(posted=25), some), tier)
    assert faults(payload) == []
    assert all(f"Part {at}" in shown_text(payload) for at in range(25))


def test_a_fault_is_named_for_everything_that_is_over() -> None:
    long = {"type": "plain_text", "text": "x" * 3001, "emoji": False}
    button = {"type": "button", "action_id": "a", "text": {**long, "text": "x" * 76}, "value": "v" * 2001}
    blocks = [
        {"type": "section", "text": long},
        {"type": "header", "text": {**long, "text": "x" * 151}},
        {"type": "context", "elements": [{**long, "text": ""}] * 11},
        {"type": "actions", "elements": [button] * 26},
        *[{"type": "divider"}] * 60,
    ]
    found = "\n".join(faults({"text": "", "blocks": blocks, "metadata": {"x": "y" * 4000}}))
    expected = ("section text: 3001 of 3000", "header text: 151 of 150", "context elements: 11 of 10",
                "plain_text: an empty text",
                "actions elements: 26 of 25", "button text: 76 of 75", "button value: 2001 of 2000", "blocks: 64 of 50",
                "text: empty", "metadata: ", "action_id twice: a", "payload: ")  # fmt: skip
    assert [one for one in expected if one not in found] == []
    view = {
        "type": "modal",
        "title": {**long, "text": "x" * 25},
        "private_metadata": "x" * 3001,
        "blocks": [{"type": "input"}],
    }
    assert {one.partition(":")[0] for one in view_faults(view)} == {"view title", "private_metadata", "view"}


@given(st.text(max_size=400), st.integers(0, 300))
def test_a_text_is_cut_to_what_slack_may_measure(text: str, most: int) -> None:
    assert measure(cut(text, most)) <= most
    assert cut(text, most) == text or measure(text) > most


@given(st.text(max_size=200))
def test_an_inert_text_reads_the_same(text: str) -> None:
    assert html.unescape(inert(text).replace(HAIR, "")) == html.unescape(
        html.escape(clean(text).replace("\n", " ").replace(HAIR, ""), quote=False)
    )
    assert not set("<>") & set(inert(text))


# -- forms


def state_of(view: dict[str, Any]) -> dict[str, Any]:
    """What Slack sends back of a form that nobody changed."""
    kept = {
        "radio_buttons": ("selected_option", "initial_option"),
        "static_select": ("selected_option", "initial_option"),
        "checkboxes": ("selected_options", "initial_options"),
        "timepicker": ("selected_time", "initial_time"),
    }
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            name, initial = kept.get(element["type"], ("value", "initial_value"))
            none: list[Any] | None = [] if name == "selected_options" else None
            told = {"type": element["type"], name: element.get(initial, none)}
            values[block["block_id"]] = {element["action_id"]: told}
    return {"values": values}


def test_a_follows_form_that_nobody_changed_says_what_it_is() -> None:
    one = follow()
    view = follow_view(one, ("discontinuity", "plain"), str(PLACE))
    purpose, values = submitted({**view, "state": state_of(view)})
    assert (purpose.verb, purpose.place) == ("follow edit", "slack:T1/C1")
    told = command_of(purpose.verb, values)
    assert told.values.get("name") == "cs.AI"
    assert told.values.get("categories") == one.categories
    for name, value in (("lens", "discontinuity"), ("mode", "top"), ("cards", 5), ("limit", 10), ("threshold", 0),
                        ("types", ("new", "cross")), ("require", ("labour", "agents & <tools>")), ("refuse", ()),
                        ("hour", time(8, 30)), ("zone", "Europe/Berlin"), ("days", (0, 1, 2, 3, 4)), ("report", True),
                        ("report_hour", time(9, 0))):  # fmt: skip
        assert told.values.get(name) == value, name


def test_every_setting_of_a_follow_has_its_input() -> None:
    view = follow_view(follow(), ("plain",), str(PLACE))
    names = [block["block_id"] for block in view["blocks"]]
    assert names == ["categories", *(option.name for option in FOLLOW_SETTINGS)]


def test_a_new_follow_begins_with_the_usual_settings_and_its_lens_chosen() -> None:
    view = follow_view(None, ("discontinuity", "plain"), str(PLACE))
    state = state_of(view)
    state["values"]["categories"]["value"]["value"] = "cs.ai econ.GN"
    purpose, values = submitted({**view, "state": state})
    told = command_of(purpose.verb, values)
    assert (purpose.verb, told.values.get("categories"), told.values.get("lens"), told.values.get("cards")) == (
        "follow add",
        ("cs.AI", "econ.GN"),
        "discontinuity",
        5,
    )


def test_a_list_that_was_emptied_is_emptied_and_an_open_field_changes_nothing() -> None:
    state = {"values": {"require": {"value": {"type": "plain_text_input", "value": None}},
                        "lens": {"value": {"type": "static_select", "selected_option": None}}}}  # fmt: skip
    values = values_of(state)
    assert command_of("follow edit", {"name": "cs.AI", **values}).values == {"name": "cs.AI", "require": ()}


def test_a_list_that_no_form_can_hold_is_left_alone() -> None:
    one = replace(follow(), require=tuple(f"{at:02} {'w' * 70}" for at in range(50)))
    view = follow_view(one, ("plain",), str(PLACE))
    assert view_faults(view) == []
    assert "require" not in values_of(state_of(view))
    assert "require is too long for a form" in as_read(view)


def test_what_the_form_says_does_not_change_whose_follow_it_is() -> None:
    view = follow_view(follow(), ("plain",), str(PLACE))
    state = state_of(view)
    state["values"]["name"] = {"value": {"type": "plain_text_input", "value": "another"}}
    assert submitted({**view, "state": state})[1]["name"] == "cs.AI"


def test_a_wrong_value_is_told_at_its_input() -> None:
    view = follow_view(follow(), ("plain",), str(PLACE))
    state = state_of(view)
    state["values"]["zone"]["value"]["value"] = "Europe/Nowhere"
    purpose, values = submitted({**view, "state": state})
    with pytest.raises(CommandError) as caught:
        command_of(purpose.verb, values)
    assert errors_of(caught.value, view) == {
        "zone": "zone: “Europe/Nowhere” is no time zone. Like this: Europe/Berlin."
    }
    assert list(errors_of(CommandError("Something else."), view)) == ["categories"]


def test_feedback_and_the_choice_of_a_paper_are_commands_too() -> None:
    view = feedback_view(str(PLACE))
    state = {"values": {"words": {"value": {"type": "plain_text_input", "value": " <!channel> well done "}}}}
    purpose, values = submitted({**view, "state": state})
    assert command_of(purpose.verb, values).values == {"words": "<!channel> well done"}
    view = chooser_view(
        [ArxivId("2611.99900"), ArxivId("2611.99901"), ArxivId("2611.99900")], ("plain",), str(PLACE), {}
    )
    purpose, values = submitted({**view, "state": state_of(view)})
    assert command_of(purpose.verb, values).values == {"paper": "2611.99900"}
    many = chooser_view([ArxivId(f"2611.{at:05}") for at in range(150)], (), str(PLACE), {})
    assert view_faults(many) == []


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"verb": "nope", "values": {}}', '{"verb": 1, "values": {}}']
)
def test_a_view_that_is_not_ours_means_nothing(text: str) -> None:
    with pytest.raises((ValueError, CommandError)):
        submitted({"private_metadata": text, "state": {}})


def test_a_purpose_survives_its_travel_and_one_too_long_is_refused() -> None:
    one = Purpose("verdict", {"paper": "2611.01234", "lens": "plain"}, "slack:T1/C1")
    assert Purpose.parse(str(one)) == one
    with pytest.raises(ValueError, match="too long"):
        modal("x", Purpose("verdict", {"paper": "p" * 3000}), [])


def test_a_long_analysis_has_pages_that_together_say_everything() -> None:
    of = paper()
    made = analysis(of, dissection=Claim("\n\n".join(f"Paragraph {at}. {'word ' * 100}" for at in range(40)), ()))
    texts, page = [], 1
    while True:
        view = analysis_view(
            full_analysis(sheet(of, made)), page, "analysis 2611.99900 plain", Purpose("analysis", {}), LINKS
        )
        assert total(view["blocks"]) <= TOTAL
        texts.append(as_read(view))
        values = [one["value"] for one in objects(view) if one.get("type") == "button"]
        if f"analysis 2611.99900 plain page={page + 1}" not in values:
            break
        page += 1
    assert page > 2
    assert all(f"Paragraph {at}. word" in "".join(texts) for at in range(40))


# -- manifests

SCOPE_OF = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "channel_archive": "channels:read",
    "channel_unarchive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_unarchive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "app_home_opened": None,
    "app_uninstalled": None,
    "tokens_revoked": None,
}


def manifest(name: str) -> dict[str, Any]:
    return dict(json.loads((ROOT / "deploy" / "slack" / f"manifest-{name}.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["socket", "http"])
def test_a_manifest_passes_the_official_schema(name: str) -> None:
    file = SCHEMAS / "slack-app-manifest.schema.json"
    if not file.exists():
        pytest.skip("the official schemas are not here")
    validators = pytest.importorskip("jsonschema")
    schema = json.loads(file.read_text(encoding="utf-8"))
    assert [error.message for error in validators.Draft4Validator(schema).iter_errors(manifest(name))] == []


@pytest.mark.parametrize("name", ["socket", "http"])
def test_a_manifest_asks_for_the_scopes_of_its_events_and_four_more(name: str) -> None:
    one = manifest(name)
    scopes, events = one["oauth_config"]["scopes"]["bot"], one["settings"]["event_subscriptions"]["bot_events"]
    needed = {SCOPE_OF[event] for event in events} - {None}
    assert set(scopes) == needed | {"chat:write", "commands", "im:write", "users:read"}
    assert len(one["features"]["shortcuts"][0]["name"]) <= 24


def test_the_two_manifests_differ_only_in_how_slack_reaches_us() -> None:
    socket, http = manifest("socket"), manifest("http")
    assert socket["settings"]["socket_mode_enabled"] is True
    assert http["settings"]["socket_mode_enabled"] is False
    assert not [one for one in objects(socket) if "url" in one or "request_url" in one]
    urls = {one.pop(name) for one in [*objects(http)] for name in ("url", "request_url") if name in one}
    assert urls == {"https://copecheck.example.org/slack/events"}
    socket["settings"].pop("socket_mode_enabled")
    http["settings"].pop("socket_mode_enabled")
    assert socket == http


@pytest.mark.parametrize("tier", TIERS)
def test_what_is_said_in_a_thread_is_shown_as_a_mention(tier: Form) -> None:
    shown = as_read(payload_of(words("In a thread, `stop` and `ask Who pays?`; here `status`"), tier))
    assert "@CopeCheck stop" in shown
    assert "@CopeCheck ask Who pays?" in shown
    assert "/copecheck status" in shown
