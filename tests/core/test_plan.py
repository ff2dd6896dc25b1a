"""The figures of an edition add up to what was announced, whatever a follow wants."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.follows.edition import Announced, Disposition, EditionFacts, EditionKey, PlannedPost
from bot.core.follows.follow import Follow, Mode
from bot.core.follows.plan import PostRoom, closes_at, early_cards, may_close, plan
from bot.core.papers.calendar import posting_moment
from bot.core.papers.paper import AnnounceType, ArxivId, Paper
from bot.core.posts.post import Place, PostKey, PostKind
from bot.core.verdicts.verdict import (
    AnalystKind,
    Basis,
    BasisKind,
    Provenance,
    ShortVerdict,
    TouchedTrade,
    Verdict,
)

DAY = date(2026, 6, 2)
PLACE = Place("console", "main")
NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
SHORT = ShortVerdict("H.", "D.", None)
ROOM = PostRoom(messages_a_day=10, list_lines=40, title_lines=40)


def verdict(number: int, score: int = 50, *, scan: bool = False, trade: str = "") -> Verdict:
    kind = AnalystKind.SCAN if scan else AnalystKind.MODEL
    return Verdict(
        paper=ArxivId(f"2606.{number:05}"),
        version=1,
        paper_hash="",
        basis=Basis(BasisKind.ABSTRACT, 1, 1),
        first_line=None,
        findings=(),
        score=score,
        interest=score,
        provenance=Provenance(kind, "plain", "", NOON),
        short=None if scan else SHORT,
        trades=(TouchedTrade(trade, trade),) if trade else (),
    )


def announced(number: int, kind: str = "new", *, score: int = 50, judged: bool = True, scan: bool = False) -> Announced:
    paper = Paper(ArxivId(f"2606.{number:05}"), 1, f"Paper {number} on {'cats' if number % 3 else 'dogs'}", "", "", ())
    return Announced(paper, AnnounceType(kind), ("cs.AI",), verdict(number, score, scan=scan) if judged else None)


def standing(post: PlannedPost) -> tuple[ArxivId, ...]:
    """The papers that are posted or listed by a post: those of its menu stand elsewhere."""
    if post.key.kind in (PostKind.LATE, PostKind.OPENING):
        return ()
    return post.papers[: post.opened] if post.key.kind is PostKind.DIGEST else post.papers


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
    made = plan(facts(day, follow, posted_today=posted, latest=latest, opening=opening), PostRoom(10, lines, lines))
    assert set(made.fates) == {one.paper.id for one in day}
    count = Counter(made.fates.values())
    assert sum(count.values()) == len(papers)
    cards = [post for post in made.posts if post.key.kind is PostKind.CARD]
    opened = sum(post.opened for post in made.posts if post.key.kind is PostKind.DIGEST)
    assert count[Disposition.POSTED] == len(cards) + opened
    shown = [paper for post in made.posts for paper in standing(post)]
    wanted = [paper for paper, fate in made.fates.items() if fate in (Disposition.POSTED, Disposition.LISTED)]
    is_full = not with_opening and min(10 - posted, follow.limit) <= 0
    by_title = [paper for paper, fate in made.fates.items() if fate is Disposition.UNREAD]
    by_search = scan and not is_full and any(judged for _, _, judged in papers)
    listed = set() if is_full else {*wanted, *by_title}
    untouched = {paper for paper in wanted if made.fates[paper] is Disposition.LISTED} if by_search else set()
    assert sorted(shown) == sorted(listed - untouched)
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


@given(PAPERS, FOLLOWS, st.integers(0, 12), st.integers(0, 12), st.booleans(), st.booleans(), st.booleans())
def test_where_there_are_no_threads_lists_count_as_messages_too(
    papers: list[tuple[str, int, bool]],
    follow: Follow,
    posted: int,
    inside: int,
    latest: bool,
    with_opening: bool,
    scan: bool,
) -> None:
    day = tuple(announced(at, kind, score=s, judged=j, scan=scan) for at, (kind, s, j) in enumerate(papers, 1))
    opening = PostKey(PLACE, PostKind.OPENING, "earlier", "plain") if with_opening else None
    so_far = {"posted_today": posted, "threads_today": inside, "opening": opening, "latest": latest}
    made = plan(facts(day, follow, **so_far), PostRoom(10, 3, 3, 3900, is_flat=True))
    assert len(made.posts) <= max(0, 10 - posted - inside)
    assert len(made.posts) <= follow.limit
    assert set(made.fates) == {one.paper.id for one in day}


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
    assert Counter(made.fates.values()) == {Disposition.POSTED: 5, Disposition.LISTED: 326}


def test_without_a_model_every_follow_is_a_digest() -> None:
    follow = Follow("f", PLACE, ("cs.AI",), mode=Mode.EVERY)
    made = plan(facts(tuple(announced(n, scan=True) for n in range(1, 9)), follow), ROOM)
    assert [post.key.kind for post in made.posts] == [PostKind.DIGEST]


def scanned(count: int, trades: tuple[str, ...], **changes: object) -> EditionFacts:
    """A day by rule, of which papers touch those trades in turn; an empty name is none."""
    day = tuple(
        replace(announced(n), verdict=verdict(n, 400 - n, scan=True, trade=trades[n % len(trades)]))
        for n in range(1, count + 1)
    )
    return facts(day, Follow("f", PLACE, ("cs.AI",), **changes))  # type: ignore[arg-type]


def test_a_day_by_rule_is_a_digest_and_at_most_three_lists_of_what_touches_a_trade() -> None:
    first, *lists = plan(scanned(331, ("law", "", "", "teaching", "", "", "", "")), PostRoom(10, 20, 36, 4500)).posts
    assert (first.key.kind, first.opened, len(first.menu)) == (PostKind.DIGEST, 5, 25)
    assert len(lists) == 3
    assert all(post.thread == first.key and len(post.papers) <= 36 for post in lists)
    listed = sum(len(post.papers) for post in lists)
    opened = first.papers[:5]
    touching = [n for n in range(1, 332) if n % 8 in (0, 3) and ArxivId(f"2606.{n:05}") not in opened]
    assert listed == len(touching)
    assert [post.opened for post in lists] == [0, 0, 331 - 5 - listed]


def test_a_list_is_grouped_by_trade_and_begins_with_that_of_the_most_wanted_paper() -> None:
    made = plan(scanned(9, ("law", "teaching", ""), cards=1), ROOM)
    assert [str(one)[-1] for one in made.posts[1].papers] == ["3", "6", "9", "4", "7"]


def test_a_day_by_a_model_is_at_most_seventeen_lists_and_each_paper_is_in_one() -> None:
    made = plan(facts(tuple(announced(n) for n in range(1, 332)), Follow("f", PLACE, ("cs.AI",))), PostRoom(10, 20, 36))
    lists = [post for post in made.posts if post.key.kind is PostKind.LIST]
    assert len(lists) == 17
    assert len({paper for post in lists for paper in post.papers}) == 326
    assert len(made.posts[0].menu) == 25


def test_a_digest_opens_what_a_bounded_post_holds() -> None:
    assert plan(scanned(100, ("",), cards=25), PostRoom(10, 12, 12, 3900)).posts[0].opened == 4
    assert plan(scanned(100, ("",), cards=1), PostRoom(10, 12, 12, 3900)).posts[0].opened == 1


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
    assert list(made.fates.values()) == [Disposition.EXCLUDED]


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


@pytest.mark.parametrize("mode", list(Mode))
def test_what_has_not_enough_text_to_say_takes_no_card_and_is_listed_last(mode: Mode) -> None:
    silent = announced(4, score=100)
    assert silent.verdict is not None
    short = replace(SHORT, too_little="It is one line.")
    silent = replace(silent, verdict=replace(silent.verdict, interest=100, short=short))
    follow = Follow("f", PLACE, ("cs.AI",), mode=mode, threshold=0)
    made = plan(facts((silent, announced(1), announced(2)), follow), ROOM)
    assert made.fates[silent.paper.id] is Disposition.LISTED
    assert [
        post.key.subject for post in made.posts if post.key.kind is PostKind.CARD and silent.paper.id in post.papers
    ] == []
    opened = [paper for post in made.posts for paper in post.papers[: post.opened]]
    assert silent.paper.id not in opened
    assert sum(silent.paper.id in standing(post) for post in made.posts) == 1


def test_a_day_of_nothing_but_too_little_text_has_no_card() -> None:
    silent = announced(4)
    assert silent.verdict is not None
    silent = replace(silent, verdict=replace(silent.verdict, short=replace(SHORT, too_little="One line.")))
    made = plan(facts((silent,), Follow("f", PLACE, ("cs.AI",))), ROOM)
    assert [post.key.kind for post in made.posts] == [PostKind.OPENING, PostKind.LIST]


# -- cards before the day closes ---------------------------------------------------------------------------------------


def every(**changes: object) -> Follow:
    return replace(Follow("f", PLACE, ("cs.AI",), mode=Mode.EVERY, limit=50), **changes)  # type: ignore[arg-type]


def early(facts: EditionFacts) -> list[int]:
    return [int(post.key.subject[-5:]) for post in early_cards(facts, ROOM)]


def test_what_has_not_enough_text_to_say_takes_no_early_card() -> None:
    silent = announced(4, score=100)
    assert silent.verdict is not None
    silent = replace(silent, verdict=replace(silent.verdict, short=replace(SHORT, too_little="One line.")))
    assert early(facts((silent, announced(1), announced(2, judged=False)), every())) == [1]


def test_cards_that_stand_go_early_by_rank_and_each_once() -> None:
    papers = (announced(1, score=10), announced(2, score=90), announced(3, judged=False))
    assert early(facts(papers, every())) == [2, 1]
    assert early(facts(papers, every(), early=frozenset({papers[1].paper.id}), posted_today=1)) == [1]


def test_no_card_goes_early_where_the_days_papers_could_be_more_than_its_messages() -> None:
    papers = (announced(1), announced(2), announced(3, judged=False))
    assert early(facts(papers, every(limit=2))) == []
    assert early(facts(papers, every(limit=3))) == [1, 2]
    assert early(facts(papers, every(), posted_today=8)) == []


def test_one_message_stays_free_for_an_opening_line() -> None:
    assert early(facts((announced(1), announced(2)), every(limit=2))) == [1]


@pytest.mark.parametrize("mode", [Mode.TOP, Mode.DIGEST])
def test_what_is_ranked_goes_out_with_its_day(mode: Mode) -> None:
    assert early(facts((announced(1), announced(2, judged=False)), every(mode=mode))) == []


def test_no_card_goes_early_by_rule_on_an_older_day_or_after_it_has_closed() -> None:
    papers = (announced(1), announced(2, judged=False))
    assert early(facts((announced(1, scan=True), announced(2, judged=False)), every())) == []
    assert early(facts(papers, every(), latest=False)) == []
    assert early(facts(papers, every(), key=EditionKey("f", DAY, 2))) == []


def test_what_gets_no_card_where_each_verdict_is_one_gets_none_early() -> None:
    assert early(facts((announced(1, score=20), announced(2, judged=False)), every(threshold=30))) == []


@pytest.mark.parametrize("mode", list(Mode))
def test_a_paper_that_was_withdrawn_before_its_day_closed_is_listed_and_takes_no_card(mode: Mode) -> None:
    gone = announced(1, score=90)
    gone = replace(gone, paper=replace(gone.paper, comment="This paper has been withdrawn by the author"))
    papers = (gone, announced(2))
    follow = every(mode=mode, cards=1)
    assert gone.paper.id not in [post.papers[0] for post in early_cards(facts(papers, follow), ROOM)]
    closing = plan(facts(papers, follow), ROOM)
    assert closing.fates == {gone.paper.id: Disposition.LISTED, papers[1].paper.id: Disposition.POSTED}


def test_an_early_card_is_counted_as_posted_and_planned_no_second_time() -> None:
    papers = (announced(1), announced(2), announced(3, judged=False))
    gone = frozenset({papers[0].paper.id})
    closing = plan(facts(papers, every(), early=gone, posted_today=1, followed_today=1), ROOM)
    assert Counter(closing.fates.values()) == {Disposition.POSTED: 2, Disposition.UNREAD: 1}
    assert [post.key.kind for post in closing.posts] == [PostKind.OPENING, PostKind.CARD, PostKind.LIST]
    assert all(papers[0].paper.id not in post.papers for post in closing.posts)


def test_a_day_whose_cards_all_went_early_needs_no_further_post() -> None:
    papers = (announced(1), announced(2))
    closing = plan(facts(papers, every(), early=frozenset(one.paper.id for one in papers)), ROOM)
    assert Counter(closing.fates.values()) == {Disposition.POSTED: 2}
    assert closing.posts == ()


def test_an_early_card_stays_posted_when_the_follow_refuses_its_words_by_now() -> None:
    papers = (announced(1), announced(3))
    closing = plan(facts(papers, every(refuse=("cats",)), early=frozenset({papers[0].paper.id})), ROOM)
    assert closing.fates[papers[0].paper.id] is Disposition.POSTED
