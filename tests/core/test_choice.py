"""Which of a day's verdicts are worth a card: enough interest, something said, and no point made twice."""

from dataclasses import replace

from bot.core.follows.edition import Disposition
from bot.core.follows.follow import Follow, Mode
from bot.core.follows.plan import plan
from bot.core.papers.paper import ArxivId
from bot.core.papers.sentence import Evidence
from bot.core.posts.post import PostKind
from bot.core.verdicts.choice import makes_the_same_point, worth_cards
from bot.core.verdicts.verdict import PremiseFinding, PremiseLabel, TouchedTrade, Verdict
from tests.core.test_plan import PLACE, ROOM, announced, facts, verdict

CLERKS = "An agent answers letters that clerks of an insurance firm answer today."
AGAIN = "Our agent answers the letters which clerks of insurance firms answer today."
DRIVERS = "Night buses run without anybody at the wheel."


def scanned(number: int, interest: int, telling: str, *trades: str) -> Verdict:
    made = verdict(number, scan=True)
    passage = Evidence(made.paper, 1, "", 0, len(telling), telling, 1)
    touched = tuple(TouchedTrade(name, name) for name in trades)
    return replace(made, interest=interest, telling=passage, trades=touched)


def numbers(verdicts: list[Verdict]) -> list[int]:
    return [int(str(one.paper)[-5:]) for one in verdicts]


def test_nothing_below_the_least_interest_is_worth_a_card_and_the_most_wanted_comes_first() -> None:
    day = [scanned(1, 44, "One."), scanned(2, 45, "Two."), scanned(3, 90, "Three.")]
    assert numbers(worth_cards(day, 45)) == [3, 2]
    assert worth_cards(day, 91) == []


def test_of_two_that_make_the_same_point_the_later_gives_way() -> None:
    first, second = scanned(1, 60, AGAIN, "clerical work"), scanned(2, 80, CLERKS, "clerical work")
    other = scanned(3, 50, DRIVERS, "driving")
    assert numbers(worth_cards([first, second, other], 0)) == [2, 3]


def test_the_same_trade_or_the_same_words_alone_are_not_the_same_point() -> None:
    assert not makes_the_same_point(scanned(1, 9, CLERKS, "driving"), scanned(2, 9, AGAIN, "clerical work"))
    assert not makes_the_same_point(scanned(1, 9, CLERKS, "driving"), scanned(2, 9, DRIVERS, "driving"))
    assert not makes_the_same_point(scanned(1, 9, CLERKS), scanned(2, 9, CLERKS))
    assert not makes_the_same_point(scanned(1, 9, ""), scanned(2, 9, ""))


def test_a_headline_can_make_the_same_point_too() -> None:
    one, other = scanned(1, 9, CLERKS, "driving"), scanned(2, 9, DRIVERS, "driving")
    judged = verdict(1).short
    assert judged is not None
    same = replace(judged, headline="Answers the letters that clerks answer today.")
    assert makes_the_same_point(replace(one, short=same), replace(other, short=same))
    assert not makes_the_same_point(replace(one, short=same), replace(other, short=judged))


def test_what_is_outside_the_lens_is_worth_no_card() -> None:
    closed = (PremiseFinding("work", PremiseLabel.DOES_NOT),)
    assert worth_cards([replace(verdict(1), interest=99, premises=closed)], 0) == []


def test_a_day_on_which_nothing_clears_the_lens_has_no_card_and_lists_everything() -> None:
    follow = Follow("f", PLACE, ("cs.AI",))
    day = facts(tuple(announced(number, score=30) for number in range(1, 9)), follow)
    made = plan(day, ROOM, 31)
    assert [post.key.kind for post in made.posts] == [PostKind.OPENING, PostKind.LIST]
    assert set(made.fates.values()) == {Disposition.LISTED}
    kinds = [post.key.kind for post in plan(day, ROOM, 30).posts]
    assert kinds.count(PostKind.CARD) == 5


def test_a_follows_own_threshold_goes_before_the_lenss() -> None:
    day = facts(
        tuple(announced(number, score=30) for number in range(1, 9)), Follow("f", PLACE, ("cs.AI",), threshold=1)
    )
    assert [post.key.kind for post in plan(day, ROOM, 31).posts].count(PostKind.CARD) == 5


def test_a_digest_opens_only_what_is_worth_a_card_and_these_stand_first() -> None:
    day = facts((announced(1, score=40, scan=True), announced(2, score=90, scan=True)), Follow("f", PLACE, ("cs.AI",)))
    first, *_ = plan(day, ROOM, 50).posts
    assert (first.key.kind, first.opened, first.papers[0]) == (PostKind.DIGEST, 1, ArxivId("2606.00002"))
    none, *_ = plan(day, ROOM, 95).posts
    assert (none.opened, len(none.papers)) == (0, 2)


def test_mode_every_gives_each_verdict_its_card_unless_the_follow_says_otherwise() -> None:
    follow = Follow("f", PLACE, ("cs.AI",), mode=Mode.EVERY)
    day = (announced(1, score=10), announced(2, score=60))
    kinds = [post.key.kind for post in plan(facts(day, follow), ROOM, 50).posts]
    assert kinds == [PostKind.CARD, PostKind.CARD]
    kinds = [post.key.kind for post in plan(facts(day, replace(follow, threshold=50)), ROOM, 50).posts]
    assert kinds.count(PostKind.CARD) == 1
