"""Discord's messages: nothing foreign in them is live, and every foreign text is read as it was written.

What is live is told by a reading of Discord's markdown that knows nothing of our escaping.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.errors import CopeCheckError
from bot.core.hostile.hygiene import clean
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import (
    Button,
    Line,
    LineRole,
    Menu,
    MenuItem,
    Place,
    Post,
    PostKey,
    PostKind,
    PostRef,
    Span,
    Style,
)
from bot.core.present.analysis import full_analysis
from bot.core.present.answer import paged, refused
from bot.core.present.card import card, withdrawn
from bot.core.present.discussion import talk_post
from bot.core.present.edition import row
from bot.core.present.paper_view import PaperView
from bot.core.verdicts.verdict import Assumption, Claim, Classification, Fallacy, ShortFallacy, ShortVerdict
from bot.platforms.discord.posting.escape import inert, masked
from bot.platforms.discord.posting.limits import CHARACTERS
from bot.platforms.discord.posting.markup import forum_name, menu_rows, message_payload, thread_name
from tests.fakes.discord_markdown import Node, live, read, visible
from tests.fakes.hostile import Case, cases
from tests.fakes.verdicts import analysis, evidence, paper, sheet, short
from tests.platforms.discord_limits import faults

# a command is set as the platform takes it, so it is not read as it was written: test_commands_in_words
WORDED = tuple(style for style in Style if style is not Style.COMMAND)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "schemas" / "check.py"
SITE = "https://arxiv.org"
HERE = Place("discord", "103735883630395392")
KEY = PostKey(HERE, PostKind.CARD, "2611.99900", "discontinuity")
JUMP = "https://discord.com/channels/1/2/3"
ID = ArxivId("2611.99900")
REF = PostRef(HERE, "3")
OURS = {"strong", "em", "heading", "small", "quote", "list", "code", "link"}
ADDRESSES = {f"{SITE}/abs/{ID}", JUMP}
ALL = cases()
SHORT = [one for one in ALL if len(one.text) < 1000]
MARKS = "\\*_~`|<>#@[](): /-+.1a\n:&!é\U0001d54f\u200b"
ODD = st.one_of(
    st.text(alphabet=MARKS, max_size=40),
    st.text(max_size=40),
    st.sampled_from([one.text for one in SHORT]),
    st.sampled_from(
        ["**", "*", "](", "](https://evil.example)", "[", "https:", "//evil.example", "\\", "1", ". x", "-"]
    ),
)


def sent(post: Post, key: PostKey | None = KEY) -> dict[str, Any]:
    return message_payload(post, key, site_url=SITE, link=lambda ref: JUMP)


def parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    (container,) = message["components"]
    return container["components"]  # type: ignore[no-any-return]


def texts(message: dict[str, Any]) -> list[str]:
    return [one["content"] for one in parts(message) if one["type"] == 10]


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [button for one in parts(message) if one["type"] == 1 for button in one["components"]]


def words_of(nodes: Iterable[Node]) -> str:
    """What people read of nodes, without the label that the program put behind a text that could be none itself."""
    said = ""
    for node in nodes:
        is_ours = node.kind == "link" and node.visible in (str(ID), "open")
        said = said.removesuffix(" · ") if is_ours else said
        said += "" if is_ours else node.visible if node.kind in ("text", "code") else words_of(node.children)
    return said


def seen(message: dict[str, Any]) -> list[str]:
    """The lines that people read."""
    lines = (" ".join(one.split()) for text in texts(message) for one in words_of(read(text)).split("\n"))
    return [one for one in lines if one]


def written(post: Post) -> list[str]:
    lines = (" ".join(clean(line.text).split()) for line in post.lines)
    return [one for one in lines if one]


def assert_inert(message: dict[str, Any]) -> None:
    for text in texts(message):
        for node in live(text):
            assert node.kind in OURS, f"{node.kind} {node.visible!r} in {text!r}"
            assert node.kind != "link" or node.target in ADDRESSES, text
    assert faults(message) == []


# -- every case, wherever a text from outside comes to stand


def everywhere(text: str) -> list[Post]:
    """Posts with the text in all places that people, papers and models fill."""
    of = paper(title=text, abstract=f"{text} Second sentence.")
    claim = Claim(text, evidence(of, 1))
    made = analysis(
        of, dissection=claim, fallacy=Fallacy(text, text, evidence(of, 1)),
        assumptions=(Assumption(text, text, evidence(of, 1)),), social_function=text,
        classes=(Classification(text, text),), verdict=text, closing=text,
    )  # fmt: skip
    said = ShortVerdict(text, text, ShortFallacy(text, evidence(of, 1)))
    judged: PaperView = sheet(of, made, said=said, flags=(text,))
    gone = sheet(paper(title=text, comment=f"This paper has been withdrawn {text}"))
    whole = full_analysis(judged)
    pages = [paged(whole, CHARACTERS, number, "analysis 2611.99900 discontinuity") for number in (1, 2, 3, 4)]
    listed = Post(PostKind.LIST, "", (row(judged), row(sheet(of, scan=True)), row(gone)))
    return [
        card(judged),
        card(sheet(of, scan=True)),
        withdrawn(gone),
        *pages,
        listed,
        refused(CopeCheckError(f"No {text}", text)),
    ]


def bare(text: str) -> list[Post]:
    """The text as a line of each role, in each style, and as links: nothing has made it harmless before."""
    styles = WORDED if len(text) < 1000 else (Style.PLAIN,)
    alone = [Line(role, (Span(text, style),)) for role in LineRole for style in styles]
    linked = [Line(role, (Span(text, paper=ID),)) for role in LineRole] + [
        Line(LineRole.SMALL, (Span(text, post=REF),))
    ]
    between = [
        Line(role, (Span(text, Style.STRONG), Span(text), Span("Title", paper=ID), Span(text), Span(text, Style.EM)))
        for role in (LineRole.ROW, LineRole.PARAGRAPH, LineRole.CLOSING, LineRole.HEADING)
    ]
    return [
        Post(PostKind.ANSWER, text, (one,), (Button("run", text, "status"),)) for one in (*alone, *linked, *between)
    ]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_nothing_of_it_is_live_wherever_it_stands(case: Case) -> None:
    for post in (*everywhere(case.text), *bare(case.text)):
        assert_inert(sent(post))


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case.name)
def test_it_is_read_as_it_was_written(case: Case) -> None:
    for post in bare(case.text):
        if written(post):  # else the notification stands there
            assert seen(sent(post)) == written(post)


@pytest.mark.parametrize("case", [one for one in SHORT if one.benign], ids=lambda case: case.name)
def test_a_benign_text_has_no_sign_changed(case: Case) -> None:
    assert visible(inert(case.text)) == clean(case.text).replace("\n", " ")


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case.name)
def test_what_reads_the_source_and_not_the_markdown_finds_nothing_either(case: Case) -> None:
    source = inert(case.text)
    for sought in (
        r"https?://",
        r"steam://",
        r"<[@#]|</[^>]*[^\\]:|<\w*:",
        r"(?<!\\)@(everyone|here)",
        r"\]\(",
        r"discord\.g",
        r"\b:\w+:",
    ):
        assert not re.search(sought, source, re.IGNORECASE), source


def test_every_class_has_hostile_cases_and_those_that_can_have_benign_ones() -> None:
    classes: dict[str, set[bool]] = {}
    for case in ALL:
        classes.setdefault(case.name.rpartition("-")[0], set()).add(case.benign)
    assert len(classes) >= 20
    assert sum(True in kinds for kinds in classes.values()) >= 14
    assert all(False in kinds for name, kinds in classes.items() if name != "formula")


# -- any text, any post


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet=MARKS, max_size=60) | st.text(max_size=60))
@example("](https\\://evil.example)")
@example("¯\\_(ツ)_/¯")
@example("1")
def test_any_text_is_inert_and_the_same_to_a_reader(text: str) -> None:
    source = inert(text)
    assert live(source) == []
    # At a text's own end spaces count; within our messages they do not.
    assert visible(source) == clean(text).replace("\n", " ")


SPANS = st.builds(
    Span, ODD, st.sampled_from(WORDED), paper=st.sampled_from([None, None, ID]), post=st.sampled_from([None, None, REF])
)
LINES = st.builds(Line, st.sampled_from(LineRole), st.lists(SPANS, max_size=5).map(tuple))
BUTTONS = st.builds(Button, st.sampled_from(["run", "share"]), st.text(max_size=100), st.text(max_size=70))
POSTS = st.builds(
    Post,
    st.sampled_from(PostKind),
    ODD,
    st.lists(LINES, max_size=8).map(tuple),
    st.lists(BUTTONS, max_size=12).map(tuple),
)


@settings(max_examples=400, deadline=None)
@given(POSTS)
def test_any_post_is_inert(post: Post) -> None:
    assert_inert(sent(post))


def run_together(lines: list[str]) -> list[str]:
    return [bare for bare in ("".join(one.split()) for one in lines) if bare]


@settings(max_examples=300, deadline=None)
@given(POSTS)
def test_any_short_post_is_read_as_it_was_written(post: Post) -> None:
    if len(post.text) > 1200 or not written(post):
        return
    assert run_together(seen(sent(post))) == run_together(written(post))


# -- links


def test_a_title_is_a_link_to_its_abstract_without_a_preview() -> None:
    (first, *_) = texts(sent(card(sheet(scan=True))))
    assert first == f"[An Agent for Letters](<{SITE}/abs/2611.99900>)"


@pytest.mark.parametrize("title", ["Pots: A Study", "The A* Search", "GPT_4 at 5 %", "f(x) < of", "Über Öfen – 2.0"])
def test_a_harmless_title_is_the_label_itself(title: str) -> None:
    assert (masked(title, SITE) is not None) is ("<" not in title)


@pytest.mark.parametrize(
    "title",
    ["a](https://evil.example)", "*a* b", "a_b_c", "https://evil.example", "x \U0001f525 y", "discord.gg/abc", "a\\b",
     "@here", ":rocket:", "[Re] Pots", "a\u00a0b", "- x", "1. x", "||x||", "`x`", "e.example/x", "  ",
     "http\u2236\u2215\u2215e", "a\u2044\u2044b", "\u0645\u06cc\u200c\u062e"],
)  # fmt: skip
def test_a_title_that_no_label_can_hold_stands_before_the_link(title: str) -> None:
    assert masked(title, SITE) is None
    line = Line(LineRole.TITLE, (Span(title, paper=ID),))
    (text,) = texts(sent(Post(PostKind.CARD, "n", (line,))))
    assert text.endswith(f"[{ID}](<{SITE}/abs/{ID}>)")
    assert visible(text).strip() == " · ".join(one for one in (clean(title).strip(), str(ID)) if one)


def always(url: str) -> Callable[[PostRef], str]:
    return lambda ref: url


def test_a_link_to_a_post_without_an_address_is_bare_text() -> None:
    post = Post(PostKind.ANSWER, "n", (Line(LineRole.SMALL, (Span("It stands here already.", post=REF),)),))
    assert texts(sent(post)) == [f"-# [It stands here already.](<{JUMP}>)"]
    without = message_payload(post, None, site_url=SITE, link=lambda ref: None)
    assert texts(without) == ["-# It stands here already."]
    for url in ("javascript:alert(1)", "x", f"https://{'a' * 5000}"):
        assert live(texts(message_payload(post, None, site_url=SITE, link=always(url)))[0])[1:] == []


def test_no_address_leaves_its_place() -> None:
    link = masked("a", "https://arxiv.org/x>) [b](https://evil.example) `*_~")
    assert link is not None
    (node,) = live(link)
    assert (node.kind, node.target) == (
        "link",
        "https://arxiv.org/x%3E%29%20%5Bb%5D%28https://evil.example%29%20%60%2A_~",
    )


@pytest.mark.parametrize("ending", ["a]", "a ]", "]"])
def test_two_spans_do_not_make_a_link_where_they_meet(ending: str) -> None:
    spans = (Span("Title", paper=ID), Span(f" {ending}"), Span("(https://evil.example)", paper=ID))
    for order in (spans, spans[1:], (*spans[:2], Span("(https://evil.example)", post=REF))):
        message = sent(Post(PostKind.ANSWER, "n", (Line(LineRole.PARAGRAPH, order),)))
        assert_inert(message)
        assert run_together(seen(message)) == run_together(["".join(span.text for span in order)])


@pytest.mark.parametrize("first", [Style.STRONG, Style.EM])
@pytest.mark.parametrize("second", WORDED)
@pytest.mark.parametrize(("left", "right"), [("a", "b"), ("a*", "*b"), ("a ", "b"), ("a", " b"), ("*", "*")])
def test_styles_that_touch_show_no_marks(first: Style, second: Style, left: str, right: str) -> None:
    for role in (LineRole.PARAGRAPH, LineRole.CLOSING, LineRole.HEADLINE, LineRole.HEADING):
        made = Post(PostKind.ANSWER, "n", (Line(role, (Span(left, first), Span(right, second), Span("c"))),))
        assert seen(sent(made)) == written(made)


@pytest.mark.parametrize("style", [Style.STRONG, Style.EM])
def test_a_backslash_at_the_end_is_never_before_a_mark(style: Style) -> None:
    (text,) = texts(sent(Post(PostKind.ANSWER, "n", (Line(LineRole.PARAGRAPH, (Span("a \\", style), Span(" b"))),))))
    assert text == "a \\\\ b"  # some clients would take the backslash for an escape of the mark


def test_a_heading_keeps_the_sign_at_its_end() -> None:
    (text,) = texts(sent(Post(PostKind.ANSWER, "n", (Line(LineRole.HEADING, (Span("Pots in C#"),)),))))
    assert visible(text) == "Pots in C#"


def test_code_that_holds_a_backtick_is_set_as_words() -> None:
    lines = (
        Line(LineRole.BULLET, (Span("card <id>", Style.CODE),)),
        Line(LineRole.BULLET, (Span("a `b", Style.CODE),)),
    )
    (text,) = texts(sent(Post(PostKind.ANSWER, "n", lines)))
    assert text == "- `card <id>`\n- a \\`b"


# -- the frame


def test_a_message_has_no_content_and_calls_nobody() -> None:
    message = sent(card(sheet()))
    assert set(message) == {"flags", "components", "allowed_mentions", "nonce", "enforce_nonce"}
    assert message["flags"] == 1 << 15
    assert message["allowed_mentions"] == {"parse": []}
    assert (message["nonce"], message["enforce_nonce"]) == (KEY.digest, True)


def test_the_key_is_in_every_button_and_in_a_button_of_its_own_where_there_is_none() -> None:
    ids = [one["custom_id"] for one in buttons(sent(card(sheet())))]
    assert ids == [
        f"cc1|{KEY.digest}|{verb} 2611.99900 discontinuity" for verb in ("analysis", "discuss", "agree", "disagree")
    ]
    status = buttons(sent(Post(PostKind.OPENING, "n", (Line(LineRole.PARAGRAPH, (Span("x"),)),))))
    assert [(one["label"], one["custom_id"]) for one in status] == [("Status", f"cc1|{KEY.digest}|status")]


def test_a_private_answer_has_no_key_and_no_button_that_was_not_asked_for() -> None:
    post = Post(PostKind.ANSWER, "n", (Line(LineRole.PARAGRAPH, (Span("x"),)),))
    assert buttons(sent(post, None)) == []
    assert "nonce" not in sent(post, None)
    share = replace(post, buttons=(Button("share", "Share here", "share 1"), Button("run", "Again", "share 1")))
    assert [(one["custom_id"], one["style"]) for one in buttons(sent(share, None))] == [("cc1||share 1", 1)]


def test_a_button_that_cannot_carry_its_command_whole_is_left_out() -> None:
    made = (
        Button("run", "a", "v" * 65),
        Button("run", "b", ""),
        Button("run", "c", "\U0001d54f" * 64),
        Button("run", "d", "v" * 64),
    )
    post = Post(PostKind.ANSWER, "n", (Line(LineRole.PARAGRAPH, (Span("x"),)),), made)
    assert [one["label"] for one in buttons(sent(post))] == ["d"]


def test_a_rule_is_a_separator_and_none_stands_at_an_end() -> None:
    def of(text: str, role: LineRole = LineRole.PARAGRAPH) -> Line:
        return Line(role, (Span(text),))

    lines = (
        of("", LineRole.RULE),
        of("a"),
        of("", LineRole.RULE),
        of("", LineRole.RULE),
        of("b"),
        of("", LineRole.RULE),
    )
    assert [one["type"] for one in parts(sent(Post(PostKind.DIGEST, "n", lines), None))] == [10, 14, 10]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_names_of_threads_and_forum_posts_are_short_and_clean(case: Case) -> None:
    of = sheet(paper(title=case.text), said=short(paper(), headline=case.text))
    opens = talk_post(of.paper, of.lens, str, has_model=True, reads_along=True)
    for post in (card(of), opens, Post(PostKind.NOTICE, case.text, ()), Post(PostKind.NOTICE, "", ())):
        for name in (forum_name(post), thread_name(post)):
            assert 1 <= len(name.encode("utf-16-le")) // 2 <= 100
            assert name == " ".join(clean(name).split())


def test_a_forum_post_is_named_by_its_paper_and_a_thread_by_its_headline() -> None:
    assert forum_name(card(sheet())) == "An Agent for Letters"
    assert thread_name(card(sheet())) == "Takes the clerk out of the letter."


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("**a** *b* __c__ ~~d~~ ||e|| `f`", ["strong", "em", "underline", "strike", "spoiler", "code"]),
        ("<@1> <@&2> <#3> </x:4> <t:5:R>", ["user", "role", "channel", "command", "timestamp"]),
        ("<a:b:6> :x: @here", ["emoji", "shortcode", "everyone"]),
        ("# a\n-# b\n> c\n- d\n1. e", ["heading", "small", "quote", "list", "list"]),
        ("[a](https://b.c) [d](<https://e.f>) [:x:](https://b.c)", ["link", "link", "broken link"]),
        ("https://a.b <https://c.d> discord.gg/x steam://y", ["address", "address", "invite", "address"]),
        ("\\*a\\* \\<@1> \\[a](x) \\# b", []),
    ],
)  # fmt: skip
def test_the_reading_that_all_this_rests_on_knows_what_is_live(source: str, kinds: list[str]) -> None:
    assert [node.kind for node in read(source) if node.kind != "text"] == kinds


@pytest.mark.skipif(not SHARED.exists(), reason="Discord's own specification is not beside this tree")
@settings(max_examples=60, deadline=None)
@given(POSTS)
def test_any_message_is_of_discords_own_form(post: Post) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("shared_check", SHARED)
    assert spec is not None
    assert spec.loader is not None
    check = CHECKS.get("check") or importlib.util.module_from_spec(spec)
    if "check" not in CHECKS:
        spec.loader.exec_module(check)
        CHECKS["check"] = check
    assert check.discord_message(sent(post)) == []


CHECKS: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("papers", "prompts"),
    [
        (25, ["Open one of these 25"]),
        (36, ["Open one of 1 to 25", "Open one of 26 to 36"]),
        (26, ["Open one of 1 to 25", "Open 26, the last"]),
    ],
)
def test_each_part_of_a_menu_says_which_papers_it_has(papers: int, prompts: list[str]) -> None:
    items = tuple(MenuItem(f"Paper {number}", "", str(number)) for number in range(1, papers + 1))
    post = Post(PostKind.LIST, "n", (), menu=Menu(f"Open one of these {papers}", "verdict", items))
    assert [row["components"][0]["placeholder"] for row in menu_rows(post, None)] == prompts
