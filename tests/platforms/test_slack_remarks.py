"""What people write on Slack reaches an inbox that hears: once, as one remark, with its edits and deletions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.discussion.transcript import QuestionJob, Talk
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place, PostRef
from bot.lenses.load import load_lenses
from bot.platforms.slack.api.client import Identity
from bot.platforms.slack.events.http import is_signed
from bot.platforms.slack.events.remarks import deleted_of, edited_of, remark_of
from bot.services.runtime.inbox import StoredInbox
from bot.services.runtime.scheduler import JobSignal
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_server.http_events import signature
from tests.platforms.slack_bench import ALICE, PAPERS, TEAM, TRANSPORTS, Bench, bench, key_of, post_of

WHO = Identity(TEAM, "Town", "https://town.slack.com/", "U0COPECHECK", "B0COPECHECK", frozenset())


class Ear(StoredInbox):
    """An inbox that hears, and keeps each remark once, as the true one does."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.store, JobSignal(), load_lenses(None), SystemClock(), has_model=True)
        self.heard: dict[str, Remark] = {}
        self.changes: list[RemarkEdited] = []
        self.gone: list[RemarkDeleted] = []

    async def hear(self, remark: Remark) -> bool:
        if not remark.is_addressed and not await self._is_in(QuestionJob(remark)):
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


@pytest.mark.parametrize(
    ("subtype", "is_said"),
    [
        ("thread_broadcast", True),
        ("file_share", True),
        ("me_message", True),
        ("channel_join", False),
        ("channel_topic", False),
        ("channel_name", False),
        ("pinned_item", False),
        ("reminder_add", False),
        ("bot_message", False),
        ("message_changed", False),
        ("tombstone", False),
    ],
)
def test_only_what_a_person_says_is_a_remark(subtype: str, is_said: bool) -> None:
    event = {"type": "message", "channel": "C1", "user": "U5", "ts": "1.0", "text": "A better name", "subtype": subtype}
    remark = remark_of(WHO, event | {"thread_ts": "0.5"})
    assert (remark is not None) is is_said
    changed = {"type": "message", "subtype": "message_changed", "channel": "C1"}
    change = edited_of(WHO, changed | {"message": event, "previous_message": event | {"text": "A name"}})
    assert (change is not None) is is_said


def test_what_is_shared_without_a_word_is_what_is_said() -> None:
    shared = {"is_share": True, "text": "Read <https://arxiv.org/abs/2609.00001> please"}
    preview = {"text": "A page about shelves", "from_url": "https://example.org"}
    event = {"type": "message", "channel": "D1", "user": "U5", "ts": "1.0", "text": ""}
    remark = remark_of(WHO, event | {"attachments": [preview, shared]})
    assert remark is not None
    assert remark.words == "Read https://arxiv.org/abs/2609.00001 please"


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


@pytest.mark.parametrize("missing", ["channels:history", "groups:history", "im:history", ""])
async def test_what_is_written_is_said_to_be_read_only_where_the_scopes_let_it_reach_us(
    tmp_path: Path, missing: str
) -> None:
    slack = FakeSlack()
    slack.world.add_channel("C0BOARD", "board", kind="group")
    slack.bot_token.scopes.discard(missing)
    places = {"channels:history": PAPERS, "groups:history": Place("slack", f"{TEAM}/C0BOARD"), "im:history": ALICE}
    async with bench(tmp_path, "", slack=slack) as made:
        reads = {scope: await made.platform.reads_along(place) for scope, place in places.items()}
        assert not await made.platform.reads_along(Place("slack", f"{TEAM}/C0GONE"))
    assert reads == {scope: scope != missing for scope in places}
