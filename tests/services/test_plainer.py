"""What a platform refuses for its form goes out in a plainer one: nothing is lost, nothing doubled, and one is told."""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.commands.people import SearchQuery
from bot.core.errors import FormRefused, SendUnknown
from bot.core.follows.edition import Disposition
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.phrase import line
from bot.core.posts.plainer import least, pieces
from bot.core.posts.post import Form, LineRole, Place, Post, PostKey, PostKind, PostRef
from bot.platforms.console import ConsolePlatform
from bot.ports.platform import Capacity
from bot.store.database.tables import fates
from tests.fakes.worlds import announce, batch, follow, paper
from tests.services.conftest import LEASE, World
from tests.services.talk import Stage, Talk, talking
from tests.services.test_deliver import keys, records

Refuses = Callable[[PostKey, Post], bool]
MANY = 30


class Picky(ConsolePlatform):
    """A console that refuses posts by their form, before any effect."""

    capacity = Capacity(characters=3000, list_lines=12, title_lines=12, digest_characters=4500, text_characters=600)
    threads = True

    def refuse(self, refuses: Refuses) -> "Picky":
        self.tried: list[tuple[PostKey, Form]] = []
        self.refuses = refuses
        return self

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        self.tried.append((key, post.form))
        if self.refuses(key, post):
            raise FormRefused("The post is too long.")
        return await super().send(key, post, thread)

    async def edit(self, ref: PostRef, key: PostKey, post: Post) -> None:
        self.tried.append((key, post.form))
        if self.refuses(key, post):
            raise FormRefused("The post is too long.")
        await super().edit(ref, key, post)

    async def has_threads(self, place: Place) -> bool:
        return self.threads


def picky(world: World, refuses: Refuses, *, scan: bool = False) -> Picky:
    console = Picky(world.journal, paint=None, faults=None, clock=world.clock).refuse(refuses)
    world.use(console, scan=scan)
    return console


async def a_day(world: World, count: int = MANY, **changes: Any) -> None:
    follows = [follow(**{"mode": "top", "cards": 2, **changes})]
    await world.store.sync_follows(follows)
    await announce(world.store, batch([paper(number) for number in range(1, count + 1)]), follows)


def papers_in(world: World) -> list[str]:
    """The papers of every post that stands, by the console's own file."""
    spans = [span for one in records(world.journal) for row in one["lines"] for span in row["spans"]]
    return [str(span["paper"]) for span in spans if span.get("paper")]


async def posted(world: World) -> list[str]:
    """The papers that the day's plan posts."""
    async with world.store._database.read() as connection:
        rows = await connection.execute(select(fates.c.paper).where(fates.c.fate == Disposition.POSTED))
    return sorted(rows.scalars().all())


ALL = sorted(str(paper(number).id) for number in range(1, MANY + 1))


def richer_than(form: Form, *kinds: PostKind) -> Refuses:
    return lambda key, post: post.form < form and (not kinds or key.kind in kinds)


@pytest.mark.parametrize("form", [Form.PLAIN, Form.TEXT, Form.BARE])
async def test_lists_go_out_under_an_opening_line_in_the_plainest_form_that_is_taken(world: World, form: Form) -> None:
    picky(world, richer_than(form, PostKind.OPENING))
    await a_day(world)
    await world.drain()
    kinds = [one["kind"] for one in records(world.journal)]
    assert (kinds.count("opening"), kinds.count("card")) == (1, 2)
    assert sorted(set(papers_in(world))) == ALL
    assert len(keys(world.journal)) == len(set(keys(world.journal)))


@pytest.mark.parametrize("form", [Form.PLAIN, Form.TEXT, Form.BARE])
@pytest.mark.parametrize("scan", [False, True])
async def test_whatever_is_refused_every_paper_stands_once(world: World, form: Form, scan: bool) -> None:
    picky(world, richer_than(form), scan=scan)
    await a_day(world)
    await world.drain()
    opened = await posted(world) if scan else ALL  # of a scan, what touches no trade stands in no list
    assert sorted(papers_in(world)) == opened
    assert len(keys(world.journal)) == len(set(keys(world.journal)))
    assert await world.store.count_waiting(Queue.DELIVER, None) == 0
    assert await world.store.list_jobs((JobState.FAILED,)) == []


async def test_a_list_that_is_too_long_in_every_form_is_parted_until_it_is_taken(world: World) -> None:
    console = picky(world, lambda key, post: key.kind is PostKind.LIST and len(post.lines) > 2)
    await a_day(world)
    await world.drain()
    assert sorted(papers_in(world)) == ALL
    parts = [one for one in records(world.journal) if one["kind"] == "list"]
    assert {one["thread"] for one in parts} == {records(world.journal)[0]["id"]}
    assert len(console.tried) < 80


async def test_under_an_opening_line_that_no_form_saves_one_list_takes_its_place_and_the_rest_is_by_search(
    world: World,
) -> None:
    picky(world, lambda key, post: key.kind is PostKind.OPENING)
    await a_day(world, cards=2)
    await world.drain()
    stand = records(world.journal)
    assert [one["kind"] for one in stand] == ["card", "card", "list"], "as many messages as were planned"
    assert stand[-1].get("thread") is None
    (closed,) = await world.store.editions()
    assert closed.stands is not None
    listed = len(papers_in(world)) - 2
    assert (closed.stands.posted, closed.stands.listed) == (2, listed)
    assert closed.stands.by_search == MANY - 2 - listed > 0
    assert closed.stands.nowhere == 0
    found = await world.store.search(follow().place, SearchQuery(), MANY + 1, 0)
    assert len(found.hits) == MANY


async def test_a_list_that_took_its_opening_lines_place_and_is_refused_too_becomes_shorter_and_blocks_nothing(
    world: World,
) -> None:
    picky(world, lambda key, post: key.kind is PostKind.OPENING or (key.kind is PostKind.LIST and len(post.lines) > 4))
    await a_day(world, cards=2)
    await world.drain()
    stand = records(world.journal)
    assert [one["kind"] for one in stand] == ["card", "card", "list"], "as many messages as were planned"
    assert await world.store.count_waiting(Queue.DELIVER, None) == 0
    (closed,) = await world.store.editions()
    assert closed.stands is not None
    listed = len(papers_in(world)) - 2
    assert (closed.stands.posted, closed.stands.listed, closed.stands.nowhere) == (2, listed, 0)
    assert closed.stands.by_search == MANY - 2 - listed


async def test_a_parted_list_is_still_one_when_the_process_dies_at_any_step(world: World) -> None:
    picky(world, lambda key, post: key.kind is PostKind.LIST and len(post.lines) > 2)
    await a_day(world)
    await world.drain(Queue.JUDGE, Queue.EDITION)
    for death in range(200):
        (job,) = await world.store.claim(Queue.DELIVER, 1, LEASE) or (None,)
        if job is None:
            break
        if death % 3:
            await world.steps[Queue.DELIVER](job)
        else:  # it dies with the job in its hands, whatever was done before
            world.skew += LEASE + timedelta(seconds=1)
    await world.drain(Queue.DELIVER)
    assert sorted(papers_in(world)) == ALL
    assert len(keys(world.journal)) == len(set(keys(world.journal)))


async def test_a_plainer_form_whose_ending_is_unknown_is_looked_for_and_not_sent_again(world: World) -> None:
    class Vanishing(Picky):
        async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
            await super().send(key, post, thread)
            raise SendUnknown("The connection dropped.")

    console = Vanishing(world.journal, paint=None, faults=None, clock=world.clock)
    world.use(console.refuse(richer_than(Form.TEXT)))
    await a_day(world)
    for _ in range(80):
        await world.drain(forward=timedelta(minutes=1))
    assert sorted(papers_in(world)) == ALL
    assert len(keys(world.journal)) == len(set(keys(world.journal)))


async def test_a_verdict_that_changes_is_edited_in_where_the_list_was_parted(world: World) -> None:
    from bot.services.ingest.poll import judging

    picky(world, lambda key, post: key.kind is PostKind.LIST and len(post.lines) > 2)
    await a_day(world)
    await world.drain()
    changed = paper(9, title="Retitled", version=2, abstract="We present something else.")
    await world.store.put_papers([changed])
    await world.store.add_jobs([judging(changed, "plain")])
    await world.drain()
    edits = [one for one in records(world.journal, "edit") if one["kind"] == "list"]
    (edit,) = edits
    assert "Retitled" in str(edit)
    assert edit["key"] in keys(world.journal)


async def test_an_edit_that_is_refused_goes_in_plainly(world: World) -> None:
    from bot.services.ingest.poll import judging

    console = picky(world, lambda key, post: False)
    await a_day(world, 1, mode="every")
    await world.drain()
    console.refuses = richer_than(Form.PLAIN)
    changed = paper(1, title="Retitled", version=2, abstract="We present something else.")
    await world.store.put_papers([changed])
    await world.store.add_jobs([judging(changed, "plain")])
    await world.drain()
    assert "Retitled" in str(records(world.journal, "edit"))


async def test_a_post_that_is_refused_in_every_form_fails_and_its_day_says_so(world: World) -> None:
    picky(world, lambda key, post: key.kind is PostKind.CARD and key.subject.endswith("1"))
    await a_day(world, 3, mode="every", limit=50)
    await world.drain()
    (failed,) = await world.store.list_jobs((JobState.FAILED,))
    assert "too long" in failed.reason
    assert len(keys(world.journal)) == 2


async def test_a_post_that_was_refused_in_every_form_goes_out_whole_when_it_is_tried_again(world: World) -> None:
    console = picky(world, lambda key, post: key.kind is PostKind.CARD)
    await a_day(world, 1, mode="every", limit=50)
    await world.drain()
    (failed,) = await world.store.list_jobs((JobState.FAILED,))
    console.refuses = lambda key, post: False
    await world.store.retry_job(failed.id)
    await world.drain()
    assert console.tried[-1][1] is Form.RICH
    (card,) = records(world.journal)
    assert card["buttons"], "the least of a card has none"


# -- who is told


class Fussy(Stage):
    """A stage that refuses forms."""

    refuses: Refuses = staticmethod(lambda key, post: False)

    async def send(self, key: PostKey, post: Post, thread: PostRef | None) -> PostRef:
        if key.kind is not PostKind.NOTICE and self.refuses(key, post):
            raise FormRefused("The stage finds the post too long.")
        return await super().send(key, post, thread)


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    async with talking(tmp_path) as made:
        made.stage = Fussy()
        made.wire()
        yield made


async def a_followed_day(talk: Talk, numbers: Sequence[int]) -> None:
    await talk.announce(*numbers)
    await talk.say("follow add cs.AI lens=plain mode=top cards=1", who="dora")
    await talk.say("follow on cs.AI", who="dora")
    await talk.announce(*numbers)
    await talk.say("follow now cs.AI", who="dora")
    await talk.work()


async def test_who_follows_is_told_once_that_posts_come_in_a_plainer_form(talk: Talk) -> None:
    talk.stage.refuses = richer_than(Form.PLAIN)  # type: ignore[attr-defined]
    await a_followed_day(talk, range(1, 6))
    (told,) = talk.told("dora")
    assert "#main was refused in its usual form" in told


async def test_who_follows_is_told_once_a_day_of_what_stands_nowhere(talk: Talk) -> None:
    talk.stage.refuses = lambda key, post: key.kind is PostKind.OPENING  # type: ignore[attr-defined]
    await a_followed_day(talk, range(1, 6))
    lost = [one for one in talk.told("dora") if "could not be made there" in one]
    assert len(lost) == 1
    assert "too long" in lost[0]


@pytest.mark.parametrize("form", [Form.PLAIN, Form.BARE])
async def test_where_nobody_is_known_to_manage_the_place_who_runs_the_bot_is_told(talk: Talk, form: Form) -> None:
    async def nobody(place: Place) -> Sequence[Place]:
        return ()

    talk.stage.admins = nobody  # type: ignore[method-assign]
    talk.wire(operators=("stage:root",))
    talk.stage.refuses = richer_than(form)  # type: ignore[attr-defined]
    for number in (1, 2):
        await talk.know(number)
        await talk.say(f"share 2606.{number:05} discontinuity")
    (told,) = talk.told("root")
    assert "#main was refused in its usual form" in told


@pytest.mark.parametrize(("kind", "subject"), [(PostKind.ANSWER, "e99"), (PostKind.REPORT, "2026-W22")])
async def test_a_long_answer_or_report_that_is_refused_comes_in_several_texts(
    talk: Talk, kind: PostKind, subject: str
) -> None:
    from bot.core.jobs.job import NewJob
    from bot.core.posts.post_json import post_to_json

    talk.stage.refuses = lambda key, post: post.form < Form.TEXT  # type: ignore[attr-defined]
    lines = tuple(line(LineRole.PARAGRAPH, f"{number} " + "word " * 60) for number in range(12))
    key = PostKey(Place("stage", "main"), kind, subject, "")
    payload = {"post": post_to_json(Post(kind, "long", lines))}
    await talk.store.add_jobs([NewJob(Queue.DELIVER, str(key), payload, lane=str(key.place))])
    await talk.work()
    said = [one.text for posts in talk.stage.posts.values() for one in posts if one.kind is kind]
    assert [text.split()[0] for one in said for text in one.splitlines()] == [str(number) for number in range(12)]
    assert all(len(one) < 1800 for one in said)


async def test_who_follows_is_not_told_of_a_plainer_form_where_none_is_taken(talk: Talk) -> None:
    talk.stage.refuses = lambda key, post: True  # type: ignore[attr-defined]
    await a_followed_day(talk, range(1, 6))
    (told,) = talk.told("dora")
    assert "could not be made there" in told


# -- the forms themselves


def test_the_least_of_a_post_is_its_headline_and_title_and_is_short() -> None:
    post = Post(
        PostKind.CARD,
        "n" * 300,
        (line(LineRole.HEADLINE, "h " * 200), line(LineRole.TITLE, "t"), line(LineRole.PARAGRAPH, "p " * 500)),
    )
    made = least(post)
    assert [one.role for one in made.lines] == [LineRole.HEADLINE, LineRole.TITLE]
    assert max(len(one.text) for one in made.lines) <= 120
    assert made.buttons == ()


def test_pieces_keep_every_line_in_its_order() -> None:
    lines = [line(LineRole.ROW, "x" * (number * 13 % 90)) for number in range(50)]
    runs = pieces(lines, 300)
    assert [one for run in runs for one in run] == lines
    assert all(sum(len(one.text) for one in run) <= 300 for run in runs)
