"""The figures of an edition add up to what was announced, whatever a follow wants."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.edition import Announced, EditionFacts, EditionKey, Fate
from bot.core.follow import Follow, Mode
from bot.core.paper import AnnounceType, ArxivId, Paper
from bot.core.plan import Room, closes_at, may_close, plan
from bot.core.post import Place, PostKey, PostKind
from bot.core.schedule import posting_moment
from bot.core.verdict import (
    Analysis,
    AnalystKind,
    Basis,
    BasisKind,
    Claim,
    Provenance,
    Verdict,
)

DAY = date(2026, 6, 2)
PLACE = Place("console", "main")
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
ANALYSIS = Analysis("H.", "D.", Claim("C."), None, (), "S.", (), "V.", "E.")
ROOM = Room(messages_a_day=10, list_lines=40)


def verdict(number: int, score: int = 50, *, scan: bool = False) -> Verdict:
    kind = AnalystKind.SCAN if scan else AnalystKind.MODEL
    return Verdict(
        paper=ArxivId(f"2606.{number:05}"),
        version=1,
        paper_hash="",
        basis=Basis(BasisKind.ABSTRACT, 1, 1),
        first_line=None,
        findings=(),
        score=score,
        touch=number % 5,
        provenance=Provenance(kind, "plain", "", NOON),
        analysis=None if scan else ANALYSIS,
    )


def announced(number: int, kind: str = "new", *, score: int = 50, judged: bool = True, scan: bool = False) -> Announced:
    paper = Paper(ArxivId(f"2606.{number:05}"), 1, f"Paper {number} on {'cats' if number % 3 else 'dogs'}", "", "", ())
    return Announced(paper, AnnounceType(kind), ("cs.AI",), verdict(number, score, scan=scan) if judged else None)


def facts(papers: tuple[Announced, ...], follow: Follow, **changes: object) -> EditionFacts:
    plain = EditionFacts(EditionKey(follow.name, DAY), follow, papers, 0, 0, None, True)
    return replace(plain, **changes)  # type: ignore[arg-type]


PAPERS = st.lists(
    st.builds(
        lambda kind, score, judged: (kind, score, judged),
        st.sampled_from([str(kind) for kind in AnnounceType]),
        st.integers(0, 100),
        st.booleans(),
    ),
    max_size=120,
)
FOLLOWS = st.builds(
    Follow,
    name=st.just("f"),
    place=st.just(PLACE),
    categories=st.just(("cs.AI",)),
    mode=st.sampled_from(Mode),
    types=st.sampled_from([(AnnounceType.NEW,), (AnnounceType.NEW, AnnounceType.CROSS)]),
    require=st.sampled_from([(), ("cats",)]),
    refuse=st.sampled_from([(), ("dogs",), ("nothing",)]),
    threshold=st.integers(0, 100),
    cards=st.integers(0, 12),
    limit=st.integers(1, 12),
)


@given(PAPERS, FOLLOWS, st.booleans(), st.integers(0, 12), st.booleans(), st.integers(1, 50), st.booleans())
def test_the_figures_add_up_to_what_was_announced(
    papers: list[tuple[str, int, bool]],
    follow: Follow,
    scan: bool,
    posted: int,
    latest: bool,
    lines: int,
    with_opening: bool,
) -> None:
    day = tuple(announced(at, kind, score=s, judged=j, scan=scan) for at, (kind, s, j) in enumerate(papers, 1))
    opening = PostKey(PLACE, PostKind.OPENING, "earlier", "plain") if with_opening else None
    made = plan(facts(day, follow, posted_today=posted, latest=latest, opening=opening), Room(10, lines))
    assert set(made.fates) == {one.paper.id for one in day}
    count = Counter(made.fates.values())
    assert sum(count.values()) == len(papers)
    cards = [post for post in made.posts if post.key.kind is PostKind.CARD]
    opened = sum(post.opened for post in made.posts)
    assert count[Fate.POSTED] == len(cards) + opened
    shown = [paper for post in made.posts if post.key.kind is not PostKind.LATE for paper in post.papers]
    assert sorted(shown) == sorted(p for p, fate in made.fates.items() if fate in (Fate.POSTED, Fate.LISTED))
    assert len({post.key for post in made.posts}) == len(made.posts)


@given(PAPERS, FOLLOWS, st.integers(0, 9))
def test_a_place_never_gets_more_messages_a_day_than_its_limit(
    papers: list[tuple[str, int, bool]], follow: Follow, posted: int
) -> None:
    day = tuple(announced(at, kind, score=s, judged=j) for at, (kind, s, j) in enumerate(papers, 1))
    made = plan(facts(day, follow, posted_today=posted, followed_today=0), ROOM)
    top_level = [post for post in made.posts if post.thread is None]
    assert posted + len(top_level) <= 10
    assert len(top_level) <= follow.limit


def test_a_thread_is_planned_before_what_hangs_in_it() -> None:
    made = plan(facts(tuple(announced(n) for n in range(1, 100)), Follow("f", PLACE, ("cs.AI",))), ROOM)
    keys = [post.key for post in made.posts]
    for post in made.posts:
        if post.thread is not None:
            assert keys.index(post.thread) < keys.index(post.key)


def test_mode_top_posts_five_cards_under_one_opening_line() -> None:
    made = plan(facts(tuple(announced(n) for n in range(1, 332)), Follow("f", PLACE, ("cs.AI",))), ROOM)
    kinds = Counter(post.key.kind for post in made.posts)
    assert kinds == {PostKind.OPENING: 1, PostKind.CARD: 5, PostKind.LIST: 9}
    assert Counter(made.fates.values()) == {Fate.POSTED: 5, Fate.LISTED: 326}


def test_without_a_model_every_follow_is_a_digest() -> None:
    follow = Follow("f", PLACE, ("cs.AI",), mode=Mode.EVERY)
    made = plan(facts(tuple(announced(n, scan=True) for n in range(1, 9)), follow), ROOM)
    assert [post.key.kind for post in made.posts] == [PostKind.DIGEST]


def test_a_digest_holds_what_a_bounded_post_holds_and_its_thread_the_rest() -> None:
    day = facts(tuple(announced(n, scan=True) for n in range(1, 101)), Follow("f", PLACE, ("cs.AI",), cards=25))
    first, *lists = plan(day, Room(10, 12, 3900)).posts
    assert (first.opened, len(first.papers)) == (4, 4)
    assert sum(len(post.papers) for post in lists) == 96
    assert all(post.thread == first.key and len(post.papers) <= 12 for post in lists)
    few = facts(tuple(announced(n, scan=True) for n in range(1, 101)), Follow("f", PLACE, ("cs.AI",), cards=1))
    assert (plan(few, Room(10, 12, 3900)).posts[0].opened, len(plan(few, Room(10, 12, 3900)).posts[0].papers)) == (1, 8)


def test_mode_every_within_its_limit_needs_no_opening_line() -> None:
    follow = Follow("f", PLACE, ("cs.AI",), mode=Mode.EVERY)
    assert {post.key.kind for post in plan(facts((announced(1), announced(2)), follow), ROOM).posts} == {PostKind.CARD}
    many = plan(facts(tuple(announced(n) for n in range(1, 31)), follow), ROOM)
    kinds = Counter(post.key.kind for post in many.posts)
    assert (kinds[PostKind.OPENING], kinds[PostKind.CARD], kinds[PostKind.LIST]) == (1, 9, 1)


def test_an_older_day_gets_one_line_and_its_papers_in_the_thread() -> None:
    made = plan(facts((announced(1), announced(2)), Follow("f", PLACE, ("cs.AI",)), latest=False), ROOM)
    assert [post.key.kind for post in made.posts] == [PostKind.LATE, PostKind.LIST]


def test_a_day_that_nobody_wants_to_read_posts_nothing() -> None:
    made = plan(facts((announced(1, "replace"),), Follow("f", PLACE, ("cs.AI",))), ROOM)
    assert made.posts == ()
    assert list(made.fates.values()) == [Fate.EXCLUDED]


def test_two_follows_of_a_place_and_lens_have_opening_lines_of_their_own() -> None:
    papers = tuple(announced(n) for n in range(1, 20))
    one = plan(facts(papers, Follow("one", PLACE, ("cs.AI",))), ROOM)
    two = plan(facts(papers, Follow("two", PLACE, ("cs.AI",))), ROOM)
    assert one.posts[0].key != two.posts[0].key


@pytest.mark.parametrize(
    ("judging", "awaited", "hours", "closes"),
    [
        (0, False, 0, True),
        (1, False, 0, False),
        (0, True, 0, False),
        (1, True, 2.9, False),
        (1, True, 3, True),
        (0, False, -1, False),
    ],
)
def test_an_edition_closes_when_all_is_judged_or_three_hours_after_its_hour(
    judging: int, awaited: bool, hours: float, closes: bool
) -> None:
    posting = posting_moment(DAY, time(9), "UTC", (0, 1, 2, 3, 4))
    last = closes_at(posting, posting - timedelta(hours=5))
    assert may_close(judging, awaited, posting + timedelta(hours=hours), posting, last) is closes


def test_three_hours_count_from_the_announcement_when_that_is_later() -> None:
    posting = posting_moment(DAY, time(9), "UTC", (0, 1, 2, 3, 4))
    announced_at = posting + timedelta(hours=4)
    assert closes_at(posting, announced_at) == announced_at + timedelta(hours=3)
