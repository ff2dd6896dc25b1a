"""What people do on Slack reaches the inbox once, before it is acknowledged, in both transports."""

import asyncio
import itertools
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.commands.people import AskedFor, AskLimits, Choice, Feedback, PlaceSettings
from bot.core.discussion.remark import Remark
from bot.core.discussion.transcript import thread_of
from bot.core.errors import PlatformDown, Refused
from bot.core.follows.follow import Follow, Origin
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.paper import ArxivId
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Button, Menu, MenuItem, Place, Post, PostKind, PostRef
from bot.core.present.answer import words
from bot.platforms.slack import SlackPlatform
from bot.platforms.slack.events.events import SHORTCUT
from bot.store.database.tables import events, metadata
from tests.fakes.slack_server.faults import delay, hang
from tests.fakes.worlds import paper
from tests.platforms.slack_bench import (
    ALICE,
    GENERAL,
    PAPERS,
    TEAM,
    TRANSPORTS,
    Bench,
    access_of,
    bench,
    key_of,
    post_of,
    until,
)


@pytest.fixture(params=TRANSPORTS)
async def here(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench(tmp_path, request.param) as made:
        made.slack.limits.post_burst = 100
        await made.listen()
        yield made


async def test_a_slash_command_is_stored_as_it_was_typed(here: Bench) -> None:
    delivery = await here.slack.slash("bob", "papers", "/copecheck", "verdict <https://arxiv.org/abs/2611.01234> plain")
    assert delivery.acknowledged
    assert delivery.answer in (None, "")
    asked = await here.one()
    assert asked.text == "verdict https://arxiv.org/abs/2611.01234 plain"
    assert (asked.asker.person, asked.asker.place) == (f"slack:{TEAM}/U0BOB", PAPERS)
    assert asked.asker.community == f"slack:{TEAM}"


async def test_of_people_and_groups_that_are_named_no_label_is_kept_and_of_groups_no_id(here: Bench) -> None:
    said = "search <@U0BOB|bob> <!subteam^S0TEAM|@readers> <!here>"
    await here.slack.slash("bob", "papers", "/copecheck", said)
    assert (await here.one()).text == "search @U0BOB !subteam !here"


async def test_a_bare_command_is_help_and_a_channel_keeps_its_id(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck")
    await here.slack.slash("bob", "papers", "/copecheck", "follow list channel=<#C0GENERAL|general> &amp;")
    assert [one.text for one in await here.asked()] == ["help", "follow list channel=C0GENERAL &"]


async def test_t18_app_mention_and_message_are_one_remark_however_often_they_come(here: Bench) -> None:
    here.slack.courier.copies = 3
    remark = await here.slack.mention("bob", "papers", "verdict 2611.01234")
    await here.slack.courier.idle()
    assert len(remark.deliveries) == 2
    for delivery in remark.deliveries:
        await here.slack.courier.again(delivery)
    asked = await here.one()
    assert (asked.text, asked.id) == ("verdict 2611.01234", f"{TEAM}/C0PAPERS/{remark.message.ts}")


async def test_t18_two_processes_and_a_reconnection_make_no_second_remark(here: Bench) -> None:
    other = await here.another()
    here.slack.courier.is_held = True
    await here.slack.mention("bob", "papers", "recent")
    if here.transport == "socket":
        here.slack.sockets.drop()
        await until(lambda: here.platform.connection.state is not LinkState.CONNECTED)
        await here.slack.sockets.connected()
    here.slack.courier.copies = 2
    here.slack.courier.release()
    await here.slack.courier.idle(seconds=20)
    assert (await here.one()).text == "recent"
    await other.close()


async def test_t20_an_empty_mention_is_help_and_not_an_error(here: Bench) -> None:
    for text in ("", "   ", "help"):
        await here.slack.mention("bob", "papers", text)
    assert [one.text for one in await here.asked()] == ["help", "help", "help"]
    await here.platform.answer((await here.asked())[0], words("Commands."))
    assert "do not work in threads" in str(here.slack.shown_to("bob")[0].blocks)


async def test_own_posts_other_bots_edits_and_deletions_ask_nothing(here: Bench) -> None:
    await here.platform.send(key_of("1"), post_of(), None)
    await here.slack.remark_of_a_bot("papers", "<@U0COPECHECK> verdict 2611.01234")
    remark = await here.slack.remark("bob", "papers", "verdict 2611.01234, said to nobody")
    await here.slack.edit_remark(remark.message, "<@U0COPECHECK> verdict 2611.01234")
    await here.slack.delete_remark(remark.message)
    await here.slack.courier.idle()
    assert await here.asked() == []
    assert all(one.acknowledged for one in here.slack.courier.deliveries)


async def test_ids_of_events_that_need_no_work_are_kept_without_their_words(here: Bench) -> None:
    remark = await here.slack.remark("bob", "papers", "a secret plan")
    id_ = remark.deliveries[0].payload["event_id"]
    assert await here.store.note_event(f"slack|{TEAM}/{id_}") is False
    dump = "".join(str(row) for row in await _rows(here))
    assert id_ in dump
    assert "secret" not in dump


async def _rows(here: Bench) -> list[Any]:
    async with here.store._database.read() as connection:
        return list((await connection.execute(select(events))).all())


async def test_direct_messages_are_commands_without_a_slash_and_their_place_is_the_person(here: Bench) -> None:
    await here.slack.remark("alice", "im", "follow add cs.AI")
    asked = await here.one()
    assert (asked.text, asked.asker.place, asked.asker.standing) == ("follow add cs.AI", ALICE, Role.ADMIN)
    await here.platform.answer(asked, words("Here."))
    assert [one.text for one in here.slack.seen("im:alice")][-1] == "Here."


async def test_words_that_are_no_command_are_a_remark_that_waits_for_an_answer(here: Bench) -> None:
    await here.slack.mention("bob", "papers", "what do you think of all this?")
    assert await here.asked() == []
    (job,) = await here.store.list_jobs(tuple(JobState), Queue.REMARK)
    assert job.payload["words"] == "what do you think of all this?"


@pytest.mark.parametrize("words_said", ["stop", "ask who pays?"])
async def test_a_command_by_name_in_a_thread_knows_its_thread(here: Bench, words_said: str) -> None:
    root = await here.slack.remark("bob", "papers", "look at this")
    await here.slack.mention("bob", "papers", words_said, thread=root.message.ts)
    assert thread_of((await here.one()).asker) == PostRef(PAPERS, root.message.ts)


async def test_a_press_in_a_thread_knows_its_thread(here: Bench) -> None:
    card = await here.platform.send(key_of("1"), post_of(), None)
    inside = replace(post_of(kind=PostKind.ANSWER), buttons=(Button("steelman", "Steelman", "steelman 1 plain"),))
    await here.platform.send(key_of("2", kind=PostKind.ANSWER), inside, card)
    answer = here.slack.seen("papers")[-1]
    (button,) = [e for b in answer.blocks if b["type"] == "actions" for e in b["elements"] if "Steel" in str(e)]
    await here.slack.press(answer, button["action_id"], user="bob")
    assert thread_of((await here.one()).asker) == PostRef(PAPERS, card.id)


async def test_a_mention_in_a_thread_is_answered_in_that_thread_to_one_person(here: Bench) -> None:
    root = await here.slack.remark("bob", "papers", "look at this")
    await here.slack.mention("bob", "papers", "recent", thread=root.message.ts)
    await here.platform.answer(await here.one(), words("Nothing yet."))
    (shown,) = here.slack.shown_to("bob")
    assert shown.thread_ts == root.message.ts


async def test_a_response_url_is_used_and_when_it_is_used_up_a_message_that_one_person_sees(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", "recent")
    asked = await here.one()
    for number in range(7):
        await here.platform.answer(asked, words(f"Answer {number}."))
    assert [one.text for one in here.slack.shown_to("bob")] == [f"Answer {number}." for number in range(7)]
    assert len(here.slack.journal.of("responded")) == 5
    assert len(here.slack.web_api.of("chat.postEphemeral")) == 2
    assert here.platform.answers_until(asked) is None
    assert here.slack.seen("papers") == []


async def test_who_asks_where_we_are_not_is_answered_in_direct_messages_in_the_end(here: Bench) -> None:
    here.slack.world.add_channel("C0OUTSIDE", "outside", with_bot=False)
    await here.slack.slash("bob", "outside", "/copecheck", "recent")
    asked = await here.one()
    for number in range(6):
        await here.platform.answer(asked, words(f"Answer {number}."))
    assert [one.text for one in here.slack.seen("im:bob")] == ["Answer 5."]


async def test_an_answer_goes_to_no_address_that_is_not_slacks(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", "recent")
    asked = await here.one()
    forged = CommandEvent(asked.id, asked.asker, asked.text, None, {"response_url": "http://127.0.0.1:9/hooks/x"})
    await here.platform.answer(forged, words("Here."))
    assert len(here.slack.web_api.of("chat.postEphemeral")) == 1


async def test_a_paper_of_a_menu_is_opened_by_its_place(here: Bench) -> None:
    key = key_of("1")
    items = tuple(MenuItem(f"Paper {number}", "clerks", str(number)) for number in range(1, 26))
    menu = Menu("Open one", f"open {key.digest}", items)
    await here.platform.send(key, replace(post_of(), menu=menu), None)
    (message,) = here.slack.seen("papers")
    assert (await here.slack.press(message, "cc1.menu", user="bob", value=f"open {key.digest} 7")).acknowledged
    assert (await here.one()).text == f"open {key.digest} 7"


async def test_searching_a_day_asks_for_the_words_in_a_window_that_keeps_the_day(here: Bench) -> None:
    button = Button("search", "Search this day", "search since=2026-06-02 until=2026-06-02")
    await here.platform.send(key_of("1"), replace(post_of(), buttons=(button,)), None)
    await here.slack.press(here.slack.seen("papers")[0], "cc1.0", user="bob")
    await until(lambda: here.slack.views.opened_by("U0BOB") and "words" in str(here.slack.modal_of("bob").blocks))
    view = here.slack.modal_of("bob")
    (words_asked,) = [one for one in view.blocks if one["type"] == "input"]
    words_asked["element"]["initial_value"] = "clerks"
    await here.slack.submit_view(view)
    asked = await here.one()
    assert asked.values == {"words": "clerks", "since": "2026-06-02", "until": "2026-06-02"}


async def test_a_press_is_its_command_and_a_full_analysis_gets_a_window_at_once(here: Bench) -> None:
    buttons = (Button("analysis", "Full analysis", "analysis 2611.01234 plain"), Button("agree", "Agree", "agree 1"))
    post = Post(PostKind.CARD, "A verdict", post_of().lines, buttons)
    await here.platform.send(key_of("1"), post, None)
    (card,) = here.slack.seen("papers")
    assert (await here.slack.press(card, "cc1.1", user="bob")).acknowledged
    assert (await here.one()).text == "agree 1"
    delivery = await here.slack.press(card, "cc1.0", user="bob")
    assert delivery.waited is not None
    await until(lambda: here.slack.views.opened_by("U0BOB"))
    assert "One moment" in str(here.slack.modal_of("bob").blocks)
    asked = next(one for one in await here.asked() if one.text.startswith("analysis"))
    await here.platform.answer(asked, Post(PostKind.ANSWER, "Read", post_of("At length").lines))
    assert "At length" in str(here.slack.modal_of("bob").blocks)
    assert here.slack.shown_to("bob") == []


async def test_a_window_that_did_not_open_or_is_closed_leaves_a_private_answer(here: Bench) -> None:
    post = Post(PostKind.CARD, "A", post_of().lines, (Button("analysis", "Full", "analysis 2611.01234 plain"),))
    await here.platform.send(key_of("1"), post, None)
    await here.slack.press(here.slack.seen("papers")[0], "cc1.0", user="bob")
    await until(lambda: here.slack.views.opened_by("U0BOB"))
    await here.slack.close_view(here.slack.modal_of("bob"))
    await here.platform.answer(await here.one(), words("At length."))
    assert here.slack.shown_to("bob")[-1].text == "At length."


async def test_the_next_page_of_a_private_answer_takes_its_place(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", "recent")
    paged = Post(PostKind.ANSWER, "One", post_of("One").lines, (Button("run", "Next", "recent page=2"),))
    await here.platform.answer(await here.one(), paged)
    (shown,) = here.slack.shown_to("bob")
    await here.slack.press(shown, "cc1.0", user="bob")
    asked = next(one for one in await here.asked() if "page" in one.text)
    await here.platform.answer(asked, words("Two."))
    assert [one.text for one in here.slack.shown_to("bob")] == ["Two."]


async def test_the_shortcut_finds_the_paper_of_a_message_and_asks_which_of_several(here: Bench) -> None:
    one = await here.slack.remark("carol", "papers", "see https://arxiv.org/abs/2611.01234v2")
    two = await here.slack.remark("carol", "papers", "2611.01234 or 2606.00001?")
    await here.store.put_papers([paper(1)])
    none = await here.slack.remark("carol", "papers", "nothing")
    await here.slack.message_shortcut("bob", one.message, SHORTCUT)
    assert (await here.one()).text == "verdict 2611.01234"
    await here.slack.message_shortcut("bob", two.message, SHORTCUT)
    await until(lambda: here.slack.views.opened_by("U0BOB"))
    assert f"2606.00001 {paper(1).title}" in str(here.slack.modal_of("bob").blocks)
    await here.slack.submit_view(here.slack.modal_of("bob"))
    chosen = (await here.asked())[-1]
    assert (chosen.text, dict(chosen.values or {})) == ("verdict", {"paper": "2611.01234"})
    await here.slack.message_shortcut("bob", none.message, SHORTCUT)
    await until(lambda: here.slack.shown_to("bob"))
    assert "no arXiv id" in here.slack.shown_to("bob")[0].text


async def test_forms_ask_for_what_a_command_did_not_say_and_say_what_is_wrong(here: Bench) -> None:
    await here.slack.slash("alice", "papers", "/copecheck", "follow add")
    await until(lambda: "categories" in str([one.blocks for one in here.slack.views.opened_by("U0ALICE")]))
    view = here.slack.modal_of("alice")
    names = [block["block_id"] for block in view.blocks if block["type"] == "input"]
    assert "categories" in names
    by_block = {block["block_id"]: block for block in view.blocks}
    by_block["categories"]["element"]["initial_value"] = "not a category!"
    wrong = await here.slack.submit_view(view)
    assert wrong.answer["response_action"] == "errors"
    assert "categories" in wrong.answer["errors"]
    by_block["categories"]["element"]["initial_value"] = "cs.AI"
    await here.slack.submit_view(view)
    asked = await here.one()
    assert (asked.text, asked.asker.place) == ("follow add", PAPERS)
    assert (asked.values or {})["categories"] == "cs.AI"


async def _form_of(here: Bench, user: str) -> dict[str, Any]:
    """The inputs of the form that stands before a person, by option."""
    id_ = here.slack.world.person(user).id
    await until(lambda: "'input'" in str([one.blocks for one in here.slack.views.opened_by(id_)]))
    return {one["block_id"]: one["element"] for one in here.slack.modal_of(user).blocks if one["type"] == "input"}


async def test_the_form_of_a_new_follow_has_its_lens_chosen_and_the_zone_of_who_asks(here: Bench) -> None:
    here.slack.world.person("alice").tz = "Europe/Warsaw"
    await here.slack.slash("alice", "papers", "/copecheck", "follow add")
    form = await _form_of(here, "alice")
    assert form["lens"]["initial_option"]["value"] == Follow("", PAPERS, ()).lens
    assert form["zone"]["initial_value"] == "Europe/Warsaw"
    here.slack.world.person("carol").tz = "No/Where"
    await here.slack.slash("carol", "papers", "/copecheck", "follow add")
    assert (await _form_of(here, "carol"))["zone"]["initial_value"] == "UTC"


async def test_a_made_up_category_is_refused_in_the_form(here: Bench) -> None:
    await here.slack.slash("alice", "papers", "/copecheck", "follow add")
    await _form_of(here, "alice")
    view = here.slack.modal_of("alice")
    next(one for one in view.blocks if one["block_id"] == "categories")["element"]["initial_value"] = "cs.QQ"
    answer = (await here.slack.submit_view(view)).answer
    assert "no arXiv category" in answer["errors"]["categories"]
    assert await here.asked() == []


@pytest.mark.parametrize("typed", ["follow add", "follow edit cs.AI", "follow add channel=C0PAPERS"])
async def test_who_may_not_follow_sees_no_form(here: Bench, typed: str) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", typed)
    await until(lambda: here.slack.shown_to("bob"))
    assert "for who manages this channel" in here.slack.shown_to("bob")[0].text
    assert here.slack.views.opened_by("U0BOB") == []
    assert here.slack.web_api.of("views.open") == []


async def test_in_a_direct_message_the_refusal_comes_before_the_form_unless_follows_are_taken_there(
    here: Bench,
) -> None:
    await here.slack.slash("alice", "im", "/copecheck", "follow add")
    await until(lambda: here.slack.shown_to("alice"))
    assert "Nothing is followed in direct messages here." in here.slack.shown_to("alice")[0].text
    assert "Follow it in a channel." in str(here.slack.shown_to("alice")[0].blocks)
    assert here.slack.views.opened_by("U0ALICE") == []
    here.inbox._direct_follows = True
    await here.slack.slash("alice", "im", "/copecheck", "follow add")
    assert "categories" in await _form_of(here, "alice")


async def test_where_slack_is_slow_to_say_who_may_the_refusal_stands_in_the_window(here: Bench) -> None:
    here.slack.wire.will("users.info", delay(1.6))
    await here.slack.slash("bob", "papers", "/copecheck", "follow add")
    await until(
        lambda: "for who manages this channel" in str([one.blocks for one in here.slack.views.opened_by("U0BOB")])
    )


async def test_an_operator_may_follow_wherever_they_are(here: Bench) -> None:
    here.inbox._operators = frozenset([f"slack:{TEAM}/U0BOB"])
    await here.slack.slash("bob", "papers", "/copecheck", "follow add")
    assert "categories" in await _form_of(here, "bob")


async def test_who_follows_in_a_shared_channel_is_warned(here: Bench) -> None:
    here.slack.world.channel("papers").is_shared = True
    await here.slack.slash("alice", "papers", "/copecheck", "follow add")
    await _form_of(here, "alice")
    assert "shared with another organisation" in str(here.slack.modal_of("alice").blocks)
    on = Post(PostKind.ANSWER, "Preview", post_of().lines, (Button("run", "Turn it on", "follow on cs.AI"),))
    for channel, typed in (("papers", "follow add cs.AI"), ("general", "follow on cs.AI channel=<#C0PAPERS|papers>")):
        await here.slack.slash("alice", channel, "/copecheck", typed)
        known = len(here.slack.shown_to("alice"))
        await here.platform.answer((await here.asked())[-1], on)
        assert "shared with another organisation" in str(here.slack.shown_to("alice")[known].blocks)
    await here.slack.slash("alice", "general", "/copecheck", "follow on cs.AI")
    await here.platform.answer((await here.asked())[-1], on)
    assert "shared with" not in str(here.slack.shown_to("alice")[-1].blocks)


async def test_feedback_and_follow_edit_without_words_open_their_forms(here: Bench) -> None:
    follow = Follow("cs.AI~1", PAPERS, ("cs.AI",), lens="plain", origin=Origin.COMMAND, cards=3)
    await here.store.add_follow(follow)
    await here.slack.slash("alice", "papers", "/copecheck", "feedback")
    await until(lambda: "Send" in str([one.body["submit"] for one in here.slack.views.opened_by("U0ALICE")]))
    await here.slack.slash("alice", "papers", "/copecheck", "follow edit cs.AI")
    await until(lambda: "cards" in str([one.blocks for one in here.slack.views.opened_by("U0ALICE")]))
    assert "'initial_value': '3'" in str(here.slack.modal_of("alice").blocks)
    await here.slack.slash("carol", "papers", "/copecheck", "follow edit nothing")
    await until(lambda: "There are: cs.AI" in str([one.blocks for one in here.slack.shown_to("carol")]))


async def test_all_settings_of_a_follow_are_one_press_away_from_its_answer(here: Bench) -> None:
    follow = Follow("cs.AI~1", PAPERS, ("cs.AI",), lens="plain", origin=Origin.COMMAND, cards=3)
    await here.store.add_follow(follow)
    await here.slack.slash("alice", "papers", "/copecheck", "follow on cs.AI")
    on = Post(PostKind.ANSWER, "On", post_of("On").lines, (Button("run", "Fewer", "follow fewer cs.AI"),))
    await here.platform.answer(await here.one(), on)
    (shown,) = here.slack.shown_to("alice")
    await here.slack.press(shown, "cc1.1", user="alice")
    await until(lambda: "cards" in str([one.blocks for one in here.slack.views.opened_by("U0ALICE")]))


async def test_the_home_shows_what_is_followed_where_that_person_is(here: Bench) -> None:
    here.slack.world.add_channel("G0SECRET", "secret", kind="group").members.discard("U0BOB")
    secret = Place("slack", f"{TEAM}/G0SECRET")
    for name, place in (("cs.AI~1", PAPERS), ("cs.XX~2", secret)):
        category = name.partition("~")[0]
        await here.store.add_follow(Follow(name, place, (category,), lens="plain", origin=Origin.COMMAND))
    await here.slack.open_home("bob")
    await until(lambda: "U0BOB" in here.slack.views.homes)
    shown = str(here.slack.home_of("bob").blocks)
    assert "cs.AI" in shown
    assert "cs.XX" not in shown
    feedback = {"type": "button", "value": "feedback"}.items()
    button = next(e for b in here.slack.home_of("bob").blocks for e in b.get("elements", ()) if feedback <= e.items())
    await here.slack.press_in_view(here.slack.home_of("bob"), button["action_id"])
    await until(lambda: "Send" in str([one.body["submit"] for one in here.slack.views.opened_by("U0BOB")]))


async def test_the_home_names_channels_and_lets_who_manages_them_edit_and_pause(here: Bench) -> None:
    for name, place in (("cs.AI~1", PAPERS), ("cs.CL~2", GENERAL)):
        category = name.partition("~")[0]
        follow = Follow(name, place, (category,), lens="plain", origin=Origin.COMMAND, cards=3, paused=place == GENERAL)
        await here.store.add_follow(follow)
    await here.slack.open_home("alice")
    await until(lambda: "U0ALICE" in here.slack.views.homes)
    blocks = here.slack.home_of("alice").blocks
    assert "papers" in str(blocks)
    assert "general" in str(blocks)
    pressed = {e["value"]: e["action_id"] for b in blocks for e in b.get("elements", ()) if e["type"] == "button"}
    edit, pause = "follow edit cs.AI channel=C0PAPERS", "follow pause cs.AI channel=C0PAPERS"
    assert {edit, pause, "follow on cs.CL channel=C0GENERAL"} <= set(pressed)
    assert len(set(pressed.values())) == len(pressed)
    await here.slack.press_in_view(here.slack.home_of("alice"), pressed[pause])
    asked = await here.one()
    assert asked.text == pause
    published = len(here.slack.web_api.of("views.publish"))
    await here.platform.answer(asked, words("Paused."))
    await until(lambda: len(here.slack.web_api.of("views.publish")) > published)
    await here.slack.press_in_view(here.slack.home_of("alice"), pressed[edit])
    assert (await _form_of(here, "alice"))["cards"]["initial_value"] == "3"
    await here.slack.submit_view(here.slack.modal_of("alice"))
    sent = next(one for one in await here.asked() if one.text == "follow edit")
    assert (sent.asker.place, (sent.values or {})["name"]) == (PAPERS, "cs.AI")
    await here.slack.open_home("bob")
    await until(lambda: "U0BOB" in here.slack.views.homes)
    assert "papers" in str(here.slack.home_of("bob").blocks)
    assert "follow edit" not in str([b for b in here.slack.home_of("bob").blocks if b["type"] == "actions"])


async def test_an_invitation_and_an_unarchived_channel_wake_what_waits(here: Bench) -> None:
    here.slack.world.add_channel("C0OUTSIDE", "outside", with_bot=False)
    woken: list[Place] = []

    async def mended(*places: Place) -> None:
        woken.extend(places)

    here.inbox.mended = mended  # type: ignore[method-assign]
    await here.slack.invite_bot("outside")
    await here.slack.archive("papers")
    await here.slack.unarchive("papers")
    assert woken == [Place("slack", f"{TEAM}/C0OUTSIDE"), PAPERS]


async def test_an_app_that_is_taken_off_leaves_nothing_of_its_workspace(here: Bench) -> None:
    await here.store.put_place_settings(PAPERS, f"slack:{TEAM}", PlaceSettings(sharing=False))
    await here.store.add_follow(Follow("of settings", GENERAL, ("cs.AI",), origin=Origin.COMMAND))
    await here.slack.slash("bob", "papers", "/copecheck", "recent")
    assert await here.store.places_of(f"slack:{TEAM}") == [GENERAL, PAPERS]
    await here.slack.uninstall()
    assert await here.store.places_of(f"slack:{TEAM}") == []
    assert await here.asked() == []
    assert here.platform.connection.state is LinkState.TOKEN_REFUSED


async def test_after_an_uninstall_no_row_of_any_table_names_a_person(here: Bench) -> None:
    bob, community = f"slack:{TEAM}/U0BOB", f"slack:{TEAM}"
    direct = Place.private(bob)
    other = Actor("slack:T0ANOTHER/U0BOB", Place("slack", "T0ANOTHER/C1"), "slack:T0ANOTHER")
    carol = Actor(f"slack:{TEAM}/U0CAROL", PAPERS, community)  # of whom no place is known
    for number, asker in enumerate((Actor(bob, PAPERS, community), Actor(bob, direct, community), carol, other)):
        event = f"Ev{number}"
        asked = AskedFor(event, asker, ArxivId("2606.00001"), "plain", date(2026, 6, 2))
        await here.store.ask_for(asked, AskLimits(9, 9, 9, 9))
        await here.store.release_place(event)
        await here.store.vote(asker.place, asker.community, asker.person, ArxivId("2606.00001"), "plain", Choice.AGREE)
        await here.store.add_feedback(Feedback(f"slack|{event}", asker.person, asker.place, "words"))
        await here.store.add_jobs([NewJob(Queue.DELIVER, f"{asker.place}|card|x|plain", {"by": asker.person})])
    await here.store.add_follow(Follow("d", direct, ("cs.AI",), origin=Origin.COMMAND, by=bob, community=community))
    for typed in ("recent", "verdict 2606.00001", "follow list"):
        await here.slack.slash("bob", "papers", "/copecheck", typed)
        await here.slack.remark("bob", "im", typed)
    await here.slack.mention("bob", "papers", "what do you think?")
    assert len(await _naming(here, "U0BOB")) > 5
    await here.slack.uninstall()
    assert await _naming(here, f"slack:{TEAM}/") == []
    assert await _naming(here, "T0ANOTHER/U0BOB") == ["feedback", "jobs", "requests", "votes"]


async def _naming(here: Bench, name: str) -> list[str]:
    """The tables in which a name stands, by every column."""
    found = []
    async with here.store._database.read() as connection:
        for table in metadata.sorted_tables:
            rows = (await connection.execute(table.select())).all()
            found += [table.name] if any(name in str(value) for row in rows for value in row) else []
    return found


async def test_a_revoked_token_deletes_nothing_for_a_new_one_may_come(here: Bench) -> None:
    await here.store.put_place_settings(PAPERS, f"slack:{TEAM}", PlaceSettings(sharing=False))
    await here.slack.revoke_tokens()
    assert await here.store.places_of(f"slack:{TEAM}") == [PAPERS]
    assert here.platform.connection.state is LinkState.TOKEN_REFUSED


async def test_a_window_that_another_process_is_still_opening_is_waited_for(here: Bench) -> None:
    post = Post(PostKind.CARD, "A", post_of().lines, (Button("analysis", "Full", "analysis 2611.01234 plain"),))
    await here.platform.send(key_of("1"), post, None)
    here.slack.wire.will("views.open", delay(0.6))
    await here.slack.press(here.slack.seen("papers")[0], "cc1.0", user="bob")
    other = SlackPlatform(access_of(here.slack, ""), here.store, SystemClock())
    try:
        await other.answer(await here.one(), words("At length."))
    finally:
        await other.close()
    assert "At length." in str(here.slack.modal_of("bob").blocks)
    assert here.slack.shown_to("bob") == []


async def test_t23_all_is_acknowledged_while_the_web_api_hangs(here: Bench) -> None:
    here.slack.wire.sometimes("*", hang(), 1.0)
    await here.slack.slash("bob", "papers", "/copecheck", "follow add cs.AI")
    await here.slack.mention("bob", "papers", "recent")
    await here.slack.open_home("bob")
    await here.slack.slash("bob", "papers", "/copecheck", "feedback")
    assert len(await here.asked()) == 2
    assert all(one.acknowledged and (one.waited or 9) < 2.5 for one in here.slack.courier.deliveries)


async def test_what_cannot_be_stored_is_not_acknowledged(here: Bench) -> None:
    async def hear(remark: Remark) -> bool:
        raise OSError("the disk is full")

    here.inbox.hear = hear  # type: ignore[method-assign]
    here.slack.limits.waits = type(here.slack.limits.waits)(acknowledge=0.5, retries=())
    remark = await here.slack.mention("bob", "papers", "recent")
    assert not any(one.acknowledged for one in remark.deliveries)


async def test_admins_owners_and_who_made_a_channel_manage_it(here: Bench) -> None:
    async def standing(user: str) -> Role:
        await here.slack.slash(user, "papers", "/copecheck", "follow list")
        return await here.platform.standing((await here.asked())[-1])

    assert await standing("alice") is Role.ADMIN
    assert await standing("bob") is Role.MEMBER
    assert await standing("carol") is Role.ADMIN
    assert await here.platform.admins(PAPERS) == (Place("slack", f"{TEAM}/@U0CAROL"),)
    here.slack.world.add_person("U0DAVE", "dave", is_admin=True)
    here.slack.bot_token.scopes -= {"users:read"}
    assert await standing("dave") is Role.MEMBER


async def test_what_is_said_in_a_channel_does_not_make_us_ask_about_it_again(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", "recent")
    asked = await here.one()
    for _ in range(3):
        await here.platform.standing(asked)
        await here.slack.remark("carol", "papers", "good morning")
    assert len(here.slack.web_api.of("conversations.info")) == 1


async def test_a_private_channel_that_one_is_not_in_cannot_be_named(here: Bench) -> None:
    here.slack.world.add_channel("G0SECRET", "secret", kind="group").members.discard("U0BOB")
    await here.slack.slash("bob", "papers", "/copecheck", "follow list")
    asked = await here.one()
    for name in ("secret", "#secret", "G0SECRET", "nowhere"):
        with pytest.raises(Refused):
            await here.platform.place_named(asked, name)
    place, standing = await here.platform.place_named(asked, "#general")
    assert (str(place), standing) == (f"slack:{TEAM}/C0GENERAL", Role.MEMBER)


async def test_help_says_what_works_in_threads(here: Bench) -> None:
    await here.slack.slash("bob", "papers", "/copecheck", "help")
    await here.platform.answer(await here.one(), words("Commands."))
    assert "do not work in threads" in str(here.slack.shown_to("bob")[0].blocks)


async def test_what_is_about_another_workspace_is_acknowledged_and_left_alone(here: Bench) -> None:
    remark = await here.slack.mention("bob", "papers", "recent")
    payload = {**remark.deliveries[0].payload, "team_id": "T0ANOTHER", "event_id": "Ev9"}
    payload["event"] = {**payload["event"], "ts": "1.000001"}
    assert (await here.slack.courier.deliver("events_api", payload)).acknowledged
    assert len(await here.asked()) == 1


async def test_an_unknown_kind_of_request_and_event_is_acknowledged(here: Bench) -> None:
    remark = await here.slack.remark("bob", "papers", "x")
    await here.slack.react("bob", remark.message, "eyes")
    await here.slack.global_shortcut("bob", "something_else")
    assert all(one.acknowledged for one in here.slack.courier.deliveries)


async def test_try_out_names_what_is_missing(here: Bench) -> None:
    assert await here.platform.diagnose() == ()
    assert any(f"slack:{TEAM}/" in words for words in here.platform.introduce())
    here.slack.bot_token.scopes -= {"im:write"}
    (problem,) = await here.platform.diagnose()
    assert "im:write" in problem.what
    here.slack.bot_token.error = "token_revoked"
    (problem,) = await here.platform.diagnose()
    assert "token_revoked" in problem.what
    assert here.platform.introduce() == ()


async def test_a_token_of_a_whole_organisation_is_named_as_a_fault(here: Bench) -> None:
    here.slack.organisation = "E0ORG"
    (problem,) = await here.platform.diagnose()
    assert "whole organisation" in problem.what


async def test_a_slack_that_is_away_is_no_fault_of_the_settings(tmp_path: Path) -> None:
    async with bench(tmp_path, "socket", api_url="http://127.0.0.1:1/api") as here:
        with pytest.raises(PlatformDown, match="cannot be reached"):
            await here.platform.diagnose()
        assert here.platform.introduce() == ()


FORGERIES = (
    "wrong_secret",
    "changed_body",
    "old",
    "future",
    "no_headers",
    "garbage",
    "not_ascii",
    "no_number",
    "empty",
)


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_request_that_is_not_signed_is_401_and_never_500(tmp_path: Path, forgery: Any) -> None:
    async with bench(tmp_path, "http") as here:
        await here.listen()
        body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "message"}})
        assert (await here.slack.http.post(body, forgery=forgery)).status == 401
        assert await _rows(here) == []
        assert (await here.slack.http.post(body)).status == 200
        assert (await here.slack.http.verify_url()).body == {"challenge": "loopback-challenge"}
        assert (await here.slack.http.post("{not json")).status == 400


async def test_a_lost_socket_is_a_named_state_and_is_opened_again(tmp_path: Path) -> None:
    async with bench(tmp_path, "socket") as here:
        await here.listen()
        here.slack.sockets.drop()
        await until(lambda: here.platform.connection.state is LinkState.RECONNECTING)
        await until(lambda: here.platform.connection.state is LinkState.CONNECTED)
        await here.slack.sockets.disconnect()
        await here.slack.sockets.connected()
        assert (await here.slack.slash("bob", "papers", "/copecheck", "recent")).acknowledged


async def test_a_socket_that_goes_before_its_acknowledgement_is_one_line_and_the_event_is_kept_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with bench(tmp_path, "socket") as here:
        await here.listen()
        hear, is_gone = here.inbox.hear, asyncio.Event()

        async def hear_late(remark: Remark) -> bool:
            await is_gone.wait()
            return await hear(remark)

        here.inbox.hear = hear_late  # type: ignore[method-assign]
        said = asyncio.create_task(here.slack.mention("bob", "papers", "recent"))
        await until(lambda: bool(here.slack.sockets.connections[0].sent))
        await asyncio.sleep(0.1)
        here.slack.sockets.drop()
        await until(lambda: here.platform.connection.state is LinkState.RECONNECTING)
        is_gone.set()
        await said
        await here.one()
        assert [one.message for one in caplog.records if one.exc_info] == []
        late = [one.message for one in caplog.records if "acknowledgement" in one.message]
        assert set(late) == {"the socket was gone before an acknowledgement"}


async def test_a_socket_that_is_refused_is_asked_for_anew_at_once_and_then_ever_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench(tmp_path, "socket") as here:
        here.slack.limits.is_on = False
        here.slack.sockets.refusals = [503]
        await here.listen()
        first, second = here.slack.sockets.asked_at
        assert second - first < 2
        failed = [one for one in caplog.records if one.levelno >= logging.WARNING]
        assert [(one.message, one.exc_info) for one in failed] == [("the socket does not open", None)]
        here.slack.sockets.refusals = [503, 502, 500, 503]
        here.slack.sockets.drop()
        await until(lambda: len(here.slack.sockets.asked_at) == 7)
        await here.slack.sockets.connected()
        times = here.slack.sockets.asked_at[2:]
        waits = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert waits == sorted(waits)
        assert waits[-1] > 2 * waits[0]


async def test_an_app_token_that_is_refused_is_a_named_state_with_a_remedy(tmp_path: Path) -> None:
    async with bench(tmp_path, "socket", app_token="xapp-other") as here:
        running = asyncio.create_task(here.platform.run(here.inbox))
        await until(lambda: here.platform.connection.state is LinkState.TOKEN_REFUSED)
        assert "app_token" in here.platform.connection.remedy
        (problem,) = await here.platform.diagnose()
        assert "app_token" in problem.what
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_bot_token_that_is_refused_is_a_named_state_and_the_process_lives(tmp_path: Path) -> None:
    async with bench(tmp_path, "socket") as here:
        here.slack.bot_token.error = "invalid_auth"
        running = asyncio.create_task(here.platform.run(here.inbox))
        await until(lambda: here.platform.connection.state is LinkState.TOKEN_REFUSED)
        here.slack.bot_token.error = None
        await until(lambda: here.platform.connection.state is LinkState.CONNECTED)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_who_may_write_in_a_channel_is_slacks_word(here: Bench) -> None:
    bob, papers = Actor(f"slack:{TEAM}/U0BOB", PAPERS, f"slack:{TEAM}"), here.slack.world.channel("papers")

    async def may(*, in_thread: bool = False) -> bool:
        here.platform._people._kept.clear()  # what was asked a few minutes ago
        return await here.platform.may_speak(bob, in_thread=in_thread, is_past=False)

    assert await may()
    papers.properties = {"posting_restricted_to": {"type": ["admin"], "user": ["U0CAROL"]}}
    assert (await may(), await may(in_thread=True)) == (False, True)
    papers.properties = {"threads_restricted_to": {"type": ["admin"], "user": ["U0BOB"]}}
    assert (await may(), await may(in_thread=True)) == (True, True)
    papers.properties, papers.is_read_only = {}, True
    assert not await may()
    papers.is_read_only, papers.is_thread_only = False, True
    assert (await may(), await may(in_thread=True)) == (False, True)
    papers.is_thread_only, papers.is_non_threadable = False, True
    assert (await may(), await may(in_thread=True)) == (True, False)
    papers.is_non_threadable, papers.is_archived = False, True
    assert not await may()
    papers.is_archived = False
    papers.members.discard("U0BOB")
    assert not await may()
