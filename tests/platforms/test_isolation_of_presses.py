"""Whatever a button, a choice or a form carries: a stranger who sends it sees and changes nothing of anybody else."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.commands.verbs import COMMANDS
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.platforms.discord.interactions.forms import FORMS, MARK
from bot.platforms.discord.posting.markup import CHOICE, TAG
from bot.store.sql import SqlStore
from tests.fakes.discord_bot import place_of
from tests.fakes.discord_server.interactions import COMPONENT, MODAL, Interaction
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, Message, User
from tests.platforms.presses import FOLLOW, PLACES_OWN, SECRETS, carried, presses, rows_of
from tests.platforms.test_discord_talk_whole import talking
from tests.platforms.test_discord_whole import own

pytest_plugins = ("tests.fakes.discord_fixtures",)

AT_ONCE = 8
WORK = (Queue.ANSWER, Queue.REMARK, Queue.DELIVER)


def test_every_verb_has_a_press_and_every_button_that_the_code_makes_is_one() -> None:
    known = presses(ArxivId("2606.00001"), "0" * 25, "1")
    assert sorted(known) == sorted(verb.name for verb in COMMANDS)
    made = list(carried())
    assert len(made) > 20
    for file, command in made:
        words = command.split()
        begun = [" ".join(words[:count]) for count in (2, 1) if len(words) >= count]
        assert [name for name in begun if name in known], f"{file}: {command}"


async def still(store: SqlStore) -> None:
    """Until all that somebody caused is worked on."""
    async with asyncio.timeout(60):
        for _ in range(2):
            for queue in WORK:
                while await store.list_jobs((JobState.OPEN,), queue):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)


def draft(place: Place, person: str, community: str) -> Follow:
    """A follow that nobody has turned on, with a word that nobody else may read."""
    return Follow(
        f"{FOLLOW}~draft",
        place,
        (FOLLOW,),
        lens="plain",
        require=(PLACES_OWN,),
        origin=Origin.COMMAND,
        is_draft=True,
        community=community,
        by=person,
    )


class OnDiscord:
    """Presses, choices and forms as Discord would tell of them, whatever they carry."""

    def __init__(self, fake: FakeDiscord, user: User, message: Message, channel: Channel) -> None:
        self._fake = fake
        self._user = user
        self._message = message
        self._channel = channel

    async def button(self, command: str) -> Interaction:
        data = {"component_type": 2, "custom_id": f"{TAG}||{command}"[:100], "id": 2}
        return await self._press(data, {"style": 2, "label": "Press"})

    async def choice(self, custom_id: str, value: str) -> Interaction:
        data = {"component_type": 3, "custom_id": custom_id, "values": [value], "id": 2}
        return await self._press(data, {"options": [{"label": value, "value": value}]})

    async def _press(self, data: dict[str, Any], look: dict[str, Any]) -> Interaction:
        """Discord sends the message along in which it stands."""
        part = {"type": data["component_type"], "custom_id": data["custom_id"], "id": 2, **look}
        self._message.components = [{"type": 1, "id": 1, "components": [part]}]
        return await self._send(data, COMPONENT)

    async def form(self, command: str, fields: Mapping[str, str]) -> Interaction:
        inputs = [{"type": 4, "custom_id": name, "value": value} for name, value in fields.items()]
        given = [{"type": 18, "component": one} for one in inputs]
        return await self._send({"custom_id": f"{MARK}|{command}"[:100], "components": given}, MODAL)

    async def _send(self, data: dict[str, Any], kind: int) -> Interaction:
        channel, name = self._channel, str(data["custom_id"])
        sent = await self._fake._send(kind, self._user, channel, name, data, source=self._message)
        return await sent.acknowledged(20)


def forms(paper: str) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """For each verb with a form: what its form carries, and what is filled in."""
    return {
        "feedback": ("feedback", {"words": "A word of mine."}),
        "dispute": (f"dispute {paper} plain", {"claim": "headline", "reason": "No."}),
        "ask": (f"ask paper={paper}", {"question": "Why?"}),
        "search": ("search", {"words": "cupboard"}),
    }


def test_every_form_of_discord_is_filled_in_below() -> None:
    assert set(forms("2606.00001")) == set(FORMS)


@pytest.mark.parametrize("is_neighbour", [True, False], ids=["another server", "another member"])
async def test_on_discord_a_stranger_sees_and_changes_nothing_of_anothers(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path, is_neighbour: bool
) -> None:
    ours, me = place_of(papers), f"discord:{ann.id}"
    whose = "" if is_neighbour else me
    async with talking(fake, guild, papers, tmp_path) as talk:
        store = talk.app.store
        assert isinstance(store, SqlStore)
        await store.add_follow(draft(ours, me, f"discord:{guild.id}"))
        opening, card = own(fake, papers)
        known, menu = [await store.post_at(ours, str(one.id)) for one in (card, opening)]
        assert known is not None
        assert menu is not None
        paper = known.key.subject
        await fake.press(ann, card, "Agree")
        await fake.slash(ann, papers, "feedback", words="The okapi is missing.")
        said: dict[str, Any] = {"claim": "headline", "reason": "The quagga is not named."}
        await fake.slash(ann, papers, "dispute", paper=paper, lens="plain", **said)
        await fake.slash(ann, papers, "ask", question="What of the gnu?", paper=paper)
        await still(store)
        there = fake.add_guild("Another") if is_neighbour else guild
        where = fake.add_channel(there, "elsewhere") if is_neighbour else papers
        eve = fake.add_user("eve")
        fake.join(there, eve)
        here = OnDiscord(fake, eve, fake.say(eve, where, "a message of theirs"), where)
        before, posts = await rows_of(store, ours, whose), len(own(fake, papers))
        follows = [one for one in await store.follows() if one.place == ours]
        assert {"votes", "feedback", "disputes", "requests"} <= set(before)
        told: dict[str, Interaction] = {}
        for verb, command in presses(ArxivId(paper), menu.key.digest, str(papers.id)).items():
            told[verb] = await here.button(command)
            if len(told) % AT_ONCE == 0:
                await still(store)
        told["choice"] = await here.choice(f"{TAG}|{menu.key.digest}|", "1")
        told["choice of a command"] = await here.choice(f"{CHOICE}|verdict|0", paper)
        for verb, (command, fields) in forms(paper).items():
            told[f"form of {verb}"] = await here.form(command, fields)
        await still(store)
        secrets = (*SECRETS, str(ann.id), *((PLACES_OWN, str(papers.id), guild.name) if is_neighbour else ()))
        for name, one in told.items():
            shown = f"{' '.join(one.texts)} {one.modal or ''}"
            assert shown.strip(), name
            assert not [word for word in secrets if word in shown], f"{name}: {shown}"
        assert await rows_of(store, ours, whose) == before
        assert [one for one in await store.follows() if one.place == ours] == follows
        if is_neighbour:
            assert len(own(fake, papers)) == posts, "nothing is said in the other server"
