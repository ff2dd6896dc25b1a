"""Whole paths over Slack with the real services: from arXiv's feed and a typed command to the channel."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.follows.edition import Stands
from bot.core.posts.post import Place, PostKind
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_server.faults import drop_after, drop_before, hang, refused
from tests.fakes.slack_server.server import Dislikes
from tests.platforms.slack_bench import TEAM, TRANSPORTS, until
from tests.platforms.slack_whole import ALWAYS, Whole, follow, posted, whole


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_day_is_posted_to_two_channels_with_its_list_in_the_thread(tmp_path: Path, transport: str) -> None:
    slack = FakeSlack()
    slack.wire.will("chat.postMessage", drop_after(), drop_before())
    follows = [follow("one", "C0PAPERS", cards=2), follow("two", "C0GENERAL", cards=3)]
    async with whole(tmp_path, transport, slack=slack, follows=follows):
        for channel, cards in (("C0PAPERS", 2), ("C0GENERAL", 3)):
            await until(lambda: posted(slack, channel, "list") and len(posted(slack, channel, "card")) == cards, 60)  # noqa: B023
            (opening,) = posted(slack, channel, "opening")
            assert {one["thread_ts"] for one in posted(slack, channel, "list")} == {opening["ts"]}
            assert {one["thread_ts"] for one in posted(slack, channel, "card")} == {None}
        assert max(slack.journal.keys.values()) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_verdict_is_answered_from_the_receipt_to_the_card_and_shared_once(
    tmp_path: Path, transport: str
) -> None:
    async with whole(tmp_path, transport) as here:
        id_ = next(iter(here.arxiv.papers))
        delivery = await here.slack.slash("bob", "papers", "/copecheck", f"verdict {id_} plain")
        assert delivery.waited is not None
        await here.says("bob", id_)
        await here.says("bob", "It tests.")
        assert here.slack.shown_to("alice") == []
        assert here.slack.seen("papers") == []
        card = here.slack.shown_to("bob")[-1]
        for _ in range(2):
            await here.press(card, "Share", "bob")
        await until(lambda: here.slack.seen("papers"))
        (shared,) = here.slack.seen("papers")
        await here.press(shared, "Agree", "carol")
        await here.says("carol", "1 agrees")
        await here.press(shared, "Full analysis", "carol")
        await until(lambda: "First line" in str([one.blocks for one in here.slack.views.opened_by("U0CAROL")])
                    or "FIRST LINE" in str([one.blocks for one in here.slack.views.opened_by("U0CAROL")]))  # fmt: skip
        assert len(here.slack.seen("papers")) == 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_follow_add_says_what_is_missing_then_shows_a_preview_and_goes_on(tmp_path: Path, transport: str) -> None:
    async with whole(tmp_path, transport) as here:
        here.slack.world.add_channel("C0OUTSIDE", "outside", with_bot=False)
        add = "follow add cs.AI lens=plain hour=00:00 days=mon-sun channel=<#C0OUTSIDE|outside>"
        await here.slack.slash("bob", "papers", "/copecheck", add)
        await here.says("bob", "for who manages this channel")
        await here.slack.slash("alice", "papers", "/copecheck", add)
        await here.says("alice", "/invite @CopeCheck")
        assert await here.app.store.follows() == []
        await here.slack.invite_bot("outside")
        await here.slack.slash("alice", "outside", "/copecheck", "follow add cs.AI lens=plain hour=00:00 days=mon-sun")
        await here.says("alice", "follow on cs.AI", within=40)
        preview = here.slack.shown_to("alice")[-1]
        await here.press(preview, "Turn it on", "alice")
        await here.says("alice", "is on. It starts with the next announcement")
        (made,) = await here.app.store.follows()
        assert (made.is_on, str(made.place)) == (True, f"slack:{TEAM}/C0OUTSIDE")


async def test_a_channel_that_lost_us_is_told_once_and_goes_on_when_we_are_invited_again(tmp_path: Path) -> None:
    slack = FakeSlack()
    slack.world.channel("papers").members.discard("U0COPECHECK")
    async with whole(tmp_path, "socket", slack=slack, follows=[follow("one", "C0PAPERS")]):
        await until(lambda: slack.seen("im:carol"))
        assert "/invite @CopeCheck" in str(slack.seen("im:carol")[0].blocks)
        assert posted(slack, "C0PAPERS", "opening") == []
        await slack.invite_bot("papers")
        await until(lambda: posted(slack, "C0PAPERS", "list"))
        assert len(slack.seen("im:carol")) == 1


async def test_t22_a_verdict_that_fails_is_told_in_words_and_without_anything_from_inside(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket") as here:

        async def fails(*_: Any, **__: Any) -> None:
            raise RuntimeError("sk-secret-key of org-7")

        here.app.store.place_settings = fails  # type: ignore[method-assign,assignment]
        id_ = next(iter(here.arxiv.papers))
        await here.slack.slash("bob", "papers", "/copecheck", f"verdict {id_} plain")
        told = await here.says("bob", "Something went wrong in the bot")
        assert "secret" not in told
        assert "org-7" not in told


async def test_t22_settings_of_one_workspace_do_not_touch_another(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket") as here:
        await here.slack.slash("alice", "papers", "/copecheck", "sharing off")
        await here.says("alice", "Sharing is off")
        here_too = Place("slack", f"{TEAM}/C0PAPERS")
        elsewhere = Place("slack", "T0ANOTHER/C0PAPERS")
        assert (await here.app.store.place_settings(here_too)).sharing is False
        assert (await here.app.store.place_settings(elsewhere)).sharing is True


async def test_a_slack_that_hangs_does_not_delay_the_console_by_a_second(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The same day on the console, alone and beside a Slack that answers nothing; a busy machine has three tries."""
    delays: list[float] = []
    while len(delays) < 3 and not (delays and delays[-1] < 1.0):
        alone = await _seconds_to_a_list(tmp_path_factory.mktemp("alone"), hangs=False)
        delays.append(await _seconds_to_a_list(tmp_path_factory.mktemp("beside"), hangs=True) - alone)
    assert min(delays) < 1.0


async def _seconds_to_a_list(folder: Path, *, hangs: bool) -> float:
    """How long the console's day takes until its list stands."""
    slack = FakeSlack()
    follows: Sequence[dict[str, Any]] = [
        {"name": "console", "place": "console:main", "categories": ["cs.AI"], **ALWAYS},
        *([follow("slack", "C0PAPERS")] if hangs else []),
    ]
    if hangs:
        slack.wire.sometimes("*", hang(), 1.0)
    async with whole(folder, "socket", slack=slack, follows=follows, listens=not hangs) as here:
        began = time.monotonic()
        await until(lambda: _has_list(here.folder / "posts.jsonl"))
        took = time.monotonic() - began
        if hangs:
            assert slack.web_api.calls
            assert slack.journal.keys == {}
    return took


def _has_list(journal: Path) -> bool:
    return journal.exists() and "|list|" in journal.read_text(encoding="utf-8")


async def test_t23_a_late_answer_does_not_become_public(tmp_path: Path) -> None:
    """Slack has private ways without an end, so that no answer of it becomes a post in the channel."""
    async with whole(tmp_path, "socket") as here:
        id_ = next(iter(here.arxiv.papers))
        slack = here.slack
        slack.limits.is_on = True
        slack.limits.waits = replace(slack.limits.waits, response_url=0.0)
        await slack.slash("bob", "papers", "/copecheck", f"verdict {id_} plain")
        await here.says("bob", "It tests.")
        assert slack.seen("papers") == []
        assert PostKind.ANSWER not in {one.split("|")[1] for one in slack.journal.keys}


@pytest.mark.parametrize("refusals", [1, 2, 3])
async def test_a_list_goes_out_under_an_opening_line_that_was_too_long(tmp_path: Path, refusals: int) -> None:
    slack = FakeSlack()
    slack.wire.will("chat.postMessage", *[refused("msg_blocks_too_long")] * refusals)
    async with whole(tmp_path, "socket", slack=slack, follows=[follow("one", "C0PAPERS", cards=2)]) as here:
        await until(lambda: posted(slack, "C0PAPERS", "list") and len(posted(slack, "C0PAPERS", "card")) == 2)
        tops = [one for one in slack.journal.of("posted", channel="C0PAPERS") if one["thread_ts"] is None]
        (opening,) = [
            one for one in tops if "|card|" not in (one["key"] or "")
        ]  # barest, it has its key's digest alone
        assert {one["thread_ts"] for one in posted(slack, "C0PAPERS", "list")} == {opening["ts"]}
        assert max(slack.journal.keys.values()) == 1
        await until_stands(here, Stands(posted=2, listed=10))
        await here.slack.slash("alice", "papers", "/copecheck", "status")
        await here.says("alice", "2 posted, 10 listed")


def blocks_of(args: dict[str, Any]) -> str:
    """A message's blocks as text; empty when it has none."""
    return json.dumps(args.get("blocks") or [])[2:]


def kind_of(args: dict[str, Any]) -> str:
    """The kind of a post by its key; empty where it carries none."""
    told = (args.get("metadata") or {}).get("event_payload", {})
    return str(told.get("key", "||").split("|")[1])


# What a Slack finds wrong, and with what: whatever it is, the day stands.
TASTES: dict[str, Dislikes] = {
    "no blocks at all": lambda method, args: "invalid_blocks" if blocks_of(args) else "",
    "no buttons": lambda method, args: "invalid_blocks_format" if '"actions"' in blocks_of(args) else "",
    "no long text": lambda method, args: "msg_too_long" if blocks_of(args) or len(args.get("text", "")) > 320 else "",
    "no digest": lambda method, args: "invalid_arguments" if kind_of(args) == "digest" else "",
    "no list": lambda method, args: "msg_blocks_too_long" if kind_of(args) == "list" else "",
}


@pytest.mark.parametrize("mode", ["top", "digest"])
@pytest.mark.parametrize("taste", TASTES)
async def test_a_day_stands_whatever_form_slack_refuses(tmp_path: Path, taste: str, mode: str) -> None:
    slack = FakeSlack()
    slack.dislikes = TASTES[taste]
    async with whole(tmp_path, "socket", slack=slack, follows=[follow("one", "C0PAPERS", cards=2, mode=mode)]) as here:
        async with asyncio.timeout(60):
            while [one.stands.waiting if one.stands else 1 for one in await here.app.store.editions()] != [0]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        (edition,) = await here.app.store.editions()
        assert edition.stands is not None
        assert edition.stands.nowhere == edition.stands.by_search == 0
        shown = str([message.body for message in slack.seen("papers")])
        assert [str(one) for one in here.arxiv.papers if str(one) not in shown] == []
        assert max(slack.journal.keys.values()) == 1
        slack.dislikes = lambda method, args: ""
        await here.slack.slash("alice", "papers", "/copecheck", "status")
        await here.says("alice", f"{edition.stands.posted} posted, {edition.stands.listed} listed")


@pytest.mark.parametrize("error", ["external_channel_migrating", "no_permission"])
async def test_what_is_refused_for_no_form_waits_and_goes_out_as_it_is(tmp_path: Path, error: str) -> None:
    slack = FakeSlack()
    slack.dislikes = lambda method, args: error if kind_of(args) not in ("", "notice") else ""
    async with whole(tmp_path, "socket", slack=slack, follows=[follow("one", "C0PAPERS", cards=2)]) as here:
        await until(lambda: slack.web_api.of("chat.postMessage"))
        await here.slack.slash("alice", "papers", "/copecheck", "status")
        await here.says("alice", "0 posted, 0 listed, 12 waiting to be posted")
        slack.dislikes = lambda method, args: ""
        await here.app.inbox.mended(Place("slack", f"{TEAM}/C0PAPERS"))
        await until_stands(here, Stands(posted=2, listed=10))
        assert "plainer" not in str([one.body for one in slack.seen("im:carol")])
        (opening,) = posted(slack, "C0PAPERS", "opening")
        assert "blocks" in str(slack.world.channel("papers").message(opening["ts"]))


async def test_an_answer_that_is_too_long_in_every_form_is_given_in_its_least(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket") as here:
        here.slack.dislikes = TASTES["no long text"]
        await here.slack.slash("bob", "papers", "/copecheck", f"verdict {next(iter(here.arxiv.papers))} plain")
        await until(lambda: "Cupboard" in str([one.body for one in here.slack.shown_to("bob")]))


async def until_stands(here: Whole, wanted: Stands) -> None:
    """Wait until that stands of the one edition there is."""
    async with asyncio.timeout(60):
        while [one.stands for one in await here.app.store.editions()] != [wanted]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
