"""Whole paths over Slack with the real services: from arXiv's feed and a typed command to the channel."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.post import Place, PostKind
from tests.fakes.slack_server import FakeSlack
from tests.fakes.slack_server.faults import drop_after, drop_before, hang
from tests.platforms.slack_bench import TEAM, TRANSPORTS, until
from tests.platforms.slack_whole import ALWAYS, follow, posted, whole


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
        await here.says("bob", "leaves out")
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
        await here.says("bob", "for the admins")
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
        await until(lambda: slack.seen("im:carol"), 60)
        assert "/invite @CopeCheck" in str(slack.seen("im:carol")[0].blocks)
        assert posted(slack, "C0PAPERS", "opening") == []
        await slack.invite_bot("papers")
        await until(lambda: posted(slack, "C0PAPERS", "list"), 30)
        assert len(slack.seen("im:carol")) == 1


async def test_t22_a_verdict_that_fails_is_told_in_words_and_without_anything_from_inside(tmp_path: Path) -> None:
    async with whole(tmp_path, "socket") as here:

        async def fails(*_: Any, **__: Any) -> None:
            raise RuntimeError("sk-secret-key of org-7")

        here.app.store.place_settings = fails  # type: ignore[method-assign,assignment]
        id_ = next(iter(here.arxiv.papers))
        await here.slack.slash("bob", "papers", "/copecheck", f"verdict {id_} plain")
        told = await here.says("bob", "Something went wrong inside")
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


async def test_a_slack_that_hangs_does_not_delay_the_console_by_a_second(tmp_path: Path) -> None:
    """The same day on the console, alone and beside a Slack that answers nothing."""
    took: list[float] = []
    for number, hangs in enumerate((False, True)):
        folder = tmp_path / str(number)
        folder.mkdir()
        slack = FakeSlack()
        follows: Sequence[dict[str, Any]] = [
            {"name": "console", "place": "console:main", "categories": ["cs.AI"], **ALWAYS},
            *([follow("slack", "C0PAPERS")] if hangs else []),
        ]
        if hangs:
            slack.wire.sometimes("*", hang(), 1.0)
        async with whole(folder, "socket", slack=slack, follows=follows, listens=not hangs) as here:
            began = time.monotonic()
            await until(lambda: _has_list(here.folder / "posts.jsonl"), 60)
            took.append(time.monotonic() - began)
            if hangs:
                assert slack.web_api.calls
                assert slack.journal.keys == {}
    alone, beside = took
    assert beside < alone + 1.0


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
        await here.says("bob", "leaves out")
        assert slack.seen("papers") == []
        assert PostKind.ANSWER not in {one.split("|")[1] for one in slack.journal.keys}
