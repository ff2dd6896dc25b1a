"""Discord's limits: the check knows each of them, and whatever a post holds, its message is within all."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Button, Line, LineRole, Place, Post, PostKey, PostKind, PostRef, Span, Style
from bot.core.present.analysis import full_analysis
from bot.core.present.answer import paged
from bot.core.present.card import card
from bot.core.present.edition import row
from bot.core.verdicts.verdict import Assumption
from bot.platforms.discord.posting.limits import (
    CHARACTERS,
    LIST_LINES,
    characters,
    components_of,
    cut,
    shortest,
    units,
)
from bot.platforms.discord.posting.markup import message_payload
from tests.fakes.discord_markdown import visible
from tests.fakes.verdicts import analysis, evidence, paper, sheet, short
from tests.platforms.discord_limits import faults

HERE = Place("discord", "1")
KEY = PostKey(HERE, PostKind.CARD, "2611.99900", "discontinuity")
ID = ArxivId("2611.99900")
WORD = "kiln "


def sent(post: Post, key: PostKey | None = KEY) -> dict[str, Any]:
    return message_payload(
        post, key, site_url="https://arxiv.org", link=lambda ref: "https://discord.com/channels/1/2/3"
    )


def text_of(message: dict[str, Any]) -> str:
    return "\n".join(visible(one["content"]) for one in components_of(message) if one["type"] == 10)


def line(role: LineRole, text: str = "x", **more: Any) -> Line:
    return Line(role, (Span(text, **more),))


def post(*lines: Line, buttons: tuple[Button, ...] = ()) -> Post:
    return Post(PostKind.ANSWER, "n", lines, buttons)


# -- the check


def message(*inside: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"flags": 1 << 15, "components": [{"type": 17, "components": list(inside)}], **changes}


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(number: int = 0, **changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "x", "custom_id": str(number), **changes}


def buttons(*them: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(them)}


RIGHT = message(text("x" * 4000), buttons(*(button(number) for number in range(5))), nonce="n" * 25)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (message(text("x" * 2000), text("y" * 2001)), "text: 4001"),
        (message(text("\U0001d54f" * 2001)), "text: 4002"),
        (message(), "a row or container of nothing"),
        ({"flags": 1 << 15}, "components: 0"),
        (message(*[text("x")] * 40), "components: 41"),
        (message(text(" ")), "text: empty"),
        (message(text("x"), nonce="n" * 26), "nonce"),
        (message(text("x"), flags=0), "flags"),
        (message(text("x"), content="y"), "content"),
        (message(text("x"), embeds=[{}]), "content or embeds"),
        (message(text("x"), buttons()), "a row"),
        (message(text("x"), buttons(*(button(number) for number in range(6)))), "5 buttons"),
        (message(text("x"), *(buttons(button(number)) for number in range(6))), "5 rows"),
        (message(text("x"), buttons(button(label="x" * 81))), "label"),
        (message(text("x"), buttons(button(label=""))), "label"),
        (message(text("x"), buttons(button(custom_id="x" * 101))), "custom_id"),
        (message(text("x"), buttons(button(), button())), "custom_id: twice"),
        ({"name": "x" * 101, "message": RIGHT}, "name"),
        ({"name": "", "message": RIGHT}, "name"),
        ({"name": "x", "message": message(text("x"), flags=0)}, "flags"),
    ],
)
def test_the_check_finds_what_is_over(wrong: dict[str, Any], says: str) -> None:
    assert any(one.startswith(says) or says in one for one in faults(wrong)), faults(wrong)


def test_the_check_lets_pass_what_is_just_within() -> None:
    assert faults(RIGHT) == []
    assert faults({"name": "x" * 100, "message": RIGHT}) == []


# -- the order in which a post is shortened


def long(role: LineRole, count: int = 1, letters: str = WORD, length: int = 1500) -> list[Line]:
    return [line(role, (letters * length)[:length])] * count


def test_a_post_within_the_limit_is_left_as_it_is() -> None:
    whole = post(*long(LineRole.PARAGRAPH, length=3900))
    assert "…" not in text_of(sent(whole))


def test_rows_give_way_first_and_all_alike() -> None:
    made = sent(
        post(
            line(LineRole.HEADING, "Head"),
            *long(LineRole.QUOTE, 2),
            *long(LineRole.ROW, 8, length=300),
            line(LineRole.SMALL, "s"),
        )
    )
    rows = [one for one in text_of(made).split("\n") if 0 < len(one) <= 300 and one not in ("Head", "s")]
    assert len(rows) == 8
    assert len({len(one) for one in rows}) == 1
    assert 60 < len(rows[0]) < 300
    assert text_of(made).count("…") == 8
    assert characters(made) > 3900


def test_quotations_give_way_before_paragraphs_and_the_closing_line_after_them() -> None:
    made = sent(post(*long(LineRole.QUOTE), *long(LineRole.PARAGRAPH, 2), *long(LineRole.CLOSING)))
    quote, *others = [one for one in text_of(made).split("\n") if one.strip()]
    assert len(quote) < 60 < len(others[0])
    assert len(others[0]) == len(others[1]) < 1500
    assert len(others[2]) == len((WORD * 300).strip())


def test_headline_title_and_source_line_are_the_last_to_give_way() -> None:
    made = sent(
        post(
            line(LineRole.HEADLINE, "Head " * 20),
            line(LineRole.TITLE, "Title " * 15, paper=ID),
            *long(LineRole.BULLET, 30),
            line(LineRole.SMALL, "source " * 20),
        )
    )
    said = text_of(made)
    for whole in ("Head " * 20, "Title " * 15, "source " * 20):
        assert whole.strip() in said
    assert said.count("…") == 30


def test_lines_are_dropped_only_when_none_can_be_shorter_and_then_it_is_said() -> None:
    made = sent(
        post(line(LineRole.HEADLINE, "Head"), *long(LineRole.ROW, 200, length=80), line(LineRole.SMALL, "source"))
    )
    said = text_of(made)
    kept = said.count("\nkiln")
    assert f"{200 - kept} lines do not fit here." in said
    assert 40 < kept < 80
    assert said.startswith("Head")
    assert "source" in said
    assert characters(made) > 3800


def test_of_a_lines_spans_the_longest_gives_way() -> None:
    spans = (Span("short", Style.STRONG), Span("  "), Span("t" * 200, paper=ID), Span("  leaves out 3 of 9"))
    shorter = cut(Line(LineRole.ROW, spans), 100)
    assert [span.text for span in shorter.spans if span.text != "t" * 200][:2] == ["short", "  "]
    assert shorter.spans[3].text == "  leaves out 3 of 9"
    assert shorter.spans[2].text.endswith("t…")
    assert len(shorter.text) <= 100


def test_a_cut_never_falls_into_an_escape_or_a_mark() -> None:
    for length in range(3900, 3960):
        (one,) = [one for one in components_of(sent(post(line(LineRole.QUOTE, "*" * length)))) if one["type"] == 10]
        assert visible(one["content"]) == "*" * one["content"].count("\\*") + "…"


# -- what stands in posts of ours


def test_a_page_of_the_size_that_we_name_is_never_shortened() -> None:
    of = paper(abstract="Letters are still answered by clerks (and by 3 of 4 agents). " * 30)
    wordy = ["It answers letters, and asks_nobody at 5 % cost. " * 10] * 3
    made = analysis(
        of,
        verdict="\n\n".join(wordy),
        social_function="\n\n".join(wordy),
        assumptions=(Assumption("A closed case is a solved one. " * 5, "Nobody asked. " * 20, evidence(of, 3)),) * 5,
    )
    whole = full_analysis(sheet(of, made))
    assert len(whole.text) > 2 * CHARACTERS
    for number in range(1, 6):
        page = paged(whole, CHARACTERS, number, "analysis 2611.99900 discontinuity")
        assert text_of(sent(page)).count("…") == page.text.count("…")
        assert faults(sent(page)) == []


def test_a_list_of_the_size_that_we_name_is_whole_and_at_its_longest_still_tells_each_paper() -> None:
    one = row(sheet(paper(title="Letters Answered at Last: A Study of Ninety Agents and Three Clerks")))
    usual = Post(PostKind.LIST, "n", (one,) * LIST_LINES)
    assert "…" not in text_of(sent(usual))
    of = paper(title="t" * 500)
    longest = Post(PostKind.LIST, "n", (row(sheet(of, said=short(of, headline="h" * 140))),) * LIST_LINES)
    said = text_of(sent(longest))
    assert len(re.findall("t{25,}…", said)) == len(re.findall("h{30,}", said)) == LIST_LINES
    assert "fit here" not in said


def test_a_card_at_its_longest_is_whole() -> None:
    of = paper(title="t" * 500, abstract="s" * 5000)
    long_one = card(
        sheet(
            of, analysis(of, closing="c" * 900), said=short(of, headline="h" * 140, does="d" * 900), flags=("f" * 900,)
        )
    )
    assert text_of(sent(long_one)).count("…") == long_one.text.count("…")


def test_more_lines_of_gaps_than_components_become_one_text() -> None:
    lines = [one for number in range(60) for one in (line(LineRole.PARAGRAPH, f"p{number}"), line(LineRole.RULE, ""))]
    made = sent(post(*lines, buttons=tuple(Button("run", f"b{n}", f"status {n}") for n in range(40))))
    assert faults(made) == []
    assert "p59" in text_of(made)
    assert sum(one["type"] == 2 for one in components_of(made)) == 25


def test_a_first_line_that_is_over_by_its_links_alone_is_bare() -> None:
    spans = tuple(Span(f"a{number}", post=PostRef(HERE, str(number))) for number in range(40))
    far = f"https://discord.com/channels/{'1' * 300}"
    made = message_payload(post(Line(LineRole.TITLE, spans)), KEY, site_url="https://arxiv.org", link=lambda ref: far)
    assert faults(made) == []
    assert text_of(made).startswith("a0a1a2")


TEXTS = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        ["*" * 10_000, "a" * 10_000, "\U0001d54f" * 10_000, "[x](", "kiln " * 300, "\u0301" * 99, "> \n" * 500]
    ),
)
SPANS = st.builds(
    Span,
    TEXTS,
    st.sampled_from(Style),
    paper=st.sampled_from([None, ID]),
    post=st.sampled_from([None, PostRef(HERE, "3")]),
)
LINES = st.builds(Line, st.sampled_from(LineRole), st.lists(SPANS, max_size=4).map(tuple))
ANY = st.builds(
    Post,
    st.sampled_from(PostKind),
    TEXTS,
    st.lists(LINES, max_size=30).map(tuple),
    st.lists(st.builds(Button, TEXTS, TEXTS, st.text(max_size=70)), max_size=40).map(tuple),
)


@settings(max_examples=80, deadline=None)
@given(ANY, st.booleans(), st.sampled_from([1, 1, 9]))
def test_any_post_is_within_all_limits(any_post: Post, keyed: bool, times: int) -> None:
    whole = replace(any_post, lines=any_post.lines * times)
    assert faults(sent(whole, KEY if keyed else None)) == []


@pytest.mark.parametrize("role", LineRole)
@pytest.mark.parametrize("count", [1, 500])
def test_ten_thousand_of_anything_is_within_all_limits(role: LineRole, count: int) -> None:
    for one in (
        line(role, "x" * 10_000),
        line(role, "_" * 10_000, paper=ID),
        Line(role, (Span("x"), Span("y", Style.EM)) * 5000),
    ):
        made = sent(post(*[one] * count))
        assert faults(made) == []
        assert text_of(made).strip()


@given(st.text(max_size=300), st.integers(1, 120))
def test_a_text_is_cut_to_its_units(given_text: str, most: int) -> None:
    assert units(shortest(given_text, most)) <= most
    assert units(given_text) > most or shortest(given_text, most) == given_text
