"""Whose a request is: what another workspace sends is told so, stores nothing and spends nothing; guests are guests."""

import copy
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.core.commands.event import CommandEvent, Role
from bot.core.discussion.transcript import thread_of
from bot.core.jobs.job import JobState, Queue
from bot.core.posts.post import Button, Post, PostKind, PostRef
from bot.platforms.slack.api.client import Identity
from bot.platforms.slack.api.ownership import is_ours
from bot.platforms.slack.events.events import SHORTCUT
from bot.platforms.slack.forms.forms import feedback_view
from bot.store.database.tables import metadata
from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.views import keep
from tests.platforms.slack_bench import PAPERS, TEAM, TRANSPORTS, Bench, bench, key_of, post_of, until

OTHER = "T0ANOTHER"
CARD = Post(PostKind.CARD, "A", post_of().lines, (Button("analysis", "Full", "analysis 2611.01234 plain"),))


@pytest.fixture(params=TRANSPORTS)
async def here(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench(tmp_path, request.param) as made:
        made.slack.limits.post_burst = 100
        await made.listen()
        yield made


async def _command(here: Bench) -> tuple[str, dict[str, Any]]:
    slack = here.slack
    return "slash_commands", payloads.slash_command(
        slack, "U0BOB", slack.world.channel("papers"), "/copecheck", "recent"
    )


async def _form(here: Bench) -> tuple[str, dict[str, Any]]:
    slack = here.slack
    return "slash_commands", payloads.slash_command(slack, "U0BOB", slack.world.channel("papers"), "/c", "feedback")


async def _press(here: Bench) -> tuple[str, dict[str, Any]]:
    await here.platform.send(key_of("1"), CARD, None)
    (card,) = here.slack.seen("papers")
    (button,) = [e for b in card.blocks if b["type"] == "actions" for e in b["elements"]]
    return "interactive", payloads.block_actions(here.slack, "U0BOB", card, payloads.chosen(button, "b"))


async def _shortcut(here: Bench) -> tuple[str, dict[str, Any]]:
    said = await here.slack.remark("carol", "papers", "see https://arxiv.org/abs/2611.01234v2")
    return "interactive", payloads.message_action(here.slack, "U0BOB", said.message, SHORTCUT)


async def _submission(here: Bench) -> tuple[str, dict[str, Any]]:
    view = keep(here.slack, feedback_view(str(PAPERS)), "U0BOB")
    return "interactive", payloads.view_submission(here.slack, view, {"value": "well done"})


async def _closed(here: Bench) -> tuple[str, dict[str, Any]]:
    view = keep(here.slack, feedback_view(str(PAPERS)), "U0BOB")
    return "interactive", payloads.view_closed(here.slack, view)


async def _press_in_home(here: Bench) -> tuple[str, dict[str, Any]]:
    await here.slack.open_home("bob")
    await until(lambda: "U0BOB" in here.slack.views.homes)
    button = {"type": "button", "action_id": "cc1.1", "value": "feedback"}
    return "interactive", payloads.view_actions(here.slack, here.slack.home_of("bob"), button, {})


async def _global_shortcut(here: Bench) -> tuple[str, dict[str, Any]]:
    return "interactive", payloads.shortcut(here.slack, "U0BOB", SHORTCUT)


async def _options(here: Bench) -> tuple[str, dict[str, Any]]:
    _, asked = await _global_shortcut(here)
    return "interactive", {**asked, "type": "block_suggestion", "action_id": "value", "block_id": "b", "value": "c"}


async def _mention(here: Bench) -> tuple[str, dict[str, Any]]:
    channel = here.slack.world.channel("papers")
    body = here.slack.world.person_body("U0BOB", "<@U0COPECHECK> verdict 2611.01234")
    message = here.slack.world.add(channel, body)
    return "events_api", payloads.event(here.slack, payloads.message_event(message, channel))


async def _direct(here: Bench) -> tuple[str, dict[str, Any]]:
    channel = here.slack.world.direct("bob")
    message = here.slack.world.add(channel, here.slack.world.person_body("U0BOB", "what is new?"))
    return "events_api", payloads.event(here.slack, payloads.message_event(message, channel))


async def _home(here: Bench) -> tuple[str, dict[str, Any]]:
    return "events_api", payloads.event(here.slack, payloads.home_opened(here.slack, "U0BOB", "home"))


async def _uninstalled(here: Bench) -> tuple[str, dict[str, Any]]:
    return "events_api", payloads.event(here.slack, {"type": "app_uninstalled"})


KINDS: dict[str, Callable[[Bench], Any]] = {
    "a command": _command,
    "a command with a form": _form,
    "a press": _press,
    "a press in the Home": _press_in_home,
    "a message's shortcut": _shortcut,
    "a shortcut of the lightning menu": _global_shortcut,
    "a form": _submission,
    "a form that was closed": _closed,
    "a request for options": _options,
    "a mention": _mention,
    "a direct message": _direct,
    "the Home": _home,
    "the end of an installation": _uninstalled,
}


def of_another(payload: dict[str, Any]) -> dict[str, Any]:
    """The same as another workspace's people would cause it."""
    moved = copy.deepcopy(payload)
    moved |= {"team_id": OTHER} if "team_id" in moved else {}
    if "team" in moved:
        moved |= {"team": {"id": OTHER, "domain": "another"}}
        moved["user"] |= {"team_id": OTHER}
    if "view" in moved:
        moved["view"] |= {"team_id": OTHER, "app_installed_team_id": OTHER}
    for one in moved.get("authorizations", ()):
        one |= {"team_id": OTHER, "user_id": "U0OTHERBOT"}
    return moved


def of_an_organisation(payload: dict[str, Any]) -> dict[str, Any]:
    """The same from an organisation that installed the app as a whole: `team` is null, the organisation is named."""
    moved = of_another(payload) | {"is_enterprise_install": True}
    if "team" in moved:
        moved |= {"team": None, "enterprise": {"id": "E0ANOTHER", "name": "Another"}}
        moved["user"] |= {"team_id": "E0ANOTHER"}
        if "view" in moved:
            moved["view"] |= {"team_id": OTHER, "app_installed_team_id": None}
    for one in moved.get("authorizations", ()):
        one |= {"team_id": None, "enterprise_id": "E0ANOTHER", "is_enterprise_install": True}
    return moved


async def _rows(here: Bench) -> dict[str, int]:
    counted = {}
    async with here.store._database.read() as connection:
        for table in metadata.sorted_tables:
            counted[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return counted


@pytest.mark.parametrize("moved", [of_another, of_an_organisation])
@pytest.mark.parametrize("kind", KINDS)
async def test_what_another_workspace_sends_stores_nothing_and_asks_nothing_of_slack(
    here: Bench, kind: str, moved: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    sort, payload = await KINDS[kind](here)
    await here.slack.courier.idle()
    before, calls = await _rows(here), len(here.slack.web_api.calls)
    homes = dict(here.slack.views.homes)
    assert (await here.slack.courier.deliver(sort, moved(payload))).acknowledged
    await here.slack.courier.idle()
    assert await _rows(here) == before
    assert [one.method for one in here.slack.web_api.calls[calls:]] == []
    assert here.slack.views.homes == homes


async def test_where_it_can_be_said_another_workspace_is_told_that_the_bot_is_not_installed_there(here: Bench) -> None:
    sort, payload = await _command(here)
    answer = (await here.slack.courier.deliver(sort, of_another(payload))).answer
    assert (answer["response_type"], "not installed" in answer["text"]) == ("ephemeral", True)
    sort, payload = await _submission(here)
    answer = (await here.slack.courier.deliver(sort, of_another(payload))).answer
    assert answer["response_action"] == "update"
    assert "not installed" in str(answer["view"])
    for made in (_press, _shortcut):
        known = len(here.slack.shown_to("bob"))
        sort, payload = await made(here)
        await here.slack.courier.deliver(sort, of_another(payload))
        await until(lambda known=known: len(here.slack.shown_to("bob")) == known + 1)  # type: ignore[misc]
        assert "not installed" in here.slack.shown_to("bob")[-1].text


@pytest.mark.parametrize("kind", ["a command", "a press", "a message's shortcut", "a form", "a mention"])
async def test_the_same_of_our_own_workspace_is_stored(here: Bench, kind: str) -> None:
    sort, payload = await KINDS[kind](here)
    assert (await here.slack.courier.deliver(sort, payload)).acknowledged
    assert (await here.one()).asker.community == f"slack:{TEAM}"


async def test_a_press_that_names_another_workspace_in_team_alone_is_not_ours(here: Bench) -> None:
    _, payload = await _press(here)
    assert "team_id" not in payload
    await here.slack.courier.deliver("interactive", payload | {"team": {"id": OTHER, "domain": "another"}})
    assert await here.asked() == []


async def test_in_an_organisation_a_press_without_a_team_is_ours_when_its_person_is(here: Bench) -> None:
    _, payload = await _press(here)
    await here.slack.courier.deliver("interactive", payload | {"team": None, "enterprise": {"id": "E1", "name": "Org"}})
    assert (await here.one()).text.startswith("analysis")


WHO = Identity(TEAM, "Loopback", "", "U0COPECHECK", "B0COPECHECK", frozenset(), "E1")
SEEN = {"enterprise_id": None, "team_id": TEAM, "user_id": "U0COPECHECK", "is_bot": True}


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ({"team_id": TEAM, "authorizations": [SEEN]}, True),
        ({"team_id": TEAM}, True),
        ({"team_id": TEAM, "authorizations": []}, True),
        ({"team_id": OTHER, "authorizations": []}, False),
        ({"team_id": OTHER}, False),
        ({"team_id": OTHER, "authorizations": [SEEN]}, False),
        ({"team_id": OTHER, "authorizations": [SEEN], "is_ext_shared_channel": True}, True),
        ({"team_id": TEAM, "authorizations": [SEEN | {"team_id": OTHER}], "is_ext_shared_channel": True}, True),
        ({"team_id": TEAM, "authorizations": [SEEN | {"team_id": OTHER}]}, False),
        ({"team_id": OTHER, "authorizations": [SEEN | {"team_id": OTHER}], "is_ext_shared_channel": True}, False),
        ({"team_id": OTHER, "is_ext_shared_channel": True}, False),
        ({"team_id": TEAM, "authorizations": [SEEN | {"team_id": None, "enterprise_id": "E1"}]}, True),
        ({"team_id": TEAM, "authorizations": [SEEN | {"team_id": None, "enterprise_id": "E2"}]}, False),
        ({"team_id": OTHER, "authorizations": [SEEN | {"team_id": None, "enterprise_id": "E1"}]}, False),
        ({"team_id": None, "authorizations": [SEEN]}, True),
        ({"team_id": OTHER, "authorizations": [SEEN | {"enterprise_id": "E1"}]}, True),
    ],
)
def test_whose_an_event_is(said: dict[str, Any], ours: bool) -> None:
    assert is_ours(WHO, {"type": "event_callback", "event": {"type": "app_mention"}, **said}) is ours


@pytest.mark.parametrize(
    ("said", "ours"),
    [
        ({"command": "/copecheck", "team_id": TEAM}, True),
        ({"command": "/copecheck", "team_id": OTHER, "enterprise_id": "E1"}, False),
        ({"type": "block_actions", "team": {"id": TEAM}, "user": {"id": "U1", "team_id": OTHER}}, True),
        ({"type": "block_actions", "team": {"id": OTHER}, "user": {"id": "U1", "team_id": TEAM}}, False),
        ({"type": "block_actions", "team": None, "user": {"id": "U1", "team_id": OTHER}}, False),
        ({"type": "block_actions", "team": None, "user": {"id": "U1", "team_id": "E1"}}, True),
        ({"type": "block_actions", "team": None, "user": {"id": "U1"}, "enterprise": {"id": "E2"}}, False),
        ({"type": "view_submission", "team": {"id": OTHER}, "view": {"app_installed_team_id": TEAM}}, True),
        ({"type": "view_submission", "team": {"id": TEAM}, "view": {"app_installed_team_id": OTHER}}, False),
        ({"type": "view_closed", "team": None, "view": {"team_id": OTHER}, "user": {"team_id": TEAM}}, False),
        ({"type": "message_action", "team": {"id": OTHER}}, False),
    ],
)
def test_whose_a_command_or_a_press_is(said: dict[str, Any], ours: bool) -> None:
    assert is_ours(WHO, said) is ours


async def test_somebody_of_another_workspace_is_a_guest_in_a_shared_channel_whatever_slack_says_of_them(
    here: Bench,
) -> None:
    here.slack.world.channel("papers").is_shared = True
    here.slack.world.add_person("U0STRANGER", "stranger", is_admin=True, team=OTHER)
    here.slack.world.channel("papers").members.add("U0STRANGER")
    await here.slack.mention("stranger", "papers", "follow list")
    asked = await here.one()
    assert (asked.asker.community, asked.asker.standing) == (f"slack:{TEAM}", Role.MEMBER)
    assert await here.platform.standing(asked) is Role.MEMBER
    unmarked = CommandEvent("1", asked.asker, "follow list")
    assert await here.platform.standing(unmarked) is Role.MEMBER
    here.slack.world.person("stranger").team = TEAM  # the press itself tells, though the directory does not
    view = keep(here.slack, feedback_view(str(PAPERS)), "U0STRANGER")
    payload = payloads.view_submission(here.slack, view, {"value": "well done"})
    payload["team"], payload["user"]["team_id"] = {"id": OTHER}, OTHER
    assert (await here.slack.courier.deliver("interactive", payload)).acknowledged
    (sent,) = [one for one in await here.asked() if one.text == "feedback"]
    assert await here.platform.standing(sent) is Role.MEMBER
    assert (await here.platform.place_named(sent, "#papers"))[1] is Role.MEMBER


async def test_a_direct_message_of_a_stranger_gives_no_rights(here: Bench) -> None:
    here.slack.world.add_person("U0STRANGER", "stranger", is_admin=True, team=OTHER)
    await here.slack.remark("stranger", "im", "follow add cs.AI")
    asked = await here.one()
    assert asked.asker.standing is Role.MEMBER
    assert await here.platform.standing(asked) is Role.MEMBER
    await here.slack.remark("stranger", "im", "what is new there?")
    jobs = await here.store.list_jobs(tuple(JobState), Queue.REMARK)
    assert {job.payload["standing"] for job in jobs} == {"member"}


async def test_a_press_on_a_card_that_has_replies_is_answered_in_the_channel(here: Bench) -> None:
    card = await here.platform.send(key_of("1"), CARD, None)
    await here.slack.remark("carol", "papers", "interesting", thread=card.id)
    (root, reply) = here.slack.seen("papers")
    assert root.thread_ts == root.ts
    (button,) = [e for b in root.blocks if b["type"] == "actions" for e in b["elements"]]
    asking = button | {"value": "agree 2611.01234 plain"}
    payload = payloads.block_actions(here.slack, "U0BOB", root, payloads.chosen(asking, "b"))
    assert payload["container"]["thread_ts"] == root.ts
    await here.slack.courier.deliver("interactive", payload)
    asked = await here.one()
    assert "thread" not in asked.reply_to
    assert thread_of(asked.asker) is None
    await here.platform.answer(asked, Post(PostKind.ANSWER, "Noted.", post_of("Noted.").lines))
    assert here.slack.shown_to("bob")[-1].thread_ts is None
    assert reply.thread_ts == card.id == PostRef(PAPERS, card.id).id
