"""What people write on Slack reaches an inbox that hears: once, as one remark, with its edits and deletions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.paper import ArxivId
from bot.core.post import PostRef
from bot.core.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.talk import Asking, Talk
from bot.lenses.load import load_lenses
from bot.platforms.slack.client import Identity
from bot.platforms.slack.http import is_signed
from bot.platforms.slack.remarks import deleted_of, edited_of
from bot.services.inbox import StoredInbox
from bot.services.scheduler import Bell
from tests.fakes.slack_server.http_events import signature
from tests.platforms.slack_bench import ALICE, PAPERS, TEAM, TRANSPORTS, Bench, bench, key_of, post_of


class Ear(StoredInbox):
    """An inbox that hears, and keeps each remark once, as the true one does."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.store, Bell(), load_lenses(None))
        self.heard: dict[str, Remark] = {}
        self.changes: list[RemarkEdited] = []
        self.gone: list[RemarkDeleted] = []

    async def hear(self, remark: Remark) -> bool:
        if not remark.is_addressed and not await self._is_in(Asking(remark)):
            return False
        is_new = remark.key not in self.heard
        assert self.heard.setdefault(remark.key, remark) == remark
        return is_new

    async def edited(self, change: RemarkEdited) -> None:
        self.changes.append(change)

    async def deleted(self, gone: RemarkDeleted) -> None:
        self.gone.append(gone)

    @property
    def one(self) -> Remark:
        (remark,) = self.heard.values()
        return remark


@pytest.fixture(params=TRANSPORTS)
async def here(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bench, Ear]]:
    async with bench(tmp_path, request.param) as made:
        ear = Ear(made)
        made.inbox = ear
        made.slack.limits.post_burst = 100
        await made.listen()
        yield made, ear


async def test_t18_a_question_by_name_is_one_remark_of_two_events(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    bench.slack.courier.copies = 2
    said = await bench.slack.mention("bob", "papers", "why is that?")
    await bench.slack.courier.idle()
    remark = ear.one
    assert (remark.words, remark.is_addressed, remark.thread) == ("why is that?", True, None)
    assert remark.ref == PostRef(PAPERS, said.message.ts)
    assert remark.id == f"{TEAM}/C0PAPERS/{said.message.ts}"
    assert await bench.asked() == []


async def test_a_command_by_name_stays_a_command(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    await bench.slack.mention("bob", "papers", "recent")
    assert ear.heard == {}
    assert (await bench.one()).text == "recent"


async def test_what_is_said_where_we_talk_is_heard_and_elsewhere_not(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    card = await bench.platform.send(key_of("1"), post_of(), None)
    other = await bench.slack.remark("carol", "papers", "something else")
    await bench.slack.remark("bob", "papers", "not for us", thread=other.message.ts)
    await bench.store.put_talk(Talk(PAPERS, card.id, f"slack:{TEAM}", ArxivId("2611.01234"), "plain"))
    said = await bench.slack.remark("bob", "papers", "I doubt it", thread=card.id)
    remark = ear.one
    assert (remark.words, remark.is_addressed, remark.thread) == ("I doubt it", False, PostRef(PAPERS, card.id))
    assert remark.ref == PostRef(PAPERS, said.message.ts, card.id)


async def test_direct_messages_are_private_remarks(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    await bench.slack.remark("alice", "im", "what is a lens?")
    assert (ear.one.is_private, ear.one.is_addressed, ear.one.asker.place) == (True, True, ALICE)


async def test_edits_and_deletions_have_the_remarks_key_and_own_posts_none(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    card = await bench.platform.send(key_of("1"), post_of(), None)
    await bench.platform.edit(card, key_of("1"), post_of("Changed"))
    said = await bench.slack.mention("bob", "papers", "why?")
    await bench.slack.edit_remark(said.message, "<@U0COPECHECK> how?")
    await bench.slack.delete_remark(said.message)
    await bench.slack.courier.idle()
    assert [(one.key, one.words) for one in ear.changes] == [(ear.one.key, "how?")]
    assert [one.key for one in ear.gone] == [ear.one.key]


async def test_other_bots_are_not_heard(here: tuple[Bench, Ear]) -> None:
    bench, ear = here
    await bench.slack.remark_of_a_bot("papers", "<@U0COPECHECK> why?")
    assert ear.heard == {}


def test_a_signature_counts_for_five_minutes() -> None:
    headers = {"X-Slack-Request-Timestamp": "1000", "X-Slack-Signature": signature("s", "1000", "body")}
    assert is_signed("s", headers, b"body", 1200)
    assert not is_signed("s", headers, b"body", 1301)
    assert not is_signed("s", headers, b"body", 699)
    assert not is_signed("other", headers, b"body", 1000)


def test_the_stone_that_slack_leaves_under_a_thread_is_a_deletion_and_no_new_question() -> None:
    who = Identity("T1", "Team", "https://x.slack.example/", "U0COPECHECK", "B0", frozenset())
    before = {"type": "message", "user": "U0BOB", "ts": "17.5", "text": "<@U0COPECHECK> who pays?"}
    stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True, "ts": "17.5"}
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "message": stone | {"text": "This message was deleted."},
        "previous_message": before,
    }
    assert edited_of(who, event) is None
    gone = deleted_of(who, event)
    assert gone is not None
    assert gone.id == "T1/C1/17.5"
