"""Whatever a press or a form on Slack carries: another workspace, and another person, change nothing of ours."""

import asyncio
import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.core.commands.verbs import COMMANDS
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import JobState, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.platforms.slack.events.events import SHORTCUT
from bot.platforms.slack.forms import forms
from bot.platforms.slack.forms.views import Purpose
from bot.store.sql import SqlStore
from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.views import keep
from tests.platforms.presses import FOLLOW, PLACES_OWN, SECRETS, presses, rows_of
from tests.platforms.slack_bench import PAPERS, TEAM, Bench, bench, until
from tests.platforms.slack_whole import Whole, follow, posted, whole
from tests.platforms.test_slack_ownership import _press, _rows, of_an_organisation, of_another

PAPER = ArxivId("2606.00001")
AT_ONCE = 6


def views(place: str) -> Mapping[str, dict[str, Any]]:
    """Every form that the code makes, by the function that makes it."""
    return {
        "feedback_view": forms.feedback_view(place),
        "search_view": forms.search_view({"since": "2026-06-01"}, place),
        "dispute_view": forms.dispute_view(str(PAPER), "plain", place, {"headline": "It sorts letters."}),
        "chooser_view": forms.chooser_view([PAPER], ["plain"], place, {}),
        "follow_view": forms.follow_view(Follow(FOLLOW, PAPERS, (FOLLOW,), lens="plain"), ["plain"], place),
    }


def test_every_form_of_slack_is_sent_below() -> None:
    made = {name for name in vars(forms) if name.endswith("_view")}
    assert made == set(views(str(PAPERS)))


@pytest.mark.parametrize("moved", [of_another, of_an_organisation])
async def test_of_another_workspace_no_press_and_no_form_of_any_kind_stores_or_asks_anything(
    tmp_path: Path, moved: Any
) -> None:
    async with bench(tmp_path, "http") as here:
        here.slack.limits.post_burst = 100
        await here.listen()
        sent = [*await _pressed(here), *_submitted(here)]
        assert len(sent) == len(COMMANDS) + len(views(""))
        before, calls = await _rows(here), len(here.slack.web_api.calls)
        for payload in sent:
            assert (await here.slack.courier.deliver("interactive", moved(payload))).acknowledged
        await here.slack.courier.idle()
        assert await _rows(here) == before
        assert [one.method for one in here.slack.web_api.calls[calls:]] == []


async def _pressed(here: Bench) -> list[dict[str, Any]]:
    """A press of every command."""
    _, payload = await _press(here)
    made = []
    for command in presses(PAPER, "0" * 25, "C0PAPERS").values():
        one = copy.deepcopy(payload)
        one["actions"][0]["value"] = command
        made.append(one)
    await here.slack.courier.idle()
    return made


def _submitted(here: Bench) -> list[dict[str, Any]]:
    return [
        payloads.view_submission(here.slack, keep(here.slack, view, "U0BOB"), {})
        for view in views(str(PAPERS)).values()
    ]


async def still(store: SqlStore) -> None:
    """Until all that somebody caused is worked on."""
    async with asyncio.timeout(90):
        for _ in range(2):
            for queue in (Queue.ANSWER, Queue.REMARK, Queue.DELIVER):
                while await store.list_jobs((JobState.OPEN,), queue):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            await asyncio.sleep(0.1)


async def prepared(here: Whole) -> str:
    """Alice follows, votes, objects and writes in #papers; the digest of the day's menu there."""
    store = here.app.store
    assert isinstance(store, SqlStore)
    await until(lambda: posted(here.slack, "C0PAPERS", "opening"))
    await until(lambda: posted(here.slack, "C0PAPERS", "card"))
    more: dict[str, Any] = {
        "require": (PLACES_OWN,),
        "origin": Origin.COMMAND,
        "is_draft": True,
        "community": f"slack:{TEAM}",
    }
    draft = Follow(f"{FOLLOW}~draft", PAPERS, (FOLLOW,), lens="plain", by=f"slack:{TEAM}/U0ALICE", **more)
    await store.add_follow(draft)
    for words in (
        f"agree {PAPER} plain",
        "feedback The okapi is missing.",
        f"dispute {PAPER} plain headline The quagga is not named.",
    ):
        await here.slack.slash("alice", "papers", "/copecheck", words)
    await still(store)
    (opening,) = posted(here.slack, "C0PAPERS", "opening")
    found = await store.post_at(PAPERS, str(opening["ts"]))
    assert found is not None
    return found.key.digest


async def test_in_a_workspace_another_person_sees_and_changes_nothing_of_anothers_nor_of_a_channel_by_a_forged_form(
    tmp_path: Path,
) -> None:
    async with whole(tmp_path, "socket", follows=[follow("f", "C0PAPERS", mode="top", cards=1)]) as here:
        digest, store = await prepared(here), here.app.store
        assert isinstance(store, SqlStore)
        alice = f"slack:{TEAM}/U0ALICE"
        before = await rows_of(store, PAPERS, alice)
        assert {"feedback", "disputes"} <= set(before)
        follows, standing = await store.follows(), len(here.slack.journal.of("posted", channel="C0PAPERS"))
        said = await here.slack.remark("bob", "general", f"see https://arxiv.org/abs/{PAPER}")
        button = {"type": "button", "action_id": "cc1.1", "text": {"type": "plain_text", "text": "Press"}}
        for number, command in enumerate(presses(PAPER, digest, "C0PAPERS").values(), 1):
            action = {**button, "block_id": "b", "value": command}
            payload = payloads.block_actions(here.slack, "U0BOB", said.message, action)
            assert (await here.slack.courier.deliver("interactive", payload)).acknowledged
            if number % AT_ONCE == 0:
                await still(store)
        for verb in ("follow edit", "follow add"):
            view = forms.follow_view(Follow(FOLLOW, PAPERS, (FOLLOW,), lens="plain"), ["plain"], str(PAPERS))
            forged = view | {"private_metadata": str(Purpose(verb, {"name": FOLLOW}, str(PAPERS)))}
            payload = payloads.view_submission(here.slack, keep(here.slack, forged, "U0BOB"), {"cards": "1"})
            assert (await here.slack.courier.deliver("interactive", payload)).acknowledged
        assert (await here.slack.message_shortcut("bob", said.message, SHORTCUT)).acknowledged
        await still(store)
        shown = here.shown("bob")
        assert shown.strip("[]")
        assert not [word for word in SECRETS if word in shown], shown
        assert "U0ALICE" not in shown
        assert await rows_of(store, PAPERS, alice) == before
        assert await store.follows() == follows
        now = len(here.slack.journal.of("posted", channel="C0PAPERS"))
        assert now == standing, "nothing is said in the other channel"
        assert Place("slack", f"{TEAM}/C0PAPERS") == PAPERS
