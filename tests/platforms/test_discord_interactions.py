"""What people do on Discord: commands, completion, the menu, buttons, modals; stored first, acknowledged at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from discord.http import Route

from bot.core.commands.event import CommandEvent, Role
from bot.core.commands.options import Option, OptionKind
from bot.core.commands.parser import command_of
from bot.core.commands.verbs import COMMANDS, Verb
from bot.core.discussion.remark import Remark, RemarkDeleted, RemarkEdited
from bot.core.errors import AnswerExpired, Refused
from bot.core.posts.post import Button, Menu, MenuItem, Place, PostKind
from bot.core.verdicts.dispute import CLAIMS
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.interactions import forms
from bot.platforms.discord.interactions.commands import MENU_ENTRY, fingerprint, payload
from tests.fakes.discord_bot import Box, build, key_for, listening, place_of, post_of, until
from tests.fakes.discord_server.people import NotOffered
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, User

pytest_plugins = ("tests.fakes.discord_fixtures",)

PUT = "PUT /applications/{application_id}/commands"
CALLBACK = "POST /interactions/{interaction_id}/{token}/callback"


@pytest.fixture
async def live(fake: FakeDiscord, papers: Channel, box: Box) -> AsyncIterator[DiscordPlatform]:
    """Our platform, connected."""
    async with listening(fake, box) as platform:
        yield platform


# -- commands


def test_every_visible_verb_is_a_command_and_no_hidden_one() -> None:
    names = {
        f"{one['name']} {inner['name']}" if inner.get("type") == 1 else one["name"]
        for one in payload()
        for inner in (one.get("options") or [{}])
        if one.get("type") == 1
    }
    assert names == {verb.name for verb in COMMANDS if not verb.is_hidden}


def test_an_options_kind_is_discords_own() -> None:
    (follow,) = [one for one in payload() if one["name"] == "follow"]
    (add,) = [one for one in follow["options"] if one["name"] == "add"]
    options = {one["name"]: one for one in add["options"]}
    assert (options["cards"]["type"], options["cards"]["max_value"]) == (4, 25)
    assert [one["value"] for one in options["mode"]["choices"]] == ["top", "every", "digest"]
    assert (options["channel"]["type"], options["channel"]["channel_types"]) == (7, [0, 5, 10, 11, 15])
    (dispute,) = [one for one in payload() if one["name"] == "dispute"]
    (claim,) = [one for one in dispute["options"] if one["name"] == "claim"]
    assert claim["autocomplete"] is True
    assert "choices" not in claim
    assert options["report"]["type"] == 5
    assert options["lens"]["autocomplete"] is True
    assert add["options"][0]["name"] == "categories"
    assert follow["default_member_permissions"] == 1 << 5
    assert "page" not in options


async def test_commands_are_made_known_only_when_they_changed(fake: FakeDiscord, papers: Channel, box: Box) -> None:
    async with listening(fake, box):
        await until(lambda: bool(box.hashes))
    assert fake.limits.hits[PUT] == 1
    assert list(box.hashes.values()) == [fingerprint(payload())]
    async with listening(fake, box):
        pass
    assert fake.limits.hits[PUT] == 1
    box.hashes = dict.fromkeys(box.hashes, "an older one")
    async with listening(fake, box):
        await until(lambda: fake.limits.hits[PUT] == 2)


async def test_a_command_is_stored_with_who_asked_where_and_acknowledged_in_private(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    one = await fake.slash(ann, papers, "verdict", paper="2611.01234", lens="plain")
    assert one.is_deferred
    assert one.is_private
    (asked,) = box.taken
    assert (asked.id, asked.text) == (str(one.id), "verdict")
    assert asked.values == {"paper": "2611.01234", "lens": "plain"}
    assert asked.asker.person == f"discord:{ann.id}"
    assert (asked.asker.place, asked.asker.community) == (place_of(papers), f"discord:{guild.id}")
    assert (asked.asker.standing, asked.asker.within) == (Role.MEMBER, None)
    await live.answer(asked, post_of("The verdict", PostKind.ANSWER))
    assert "The verdict" in (await one.finished()).text
    assert papers.messages == {}


async def test_any_process_can_answer_also_after_a_restart(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    one = await fake.slash(ann, papers, "status")
    other = build(fake)
    stored = CommandEvent.of(box.taken[0].payload())
    assert other.hears(stored)
    await other.answer(stored, post_of("All is well", PostKind.ANSWER))
    await other.close()
    assert "All is well" in (await one.finished()).text


async def test_an_answer_may_be_the_first_thing_that_a_process_does(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    one = await fake.slash(ann, papers, "status")
    Route.BASE = "https://discord.com/api/v10"  # as it is in a process that has asked nothing yet
    other = build(fake)
    await other.answer(box.taken[0], post_of("All is well", PostKind.ANSWER))
    await other.close()
    assert "All is well" in (await one.finished()).text


async def test_standing_is_taken_from_each_interaction(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, root: User, box: Box, live: DiscordPlatform
) -> None:
    with pytest.raises(NotOffered):
        await fake.slash(ann, papers, "follow add", categories="cs.AI")
    await fake.slash(ann, papers, "follow add", categories="cs.AI", force=True)
    await fake.slash(root, papers, "follow add", categories="cs.AI", cards=3, report=False)
    fake.set_overwrite(papers, ann, allow=("manage_channels",))
    await fake.slash(ann, papers, "status")
    assert [asked.asker.standing for asked in box.taken] == [Role.MEMBER, Role.ADMIN, Role.ADMIN]
    values = box.taken[1].values
    assert values == {"categories": "cs.AI", "cards": "3", "report": "no"}
    assert command_of("follow add", values or {}).values.get("report") is False


async def test_a_thread_is_within_its_channel_and_a_direct_message_is_a_place_of_its_own(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    thread = fake.add_thread(papers, "agents")
    await fake.slash(ann, thread, "status")
    await fake.slash(ann, fake.open_direct(ann), "status")
    inside, private = (asked.asker for asked in box.taken)
    assert (inside.place, inside.within) == (place_of(papers), place_of(thread))
    assert (private.community, private.standing) == (str(private.place), Role.MEMBER)
    assert private.place == Place.private(private.person) == Place("discord", f"@{ann.id}")


async def test_completion_offers_what_the_inbox_knows_of_that_place(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    box.offers = [("2611.01234 A title", "2611.01234")]
    one = await fake.complete(ann, papers, "verdict", "paper", paper="2611")
    assert one.choices == [{"name": "2611.01234 A title", "value": "2611.01234"}]
    asker, option, typed = box.asked_for[0]
    assert (asker.place, option, typed) == (place_of(papers), "paper", "2611")


async def test_completion_is_about_the_channel_that_was_named_if_who_types_sees_it(
    fake: FakeDiscord, guild: Guild, papers: Channel, root: User, box: Box, live: DiscordPlatform
) -> None:
    box.offers = [("morning \u202eletters", "morning")]
    posts, hidden = fake.add_channel(guild, "posts"), fake.add_channel(guild, "hidden")
    elsewhere = fake.add_channel(fake.add_guild("Another"), "theirs")
    fake.set_overwrite(hidden, guild.roles[guild.id], deny=("view_channel",))
    await until(lambda: live._places.cached(hidden.id) is not None)
    one = await fake.complete(root, papers, "follow edit", "name", name="m", channel=posts)
    assert one.choices == [{"name": "morning letters", "value": "morning"}]
    for channel in (hidden, elsewhere):
        one = await fake.complete(root, papers, "follow edit", "name", name="m", channel=channel)
        assert one.choices == []
    assert [asker.place for asker, _, _ in box.asked_for] == [place_of(posts)]


async def test_completion_that_fails_offers_nothing_and_keeps_nobody_from_typing(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    box.error = RuntimeError("the store is away")
    assert (await fake.complete(ann, papers, "verdict", "paper", paper="2611")).choices == []


async def test_another_channel_is_named_by_a_real_channel_option(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, root: User, box: Box, live: DiscordPlatform
) -> None:
    forum = fake.add_channel(guild, "posts", "forum")
    await fake.slash(root, papers, "follow list", channel=forum)
    (asked,) = box.taken
    assert asked.values == {"channel": str(forum.id)}
    assert await live.place_named(asked, str(forum.id)) == (place_of(forum), Role.ADMIN)


async def test_a_channel_of_another_server_or_one_that_cannot_be_seen_is_no_channel(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, root: User, box: Box, live: DiscordPlatform
) -> None:
    another = fake.add_guild("Another")
    fake.join(another, ann)  # who is in both may still not reach over
    elsewhere = fake.add_channel(another, "theirs")
    hidden = fake.add_channel(guild, "hidden")
    fake.set_overwrite(hidden, guild.roles[guild.id], deny=("view_channel",))
    fake.set_overwrite(hidden, fake.world.bot, allow=("view_channel",))
    await fake.slash(ann, papers, "status")
    (asked,) = box.taken
    for name in (str(elsewhere.id), str(hidden.id), "123", "papers", "@everyone", f"<#{elsewhere.id}>"):
        with pytest.raises(Exception, match="no such channel"):
            await live.place_named(asked, name)
    assert await live.place_named(asked, f"<#{papers.id}>") == (place_of(papers), Role.MEMBER)


# -- the menu


@pytest.mark.parametrize(
    "text", ["read https://arxiv.org/abs/2611.01234v2 please", "arXiv:2611.01234", "and 2611.01234, twice 2611.01234"]
)
async def test_the_menu_asks_for_the_verdict_on_the_paper_of_a_message(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform, text: str
) -> None:
    one = await fake.menu(ann, papers, MENU_ENTRY, fake.say(ann, papers, text))
    assert one.is_private
    (asked,) = box.taken
    assert (asked.text, asked.values) == ("verdict", {"paper": "2611.01234"})


async def test_the_menu_on_our_own_card_finds_its_paper(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    await live.send(key_for(papers), post_of("About 2611.01234"), None)
    await fake.menu(ann, papers, MENU_ENTRY, fake.posts(papers)[0])
    assert box.taken[0].values == {"paper": "2611.01234"}


async def test_the_menu_offers_a_private_choice_of_several_papers(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    message = fake.say(ann, papers, "2611.01234 or cs.LG/0702001? or hep-th/9901001")
    one = await fake.menu(ann, papers, MENU_ENTRY, message)
    assert one.is_private
    assert box.taken == []
    assert one.message is not None
    assert "“Shelves” of oak" in str(one.message.components)
    await fake.select(ann, one.message, "cc1|choice|verdict|0", "2611.01234")
    assert box.taken[0].text == "verdict 2611.01234"


async def test_the_menu_offers_all_papers_of_a_list_and_says_how_many_more_there_are(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    box.error = OSError("the disk is gone")
    message = fake.say(ann, papers, " ".join(f"2611.{number:05}" for number in range(1, 31)))
    one = await fake.menu(ann, papers, MENU_ENTRY, message)
    box.error = None
    assert "names 30 papers" in one.text
    assert "5 more" in one.text
    assert one.message is not None
    await fake.select(ann, one.message, "cc1|choice|verdict|0", "2611.00025")
    assert box.taken[0].text == "verdict 2611.00025"


async def test_the_menu_says_that_a_message_names_no_paper(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    one = await fake.menu(ann, papers, MENU_ENTRY, fake.say(ann, papers, "good morning"))
    assert "names no paper" in one.text
    assert one.is_private
    assert box.taken == []


# -- buttons


async def test_a_button_of_an_old_post_works_after_a_restart(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    async with listening(fake, box) as first:
        await first.send(key_for(papers), post_of(), None)
    (message,) = fake.posts(papers)
    async with listening(fake, box):
        one = await fake.press(ann, message, "Full analysis")
        assert one.is_private
    assert box.taken[0].text == "analysis 2611.01234 plain"
    assert box.taken[0].asker.place == place_of(papers)


async def test_a_paper_of_a_menu_is_opened_by_its_place_in_private_also_after_a_restart(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    key = key_for(papers)
    items = tuple(MenuItem(f"Paper {number}", "clerks", str(number)) for number in range(1, 33))
    async with listening(fake, box) as first:
        await first.send(key, replace(post_of(), menu=Menu("Open one", f"open {key.digest}", items)), None)
    (message,) = fake.posts(papers)
    async with listening(fake, box):
        one = await fake.select(ann, message, f"cc1|{key.digest}|", "25")
        assert one.is_private
        await fake.select(ann, message, f"cc1|choice|open {key.digest}|1", "32")
    assert [asked.text for asked in box.taken] == [f"open {key.digest} 25", f"open {key.digest} 32"]
    assert {asked.asker.place for asked in box.taken} == {place_of(papers)}


async def test_a_list_whose_key_is_in_its_menu_has_no_row_of_buttons_and_is_found(
    fake: FakeDiscord, papers: Channel, box: Box, live: DiscordPlatform
) -> None:
    key = key_for(papers)
    menu = Menu("Open one", f"open {key.digest}", (MenuItem("Paper", "", "1"),))
    ref = await live.send(key, replace(post_of(), buttons=(), menu=menu), None)
    (message,) = fake.posts(papers)
    assert "'type': 2" not in str(message.components)
    assert await live.find(key, None) == ref


async def test_searching_a_day_asks_for_the_words_in_a_form_that_keeps_the_day(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    button = Button("search", "Search this day", "search since=2026-06-02 until=2026-06-02")
    await live.send(key_for(papers), replace(post_of(), buttons=(button,)), None)
    (message,) = fake.posts(papers)
    shown = await fake.press(ann, message, "Search this day")
    await fake.submit(ann, shown, words="radiologists")
    (asked,) = box.taken
    assert (asked.text, asked.values) == (
        "search",
        {"since": "2026-06-02", "until": "2026-06-02", "words": "radiologists"},
    )


async def test_a_page_of_a_private_answer_takes_its_place_and_anything_else_is_a_new_answer(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    one = await fake.slash(ann, papers, "verdict", paper="2611.01234")
    buttons = (
        Button("run", "Next", "analysis 2611.01234 plain page=2"),
        Button("agree", "Agree", "agree 2611.01234 plain"),
    )
    await live.answer(box.taken[0], post_of("Page one", PostKind.ANSWER, *buttons))
    message = (await one.finished()).message
    assert message is not None
    turned = await fake.press(ann, message, "Next")
    await live.answer(box.taken[1], post_of("Page two", PostKind.ANSWER, *buttons))
    await until(lambda: "Page two" in one.text)
    assert turned.message is message
    voted = await fake.press(ann, message, "Agree")
    assert voted.message is not message
    assert voted.is_private


async def test_a_button_that_nobody_knows_is_answered_in_words(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    await live.send(key_for(papers), post_of(), None)
    (message,) = fake.posts(papers)
    message.components[0]["components"][-1]["components"][0]["custom_id"] = "fb:2611.01234v1:u"
    one = await fake.press(ann, message, "Full analysis")
    assert "no longer works" in one.text
    assert one.is_private


async def test_t22_a_failure_is_told_in_words_and_holds_no_secret(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    await live.send(key_for(papers), post_of(), None)
    box.error = RuntimeError("password=hunter2")
    pressed = await fake.press(ann, fake.posts(papers)[0], "Full analysis")
    typed = await fake.slash(ann, papers, "status")
    for one in (pressed, typed):
        await one.finished()
        assert "went wrong in the bot" in one.text
        assert "hunter2" not in one.text
        assert one.is_private


# -- modals


async def test_feedback_without_words_opens_a_modal_and_its_words_are_asked(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    shown = await fake.slash(ann, papers, "feedback")
    assert shown.modal is not None
    assert box.taken == []
    one = await fake.submit(ann, shown, words='well "done", lens=plain')
    assert one.is_private
    (asked,) = box.taken
    assert (asked.text, asked.values) == ("feedback", {"words": 'well "done", lens=plain'})
    assert command_of(asked.text, asked.values or {}).values.get("words") == 'well "done", lens=plain'
    await fake.slash(ann, papers, "feedback", words="at once")
    assert box.taken[1].values == {"words": "at once"}


OBJECT = "dispute 2611.01234 plain"
DISPUTE = Verb(
    "dispute",
    "object to a claim",
    "dispute 2611.01234 plain does Not so.",
    (
        Option("paper", OptionKind.PAPER, "a paper", is_required=True, is_positional=True),
        Option("lens", OptionKind.LENS, "a lens", is_required=True, is_positional=True),
        Option(
            "claim", OptionKind.CHOICE, "which claim", is_positional=True, is_asked=True, choices=("does", "fallacy")
        ),
        Option("words", OptionKind.WORDS, "why", is_positional=True, is_asked=True, most=1000),
    ),
)


def test_any_verb_can_have_a_form_of_words_and_choices_that_carries_what_was_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forms, "COMMANDS", (*COMMANDS, DISPUTE))
    of_it = (DISPUTE, {"paper": "2611.01234", "lens": "plain"})
    assert [option.name for option in forms.missing(*of_it)] == ["claim", "words"]
    shown = forms.modal(*of_it, {"fallacy": "It takes sorting for work. " * 5})
    assert shown["custom_id"] == "cc1m|dispute 2611.01234 plain"
    (choice,) = shown["components"][0]["component"]["options"]
    assert (choice["label"], choice["value"]) == ("fallacy", "fallacy")
    assert choice["description"].startswith("It takes sorting for work.")
    assert len(choice["description"]) <= 100
    assert [one["component"]["type"] for one in shown["components"]] == [3, 4]
    filled = [
        {"type": 18, "component": {"type": 3, "custom_id": "claim", "values": ["fallacy"]}},
        {"type": 18, "component": {"type": 4, "custom_id": "words", "value": "It names one."}},
    ]
    values = {"paper": "2611.01234", "lens": "plain", "claim": "fallacy", "words": "It names one."}
    assert forms.submitted({"custom_id": shown["custom_id"], "components": filled}) == ("dispute", values)
    assert forms.missing(DISPUTE, values) == []
    assert forms.verb_of("verdict 2611.01234") is None
    assert forms.submitted({"custom_id": "else", "components": filled}) is None


async def test_a_form_offers_the_claims_that_a_verdict_makes_and_all_where_that_is_not_known_in_time(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    said: dict[str, Any] = {"paper": "2611.01234", "lens": "plain"}
    async with listening(fake, box) as platform:
        await platform.send(key_for(papers), post_of("Any", PostKind.CARD, Button("run", "Dispute", OBJECT)), None)
        for asked in (
            await fake.press(ann, fake.posts(papers)[0], "Dispute"),
            await fake.slash(ann, papers, "dispute", **said),
        ):
            assert _offered(asked) == [{"label": "Does", "value": "does", "description": "It sorts letters."}]
        one = await fake.complete(ann, papers, "dispute", "claim", claim="", **said)
        assert one.choices == [{"name": "Does: It sorts letters.", "value": "does"}]
        box.error = RuntimeError("the store is slow")
        assert [one["value"] for one in _offered(await fake.slash(ann, papers, "dispute", **said))] == list(CLAIMS)
        box.error = Refused("It claims nothing.", "Ask.")
        refused = await fake.slash(ann, papers, "dispute", **said)
        assert "It claims nothing." in refused.text
        assert refused.modal is None
        assert (await fake.complete(ann, papers, "dispute", "claim", claim="", **said)).choices == []
        assert box.taken == []


def _offered(asked: Any) -> list[dict[str, str]]:
    """What the form's choice has."""
    options: list[dict[str, str]] = asked.modal["components"][0]["component"]["options"]
    return options


async def test_a_modal_that_was_opened_before_a_restart_is_understood_after_it(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box
) -> None:
    async with listening(fake, box) as first:
        await first.send(key_for(papers), post_of("Any", PostKind.CARD, Button("run", "Tell us", "feedback")), None)
        shown = await fake.press(ann, fake.posts(papers)[0], "Tell us")
    async with listening(fake, box):
        await fake.submit(ann, shown, words="after all")
    assert box.taken[0].values == {"words": "after all"}


# -- acknowledgements


async def test_t23_a_slow_store_is_not_waited_for_and_the_row_is_written_all_the_same(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    box.delay = 2.0
    one = await fake.slash(ann, papers, "status")
    assert one.acknowledged_after is not None
    assert box.taken == []
    await until(lambda: len(box.taken) == 1)


async def test_a_slow_store_that_fails_after_all_is_told_of(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    box.delay, box.error = 1.7, RuntimeError("the disk is full")
    one = await fake.slash(ann, papers, "status")
    assert "went wrong in the bot" in (await one.finished()).text


async def test_t18_an_interaction_that_comes_twice_is_asked_once(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    fake.gateway.copies["INTERACTION_CREATE"] = 2
    await fake.slash(ann, papers, "status")
    await until(lambda: len(box.again) == 1)
    assert len(box.taken) == 1


async def test_an_acknowledgement_whose_connection_is_lost_is_given_again(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    fake.troubles.add("drop_before", CALLBACK, times=1)
    assert (await fake.slash(ann, papers, "status")).is_deferred
    fake.troubles.add("drop_after", CALLBACK, times=1)
    assert (await fake.slash(ann, papers, "status")).is_deferred
    assert len(box.taken) == 2


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("kind", ["fail_before", "fail_after"])
async def test_what_is_stored_is_answered_whatever_is_said_of_its_acknowledgement(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform, status: int, kind: str
) -> None:
    fake.troubles.add(kind, CALLBACK, times=1, status=status)
    one = await fake.slash(ann, papers, "status")
    await until(lambda: len(box.taken) == 1)
    await live.answer(box.taken[0], post_of("In time", PostKind.ANSWER))
    await asyncio.sleep(0.3)
    assert "In time" in one.text


async def test_an_answer_waits_for_the_acknowledgement_of_another_process(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    fake.troubles.add("delay", CALLBACK, times=1, seconds=0.4)
    asking = asyncio.create_task(fake.slash(ann, papers, "status"))
    await until(lambda: len(box.taken) == 1)
    other = build(fake)
    await other.answer(box.taken[0], post_of("In time", PostKind.ANSWER))
    await other.close()
    assert "In time" in (await (await asking).finished()).text


async def test_t23_after_fifteen_minutes_the_private_way_is_closed_and_says_so(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    await fake.slash(ann, papers, "status")
    asked = box.taken[0]
    until_then = live.answers_until(asked)
    assert until_then is not None
    fake.clock.forward(minutes=16)
    assert until_then.timestamp() < fake.clock.now()
    with pytest.raises(AnswerExpired, match="over"):
        await live.answer(asked, post_of("Too late", PostKind.ANSWER))


async def test_what_two_servers_ask_carries_their_own_place_and_community(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    other = fake.add_guild("Another")
    theirs = fake.add_channel(other, "papers")
    bob = fake.add_user("bob")
    fake.join(other, bob)
    await fake.slash(ann, papers, "recent")
    await fake.slash(bob, theirs, "recent")
    assert [asked.asker.community for asked in box.taken] == [f"discord:{guild.id}", f"discord:{other.id}"]
    assert [asked.asker.place for asked in box.taken] == [place_of(papers), Place("discord", str(theirs.id))]


# -- remarks


class Ear(Box):
    """An inbox that hears remarks."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Remark] = []
        self.changes: list[RemarkEdited] = []
        self.gone: list[RemarkDeleted] = []

    async def hear(self, remark: Remark) -> bool:
        self.heard.append(remark)
        return True

    async def edited(self, change: RemarkEdited) -> None:
        self.changes.append(change)

    async def deleted(self, gone: RemarkDeleted) -> None:
        self.gone.append(gone)


async def test_t18_t20_what_is_said_to_us_is_heard_once_and_what_is_said_to_others_is_not(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear, own = Ear(), fake.world.bot.id
    async with listening(fake, ear) as platform:
        await platform.send(key_for(papers), post_of(), None)
        (card,) = fake.posts(papers)
        fake.say(ann, papers, "good morning")
        fake.say(ann, papers, f"<@{own}> what about costs?")
        fake.say(ann, papers, "who pays?", reply_to=card)
        fake.say(ann, papers, f"<@{own}>")
        fake.say(ann, fake.open_direct(ann), "and in private?")
        await until(lambda: len(ear.heard) == 4)
    mention, reply, empty, private = ear.heard
    assert [one.words for one in ear.heard] == ["what about costs?", "who pays?", "", "and in private?"]
    assert all(one.is_addressed and not one.is_bot for one in ear.heard)
    assert (mention.asker.place, mention.thread) == (place_of(papers), None)
    assert reply.reply_to_post is not None
    assert reply.reply_to_post.id == str(card.id)
    assert private.is_private
    assert private.asker.place == Place("discord", f"@{ann.id}")
    assert not empty.is_private


async def test_a_mention_of_our_own_role_is_a_mention_of_us_and_one_of_another_role_is_not(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    fake.world.privileged = 1 << 15
    ear, own = Ear(), fake.bot_role(guild)
    async with listening(fake, ear, message_content=True):
        fake.say(ann, papers, f"<@&{guild.id}> who pays?")
        fake.say(ann, papers, f"<@&{own.id}> who gains?")
        await until(lambda: bool(ear.heard))
    assert [(one.words, one.is_addressed) for one in ear.heard] == [("who gains?", True)]


async def test_discords_own_notes_are_not_said_by_a_person(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    fake.world.privileged = 1 << 15
    ear, thread = Ear(), fake.add_thread(papers, "agents")
    async with listening(fake, ear, message_content=True):
        direct = fake.open_direct(ann)
        for channel in (thread, direct):
            for kind in (1, 2, 3, 4, 5, 6, 7, 8, 12, 18, 21, 24, 46):
                note = fake.say(ann, channel, "A better name", kind=kind)
                fake.change(channel, note, "A still better name")
        said = fake.say(ann, direct, "who pays?")
        fake.change(direct, said, "and who gains?")
        await until(lambda: bool(ear.changes))
    assert [one.words for one in ear.heard] == ["who pays?"]
    assert [one.words for one in ear.changes] == ["and who gains?"]


async def test_what_is_forwarded_without_a_word_is_what_is_said(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear = Ear()
    link = fake.say(ann, papers, "Read https://arxiv.org/abs/2609.00001 please")
    async with listening(fake, ear):
        direct = fake.open_direct(ann)
        fake.say(ann, direct, "", forwards=link)
        fake.say(ann, direct, "who pays?", forwards=link)
        await until(lambda: len(ear.heard) == 2)
    assert [one.words for one in ear.heard] == ["Read https://arxiv.org/abs/2609.00001 please", "who pays?"]
    assert [one.reply_to_post for one in ear.heard] == [None, None]


async def test_a_thread_of_ours_is_heard_with_the_intent_and_its_remarks_name_its_post(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    fake.world.privileged = 1 << 15
    ear = Ear()
    async with listening(fake, ear, message_content=True) as platform:
        opening = await platform.send(key_for(papers, "day", PostKind.OPENING), post_of(), None)
        await platform.send(key_for(papers, "day/1", PostKind.LIST), post_of("The rest", PostKind.LIST), opening)
        thread = guild.channels[int(opening.id)]
        await until(lambda: platform._places.cached(thread.id) is not None)
        said = fake.say(ann, thread, "is that so?")
        await until(lambda: len(ear.heard) == 1)
        (remark,) = ear.heard
        assert not remark.is_addressed
        assert remark.thread is not None
        assert (remark.thread.id, remark.asker.within) == (opening.id, place_of(thread))
        answer = await platform.send(
            key_for(papers, "said", PostKind.ANSWER), post_of("It is", PostKind.ANSWER), remark.thread
        )
        assert answer.thread == opening.id
        await platform.show_work(place_of(papers), remark.thread)
        fake.remove_message(thread, said)
        await until(lambda: len(ear.gone) == 1)
        assert ear.gone[0].key == remark.key


async def test_what_a_person_takes_back_goes_also_where_no_cache_knows_the_channel(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear, own = Ear(), fake.world.bot.id
    thread = fake.add_thread(papers, "agents")
    async with listening(fake, ear) as platform:
        direct = fake.open_direct(ann)
        private = fake.say(ann, direct, "what about costs?")
        inside = fake.say(ann, thread, f"<@{own}> who pays?")
        await until(lambda: len(ear.heard) == 2)
        assert platform._places.cached(direct.id) is None
        fake.set_thread(thread, archived=True)
        await until(lambda: platform._places.cached(thread.id) is None)
        fake.remove_message(direct, private)
        fake.remove_message(thread, inside)
        await until(lambda: len(ear.gone) == 2)
    assert {one.key for one in ear.gone} == {one.key for one in ear.heard}


async def test_what_a_moderator_clears_away_at_once_goes_one_by_one(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear, own = Ear(), fake.world.bot.id
    async with listening(fake, ear):
        said = [fake.say(ann, papers, f"<@{own}> question {number}") for number in range(3)]
        await until(lambda: len(ear.heard) == 3)
        fake.remove_messages(papers, said)
        await until(lambda: len(ear.gone) == 3)
    assert {one.key for one in ear.gone} == {one.key for one in ear.heard}


async def test_remarks_that_are_taken_away_are_gone_in_channels_that_are_not_known_any_more_and_many_at_once(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear, own, direct = Ear(), fake.world.bot.id, fake.open_direct(ann)
    before = fake.say(ann, direct, "said before we came")
    async with listening(fake, ear):
        fake.remove_message(direct, before)
        many = [fake.say(ann, papers, f"<@{own}> who pays?") for _ in range(3)]
        fake.remove_messages(papers, many)
        await until(lambda: len(ear.gone) == 4)
    assert {one.id for one in ear.gone} == {str(one.id) for one in (before, *many)}


async def test_names_that_come_with_a_remark_go_no_further(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User
) -> None:
    ear, own = Ear(), fake.world.bot.id
    zoe = fake.add_user("Zoe.92")
    fake.join(guild, zoe)
    async with listening(fake, ear):
        fake.say(zoe, papers, f"<@{own}> Zoe.92 asks: does ann count?")
        fake.say(ann, papers, f"<@{own}> <@{zoe.id}> is Zoe.92, is Zoe.925?")
        await until(lambda: len(ear.heard) == 2)
    first, second = (one.words for one in ear.heard)
    assert first == "someone asks: does ann count?"
    assert second == f"<@{zoe.id}> is someone, is Zoe.925?"


# -- hostile text


async def test_t21_nothing_hostile_is_live_in_what_is_sent(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, box: Box, live: DiscordPlatform
) -> None:
    texts = ["@everyone @here", f"<@{ann.id}>", f"<@&{guild.id}>", "**bold** [x](https://evil.example)", "`" * 50]
    for number, text in enumerate([*texts, "x" * 10_000, "<@1>" * 2500]):
        await live.send(key_for(papers, f"2611.0000{number}"), post_of(text), None)
    assert len(fake.posts(papers)) == len(texts) + 2
    for message in fake.posts(papers):
        assert message.mentions == []
        assert message.mention_roles == []
        assert not message.pings_everyone
        assert "](https://evil" not in message.text


@pytest.mark.parametrize("refusals", [1, 2, 3])
async def test_an_answer_that_is_refused_for_its_form_comes_in_a_plainer_one(
    fake: FakeDiscord, papers: Channel, ann: User, box: Box, live: DiscordPlatform, refusals: int
) -> None:
    one = await fake.slash(ann, papers, "status")
    fake.troubles.add("fail_before", "PATCH /webhooks/*", times=refusals, status=400)
    await live.answer(box.taken[0], post_of("All is well", PostKind.ANSWER))
    whole = await one.finished()
    assert "All is well" in str(whole.text or whole.texts)
