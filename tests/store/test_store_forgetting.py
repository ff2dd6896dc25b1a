"""After each kind of forgetting no column of any table names who was forgotten; tables are found, not listed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import String, insert, select

from bot.core.commands.acts import Act, ActKind, ActLimits
from bot.core.commands.event import Actor, CommandEvent, Role, direct_community
from bot.core.commands.payer import mark
from bot.core.commands.people import AskedFor, AskLimits, Choice, Feedback, PlaceSettings
from bot.core.follows.edition import Disposition, EditionKey, EditionPlan, PlannedPost
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostKey, PostKind, PostRef
from bot.store.database.tables import calls, follows, metadata
from bot.store.people.forgetting import OF_ALL, struck_out
from bot.store.sql import SqlStore
from tests.store.making import LEASE, NOON, TUESDAY, announce, batch, judge_all

ONE = ArxivId("2606.00001")
PRIVACY = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
NUMBER, SERVER, CHANNEL = "111111111111111111", "222222222222222222", "333333333333333333"


@dataclass(frozen=True)
class Known:
    """Somebody about whom a row of every kind stands."""

    person: str
    place: Place
    community: str

    @property
    def asker(self) -> Actor:
        return Actor(self.person, self.place, self.community, Role.MEMBER)


def always(plan: EditionPlan) -> Callable[[object], EditionPlan]:
    return lambda _: plan


KINDS = {
    "a member of a Discord server": Known(f"discord:{NUMBER}", Place("discord", CHANNEL), f"discord:{SERVER}"),
    "a guest of a Slack workspace": Known("slack:T0A/U0GUEST", Place("slack", "T0A/C0ONE"), "slack:T0A"),
    "who follows in direct messages": Known(
        f"discord:{NUMBER}", Place.private(f"discord:{NUMBER}"), direct_community(f"discord:{NUMBER}")
    ),
}
OTHER = Known("slack:T0B/U0OTHER", Place("slack", "T0B/C0TWO"), "slack:T0B")


async def live(store: SqlStore, who: Known) -> None:
    """Everything that somebody can cause through the store's own doors: a follow, its day and posts, words, work."""
    event, name = str(who.place), f"f{who.person}"
    follow = Follow(f"f{len(name)}", who.place, ("cs.AI",), origin=Origin.COMMAND, by=who.person)
    await store.add_follow(replace(follow, community=who.community))
    await store.vote(who.place, who.community, who.person, ONE, "discontinuity", Choice.AGREE)
    await store.ask_for(AskedFor(event, who.asker, ONE, "discontinuity", TUESDAY), AskLimits(9, 9, 9, 9))
    await store.add_feedback(Feedback(event, who.person, who.place, f"I am {who.person}"))
    await store.put_place_settings(who.place, who.community, PlaceSettings(sharing=False))
    await store.close_place(who.place, f"{who.place} is closed", "Open it.")
    await store.count_act(Act(event, ActKind.PUBLIC, who.asker, TUESDAY), ActLimits(9, 9, 9))
    asked = CommandEvent(f"{event}|q", who.asker, "help")
    await store.add_jobs([NewJob(Queue.ANSWER, asked.key, asked.payload(), lane=f"asks {who.person}")])
    await store.post_now(follow, TUESDAY, NOON, ())
    for job in await store.claim(Queue.EDITION, 9, LEASE):
        key = EditionKey.parse(job.key)
        if key.follow == follow.name:
            card = PlannedPost(PostKey(who.place, PostKind.CARD, str(ONE), "discontinuity"), (ONE,))
            await store.close_edition(job, key, NOON, always(EditionPlan({ONE: Disposition.POSTED}, (card,))))
    for job in await store.claim(Queue.DELIVER, 9, LEASE):
        made = PostKey.parse(job.key)
        await store.finish_delivery(job, made, PostRef(made.place, "1"))


async def fill(store: SqlStore, who: Known) -> None:
    """In every table that is not of all a row whose every column of words names person, place and community."""
    async with store._database.write() as connection:
        for number, table in enumerate(metadata.sorted_tables, 1):
            if table in OF_ALL:
                continue
            row: dict[str, Any] = {}
            for column in table.c:
                kind = column.type.python_type
                if isinstance(column.type, String):
                    row[column.name] = f"{column.name} of {who.person} in {who.place}, {who.community}"
                elif column.primary_key or not column.nullable:
                    row[column.name] = kind(10_000 + number * 10 + len(who.person))
            row |= {"queue": Queue.JUDGE, "state": "done", "leased": False} if table.name == "jobs" else {}
            row |= {"body": json.dumps({"by": who.person})} if table is follows else {}
            await connection.execute(insert(table).values(**row))


async def naming(store: SqlStore, *names: str) -> dict[str, list[str]]:
    """Where names stand: by table, in columns of any type, and with the rows' words for who reads the failure."""
    found: dict[str, list[str]] = {}
    async with store._database.read() as connection:
        for table in metadata.sorted_tables:
            for row in (await connection.execute(select(table))).all():
                for column, value in row._mapping.items():
                    said = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    if any(name in said for name in names):
                        found.setdefault(table.name, []).append(f"{column}: {said[:200]}")
    return found


def names_of(who: Known, kind: str) -> tuple[str, ...]:
    bare = {"person": (NUMBER,), "place": (CHANNEL,), "community": (SERVER,)}[kind]
    name = {"person": who.person, "place": str(who.place), "community": who.community}[kind]
    return (name, *bare) if name.startswith("discord:") else (name,)


async def forget(store: SqlStore, who: Known, kind: str) -> None:
    if kind == "person":
        await store.forget_person(who.person)
    elif kind == "place":
        await store.forget_place(who.place)
    else:
        for place in await store.places_of(who.community):
            await store.forget_place(place)
        await store.forget_community(who.community)


@pytest.mark.parametrize("kind", ["person", "place", "community"])
@pytest.mark.parametrize("who", KINDS.values(), ids=KINDS)
async def test_no_column_of_any_table_names_who_was_forgotten(store: SqlStore, who: Known, kind: str) -> None:
    await announce(store, batch([1]))
    await judge_all(store)
    await live(store, OTHER)
    others = await naming(store, OTHER.person, str(OTHER.place))
    await live(store, who)
    assert len(await naming(store, *names_of(who, kind))) >= 4
    await forget(store, who, kind)
    assert await naming(store, *names_of(who, kind)) == {}
    assert await naming(store, OTHER.person, str(OTHER.place)) == others, "of others everything stands"


@pytest.mark.parametrize(
    ("person", "mention"),
    [
        (f"discord:{NUMBER}", f"<@{NUMBER}>"),
        (f"discord:{NUMBER}", f"<@!{NUMBER}>"),
        ("slack:T0A/U0GUEST", "<@U0GUEST>"),
        ("slack:T0A/U0GUEST", "<@U0GUEST|eve>"),
    ],
)
async def test_who_is_mentioned_in_words_of_others_is_struck_out_of_them(
    store: SqlStore, person: str, mention: str
) -> None:
    words = f"I agree with {mention}, and not with <@U0GUESTS>."
    await store.add_feedback(Feedback("said", OTHER.person, OTHER.place, words))
    await store.forget_person(person)
    ((_, left),) = [(item.person, item.words) for item in await store.feedback()]
    assert not any(part in left for part in (NUMBER, "U0GUEST>", "U0GUEST|", "eve"))
    assert left.startswith("I agree with ")
    assert left.endswith(", and not with <@U0GUESTS>."), "somebody else's stands"


@pytest.mark.parametrize("kind", ["person", "place"])
@pytest.mark.parametrize("who", KINDS.values(), ids=KINDS)
async def test_whatever_column_a_name_stands_in_it_is_found_there(store: SqlStore, who: Known, kind: str) -> None:
    await fill(store, who)
    name = names_of(who, kind)[0]
    assert len(await naming(store, name)) >= 20
    if kind == "person":
        async with store._database.write() as connection:
            await connection.execute(follows.delete())  # a follow that cannot be read is never there
        await store.forget_person(who.person)
    else:
        await store.forget_place(who.place)
    assert await naming(store, name) == {}


async def test_after_a_person_is_forgotten_their_direct_follow_posts_no_more(store: SqlStore) -> None:
    who = KINDS["who follows in direct messages"]
    await announce(store, batch([1]))
    await judge_all(store)
    await live(store, who)
    key = PostKey(who.place, PostKind.CARD, "2606.00002", "plain")
    await store.add_jobs([NewJob(Queue.DELIVER, str(key), {"papers": []}, lane=str(who.place))])
    await store.forget_person(who.person)
    assert await store.follows() == []
    assert await store.claim(Queue.DELIVER, 9, LEASE) == ()
    assert await store.claim(Queue.EDITION, 9, LEASE) == ()
    await announce(store, batch([2]), follows=())
    assert await store.claim(Queue.EDITION, 9, timedelta(seconds=1)) == ()


async def test_a_follow_of_a_channel_outlives_who_made_it(store: SqlStore) -> None:
    who = KINDS["a member of a Discord server"]
    await announce(store, batch([1]))
    await judge_all(store)
    await live(store, who)
    await store.forget_person(who.person)
    [left] = await store.follows()
    assert (left.place, left.by, left.community) == (who.place, "", who.community)


async def test_whose_share_a_call_was_is_forgotten_with_its_person(store: SqlStore) -> None:
    who = KINDS["a guest of a Slack workspace"]
    marks = {"community": mark(who.community), "person": mark(who.person)}
    row: dict[str, Any] = {one.name: one.type.python_type() for one in calls.c if not one.nullable and one.name != "id"}
    async with store._database.write() as connection:
        await connection.execute(insert(calls).values(**row | marks))
    await store.forget_person(who.person)
    assert await naming(store, mark(who.person)) == {}
    await store.forget_community(who.community)
    assert await naming(store, mark(who.community)) == {}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"by":"discord:12"}', '{"by":""}'),
        ('{"by":"discord:123"}', '{"by":"discord:123"}'),
        ("discord:12|card", "|card"),
        ("xdiscord:12", "xdiscord:12"),
        ('{"community":"discord:12"}', '{"community":"discord:12"}'),
    ],
)
def test_a_name_is_struck_out_where_it_stands_as_a_whole(text: str, left: str) -> None:
    assert struck_out(text, "discord:12") == left


async def test_every_column_in_which_a_person_stands_is_named_on_the_privacy_page(store: SqlStore) -> None:
    """Columns are found by what is in them after everything was done once, and by their names."""
    await announce(store, batch([1]))
    await judge_all(store)
    found = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if column.name in ("person", "alone")
    }
    for who in KINDS.values():
        await live(store, who)
        for table, columns in (await naming(store, who.person, str(Place.private(who.person)))).items():
            found |= {f"{table}.{said.partition(':')[0]}" for said in columns}
    assert sorted(column for column in found if f"`{column}`" not in PRIVACY) == []
