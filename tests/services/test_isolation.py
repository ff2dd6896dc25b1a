"""Person, place and community against every verb: what one did is neither shown to others nor changed by them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.core.commands.event import Role
from bot.core.commands.verbs import COMMANDS
from bot.core.posts.post import Place
from bot.store.database.tables import disputes, feedback, follows, places, requests, talks, turns, votes
from tests.services.talk import Talk, talking

OURS, THEIRS = Place("stage", "secret-room"), Place("stage", "elsewhere")
SECRETS = ("secret-room", "zebra", "quagga", "okapi", "stage:ann", "@ann")
OF_PLACES = (votes, requests, feedback, follows, places, turns, talks, disputes)
BY_HAND = {
    "verdict": "verdict 2606.00001",
    "ask": "ask What was tested? paper=2606.00001",
    "dispute": "dispute 2606.00001 discontinuity headline It is not so.",
    "search": "search system",
    "report": "report",
    "follow edit": "follow edit cs.AI cards=1",
    "follow pause": "follow pause cs.AI",
    "follow on": "follow on cs.AI",
    "follow mute": "follow mute cs.AI",
    "follow fewer": "follow fewer cs.AI",
    "follow preview": "follow preview cs.AI",
    "follow now": "follow now cs.AI",
    "follow remove": "follow remove cs.AI",
    "stop": "stop",
}
HIDDEN = {
    "analysis": "analysis 2606.00001 discontinuity",
    "agree": "agree 2606.00001 discontinuity",
    "disagree": "disagree 2606.00001 discontinuity",
    "discuss": "discuss 2606.00001 discontinuity",
    "steelman": "steelman 2606.00001 discontinuity",
    "changes": "changes 2606.00001 discontinuity",
    "share": "share 2606.00001 discontinuity",
}


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """One community that has done everything that leaves a trace."""
    async with talking(tmp_path) as made:
        await made.know(1)
        for words in (
            "follow add cs.AI lens=plain require=zebra",
            "follow on cs.AI",
            "share 2606.00001 discontinuity",
            "agree 2606.00001 discontinuity",
            "ask What of the zebra? paper=2606.00001",
            "dispute 2606.00001 discontinuity headline The quagga is not named.",
            "feedback The okapi is missing.",
        ):
            await made.say(words, place=OURS, community="ours")
        yield made


async def ours(talk: Talk) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of our place, and of those who wrote it."""
    found = {}
    async with talk.store._database.read() as connection:
        for table in OF_PLACES:
            rows = (await connection.execute(select(table).where(table.c.place == str(OURS)))).all()
            found[table.name] = [tuple(row) for row in rows]
    return found


@pytest.mark.parametrize("verb", [verb.name for verb in COMMANDS])
async def test_nothing_of_another_community_is_shown_or_changed(talk: Talk, verb: str) -> None:
    text = BY_HAND.get(verb) or HIDDEN.get(verb) or next(one.example for one in COMMANDS if one.name == verb)
    before = await ours(talk)
    assert all(before[name] for name in ("votes", "feedback", "follows", "disputes", "requests"))
    for who, standing in (("eve", Role.MEMBER), ("root of theirs", Role.ADMIN)):
        posts = await talk.say(text, who=who.split()[0], place=THEIRS, community="theirs", standing=standing)
        assert posts, verb
        told = " ".join(post.text for post in posts)
        assert not [secret for secret in SECRETS if secret in told], f"{verb}: {told}"
    own = [post.text for key, sent in talk.stage.posts.items() if key.startswith(f"{THEIRS}|") for post in sent]
    assert not [secret for secret in SECRETS if secret in " ".join(own)], verb
    assert await ours(talk) == before, verb


async def test_what_is_completed_and_what_the_home_shows_is_of_ones_own_place(talk: Talk) -> None:
    home = await talk.inbox.home([THEIRS])
    assert not home.follows
    assert not home.recent
    found = await talk.inbox.follows([THEIRS])
    assert found == []
    asker = talk.asked("help", who="eve", place=THEIRS, community="theirs").asker
    for verb in COMMANDS:
        for option in verb.options:
            pairs = await talk.inbox.suggest(asker, option, "")
            assert not [pair for pair in pairs for secret in SECRETS if secret in " ".join(pair)], option.name


async def test_in_one_place_a_person_changes_nothing_of_another_person(talk: Talk) -> None:
    await talk.say("disagree 2606.00001 discontinuity", who="eve", place=OURS, community="ours")
    rows = (await ours(talk))["votes"]
    assert sorted(row[3] for row in rows) == ["stage:ann", "stage:eve"]
    told = await talk.last("recent", who="eve", place=OURS, community="ours")
    assert "stage:ann" not in told
