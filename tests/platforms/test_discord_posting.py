"""Posts on Discord without a gateway: sent once, found again, edited, and every refusal by its name."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import (
    FormRefused,
    LookUnavailable,
    PlaceClosed,
    PlatformDown,
    PlatformError,
    PostGone,
    RateLimited,
    SendUnknown,
)
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Form, Line, LineRole, Place, Post, PostKey, PostKind, PostRef, Span
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord.api import client
from bot.platforms.discord.posting.markup import message_payload
from tests.fakes.discord_bot import build, key_for, place_of, post_of, ref_of
from tests.fakes.discord_server.limits import Rate
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import CROSSPOSTED, Channel, Guild, User

pytest_plugins = ("tests.fakes.discord_fixtures",)

SEND = "POST /channels/{channel_id}/messages"
LOOK_ROUTE = "GET /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
OPEN_THREAD = "POST /channels/{channel_id}/messages/{message_id}/threads"
OPEN_POST = "POST /channels/{channel_id}/threads"


async def test_a_post_is_sent_found_and_edited_by_requests_alone(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    key = key_for(papers)
    ref = await bot.send(key, post_of("First"), None)
    (message,) = fake.posts(papers)
    assert (ref.id, ref.thread) == (str(message.id), None)
    assert message.nonce == key.digest
    assert all(key.digest in known for known in message.custom_ids)
    assert await bot.find(key, None) == ref
    assert await bot.find(key_for(papers, "2611.09999"), None) is None
    await bot.edit(ref, key, post_of("Second"))
    assert "Second" in fake.posts(papers)[0].text
    assert "First" not in fake.posts(papers)[0].text


@pytest.mark.parametrize("nonce_seconds", [180.0, 0.0])
@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "fail_after", "fail_before", "cut"])
async def test_a_send_that_vanishes_is_looked_for_and_stands_once(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, kind: str, nonce_seconds: float
) -> None:
    fake.nonce_seconds = nonce_seconds
    fake.troubles.add(kind, SEND, times=1)
    ref = await bot.send(key_for(papers), post_of(), None)
    (message,) = fake.posts(papers)
    assert ref.id == str(message.id)


async def test_a_send_in_doubt_that_cannot_be_looked_for_stays_in_doubt(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.troubles.add("drop_after", SEND, times=1)
    fake.troubles.add("drop_before", LOOK_ROUTE)
    with pytest.raises(SendUnknown):
        await bot.send(key_for(papers), post_of(), None)
    with pytest.raises(LookUnavailable):
        await bot.find(key_for(papers), None)
    fake.troubles.clear()
    assert await bot.find(key_for(papers), None) is not None
    assert len(fake.posts(papers)) == 1


async def test_a_post_in_doubt_is_found_below_all_that_people_wrote_since(
    fake: FakeDiscord, papers: Channel, ann: User, bot: DiscordPlatform
) -> None:
    ref = await bot.send(key_for(papers), post_of(), None)
    for number in range(250):
        fake.say(ann, papers, f"remark {number}")
    assert await bot.find(key_for(papers), None) == ref
    assert fake.limits.hits[LOOK_ROUTE] == 3
    assert await bot.find(key_for(papers, "another"), None) is None


async def test_a_send_in_doubt_is_not_repeated_where_history_may_not_be_read(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.nonce_seconds = 0.0
    fake.set_overwrite(papers, fake.bot_role(guild), deny=("read_message_history",))
    fake.troubles.add("drop_after", SEND, times=1)
    with pytest.raises(SendUnknown):
        await bot.send(key_for(papers), post_of(), None)
    with pytest.raises(PlaceClosed, match="Read Message History"):
        await bot.find(key_for(papers), None)
    assert len(fake.posts(papers)) == 1


async def test_a_second_send_that_vanishes_too_is_unknown_and_not_tried_a_third_time(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.troubles.add("drop_before", SEND)
    with pytest.raises(SendUnknown):
        await bot.send(key_for(papers), post_of(), None)
    assert fake.troubles.wanted[0].struck == 2
    assert fake.posts(papers) == []


async def test_a_refused_connection_took_no_effect(fake: FakeDiscord, papers: Channel) -> None:
    bot = build(fake, api_url="http://127.0.0.1:9/api/v10")
    with pytest.raises(PlatformDown, match="cannot be reached"):
        await bot.send(key_for(papers), post_of(), None)
    await bot.close()


async def test_another_posts_key_and_another_authors_message_are_not_ours(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bot: DiscordPlatform
) -> None:
    key = key_for(papers)
    await bot.send(key, post_of(), None)
    (message,) = fake.posts(papers)
    message.author = ann
    assert await bot.find(key, None) is None


@pytest.mark.parametrize(
    ("denied", "words"),
    [
        ("view_channel", "View Channel"),
        ("send_messages", "Send Messages"),
        ("read_message_history", "Read Message History"),
    ],
)
async def test_a_missing_permission_closes_the_place_with_its_name_and_how_to_give_it(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform, denied: str, words: str
) -> None:
    fake.set_overwrite(papers, fake.bot_role(guild), deny=(denied,))
    (problem, *_) = await bot.check(place_of(papers))
    assert f"{words} in #papers" in problem.what or words in problem.what
    assert words in problem.remedy
    if denied == "read_message_history":  # a send needs none of it; the look does
        with pytest.raises(PlaceClosed, match=words):
            await bot.find(key_for(papers), None)
        return
    with pytest.raises(PlaceClosed, match=words) as caught:
        await bot.send(key_for(papers), post_of(), None)
    assert "Permissions" in caught.value.remedy


async def test_a_channel_that_is_gone_is_a_closed_place(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.delete_channel(papers)
    with pytest.raises(PlaceClosed, match="no longer does"):
        await bot.send(key_for(papers), post_of(), None)
    with pytest.raises(PlaceClosed, match="no longer does"):
        await bot.find(key_for(papers), None)
    assert "no longer does" in (await bot.check(place_of(papers)))[0].what


async def test_a_channel_of_another_kind_takes_no_posts(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    papers.kind = 2
    with pytest.raises(PlaceClosed, match="takes no posts"):
        await bot.send(key_for(papers), post_of(), None)
    assert "no channel that takes posts" in (await bot.check(place_of(papers)))[0].what


async def test_a_revoked_token_is_named_and_asked_with_only_once(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    await bot.send(key_for(papers), post_of(), None)
    fake.revoke_token()
    before = fake.limits.invalid
    for _ in range(3):
        with pytest.raises(PlatformDown, match="refuses the token") as caught:
            await bot.send(key_for(papers, "2611.00002"), post_of(), None)
    assert caught.value.retry_after == timedelta(minutes=5)
    assert fake.limits.invalid == before + 1


async def test_a_long_wait_is_ours_and_a_short_one_is_discord_pys(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.limits.block(SEND, 300.0)
    with pytest.raises(RateLimited) as caught:
        await bot.send(key_for(papers), post_of(), None)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(minutes=4)
    fake.limits.block(SEND, 0.2)
    await bot.send(key_for(papers), post_of(), None)
    assert len(fake.posts(papers)) == 1


async def test_a_post_that_is_given_up_in_the_middle_of_a_global_limit_holds_up_no_later_one(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.discord.api.detached_request.RATE_LIMIT_WAIT_SECONDS", 0.3)
    await bot.check(place_of(papers))
    fake.limits.block(SEND, 5.0, scope="global")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bot.send(key_for(papers), post_of(), None), 0.2)
    fake.limits.block(SEND, 0.0)
    await asyncio.wait_for(bot.send(key_for(papers, "2611.00002"), post_of(), None), 3.0)
    assert len(fake.posts(papers)) == 1


@pytest.mark.parametrize("route", [SEND, LOOK_ROUTE])
async def test_a_page_of_somebody_in_between_is_no_answer_of_discords(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, route: str
) -> None:
    fake.nonce_seconds = 0.0
    fake.troubles.add("fail_after", route, times=1, status=200)
    fake.troubles.add("drop_after", SEND, times=1)
    with suppress(SendUnknown):
        await bot.send(key_for(papers), post_of(), None)
    assert await bot.find(key_for(papers), None) is not None
    assert len(fake.posts(papers)) == 1


async def test_the_rate_that_the_headers_tell_is_kept_without_a_single_refusal(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.limits.set(SEND, Rate(2, 0.3))
    for number in range(6):
        await bot.send(key_for(papers, f"2611.0000{number}"), post_of(), None)
    assert len(fake.posts(papers)) == 6
    assert fake.limits.invalid == 0


async def test_a_look_that_hangs_is_given_up(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_WITHIN_SECONDS", 0.3)
    await bot.check(place_of(papers))
    fake.troubles.add("hang", LOOK_ROUTE)
    with pytest.raises(LookUnavailable):
        await bot.find(key_for(papers), None)


async def test_too_many_edits_of_old_posts_wait_patiently(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    key = key_for(papers)
    ref = await bot.send(key, post_of(), None)
    fake.clock.forward(hours=2)
    fake.old_edits = Rate(1, 600.0)
    await bot.edit(ref, key, post_of("One"))
    with pytest.raises(RateLimited) as caught:
        await bot.edit(ref, key, post_of("Two"))
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(minutes=1)


async def test_a_deleted_post_is_not_edited_and_not_made_again(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    key = key_for(papers)
    ref = await bot.send(key, post_of(), None)
    fake.remove_message(papers, fake.posts(papers)[0])
    with pytest.raises(PostGone, match="deleted"):
        await bot.edit(ref, key, post_of("Two"))
    assert fake.posts(papers) == []


# -- threads


async def test_the_list_of_an_edition_stands_in_the_thread_of_its_opening_line(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    keys = [key_for(papers, f"day/{number}", PostKind.LIST) for number in (1, 2)]
    refs = [await bot.send(key, post_of("The rest", PostKind.LIST), opening) for key in keys]
    thread = guild.channels[int(opening.id)]
    assert [ref.thread for ref in refs] == [opening.id, opening.id]
    assert [str(one.id) for one in fake.posts(thread)] == [ref.id for ref in refs]
    assert len(fake.posts(papers)) == 1
    assert fake.limits.hits[OPEN_THREAD] == 1
    assert await bot.find(keys[1], opening) == refs[1]
    await bot.edit(refs[0], keys[0], post_of("Changed", PostKind.LIST))
    assert "Changed" in fake.posts(thread)[0].text


async def test_a_thread_that_is_there_already_is_used(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    await bot.send(key_for(papers, "day/1", PostKind.LIST), post_of("The rest", PostKind.LIST), opening)
    other = build(fake)
    await other.send(key_for(papers, "day/2", PostKind.LIST), post_of("More", PostKind.LIST), opening)
    await other.close()
    assert len(fake.posts(guild.channels[int(opening.id)])) == 2


async def test_a_list_is_not_there_while_its_thread_is_not(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    assert await bot.find(key_for(papers, "day/1", PostKind.LIST), opening) is None


async def test_t23_a_thread_that_may_not_be_opened_for_minutes_is_put_off_and_opened_later(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    fake.limits.block(OPEN_THREAD, 240.0)
    key = key_for(papers, "day/1", PostKind.LIST)
    with pytest.raises(RateLimited) as caught:
        await bot.send(key, post_of("The rest", PostKind.LIST), opening)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > timedelta(minutes=3)
    assert fake.limits.hits[SEND] == 1
    fake.limits.block(OPEN_THREAD, 0.0)
    await bot.send(key, post_of("The rest", PostKind.LIST), opening)
    assert len(fake.posts(guild.channels[int(opening.id)])) == 1


@pytest.mark.parametrize(
    ("denied", "words"),
    [("create_public_threads", "Create Public Threads"), ("send_messages_in_threads", "Send Messages in Threads")],
)
async def test_a_missing_permission_for_threads_has_its_name(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform, denied: str, words: str
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    fake.set_overwrite(papers, fake.bot_role(guild), deny=(denied,))
    with pytest.raises(PlaceClosed, match=words):
        await bot.send(key_for(papers, "day/1", PostKind.LIST), post_of("The rest", PostKind.LIST), opening)
    assert [words in one.what for one in await bot.check(place_of(papers))] == [True]


async def test_a_thread_somebody_deleted_is_opened_again(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    await bot.send(key_for(papers, "day/1", PostKind.LIST), post_of("The rest", PostKind.LIST), opening)
    fake.delete_channel(guild.channels[int(opening.id)])
    fake.posts(papers)[0].thread_id = None
    key = key_for(papers, "day/2", PostKind.LIST)
    with pytest.raises(PlatformDown, match="opened again"):
        await bot.send(key, post_of("More", PostKind.LIST), opening)
    await bot.send(key, post_of("More", PostKind.LIST), opening)
    assert len(fake.posts(guild.channels[int(opening.id)])) == 1


async def test_a_thread_as_a_place_holds_cards_and_lists_alike(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    thread = fake.add_thread(papers, "agents")
    opening = await bot.send(key_for(thread, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    key = key_for(thread, "day/1", PostKind.LIST)
    ref = await bot.send(key, post_of("The rest", PostKind.LIST), opening)
    assert (opening.thread, ref.thread) == (None, None)
    assert len(fake.posts(thread)) == 2
    assert await bot.find(key, opening) == ref
    assert await bot.check(place_of(thread)) == []


async def test_an_archived_thread_is_opened_by_writing_and_by_editing(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    thread = fake.add_thread(papers, "agents")
    fake.set_thread(thread, archived=True)
    key = key_for(thread)
    ref = await bot.send(key, post_of(), None)
    assert not thread.is_archived
    fake.set_thread(thread, archived=True)
    await bot.edit(ref, key, post_of("Changed"))
    assert "Changed" in fake.posts(thread)[0].text


@pytest.mark.parametrize("archived", [True, False])
async def test_a_locked_thread_is_a_closed_place(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, archived: bool
) -> None:
    thread = fake.add_thread(papers, "agents")
    fake.set_thread(thread, archived=archived, locked=True)
    with pytest.raises(PlaceClosed, match="locked") as caught:
        await bot.send(key_for(thread), post_of(), None)
    assert "Unlock it" in caught.value.remedy


async def test_a_locked_thread_under_a_post_is_not_called_by_its_channels_name(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    ref = await bot.send(key_for(papers), post_of(), None)
    await bot.send(key_for(papers, "first"), post_of(), ref)
    thread = guild.channels[int(ref.id)]
    fake.set_thread(thread, locked=True)
    with pytest.raises(PlaceClosed, match="thread under a post in #papers is locked"):
        await bot.send(key_for(papers, "second"), post_of(), ref)


# -- forums


@pytest.fixture
def forum(fake: FakeDiscord, guild: Guild) -> Channel:
    return fake.add_channel(guild, "posts", "forum", tags=("lullaby", "cs.AI", "Plain", "other"))


def card(words: str = "A headline") -> Post:
    post = post_of(words)
    more = (
        Line(LineRole.FIELD, (Span("Class"), Span("  transition management · Lullaby"))),
        Line(LineRole.SMALL, (Span("arXiv cs.AI · 27 May 2026 · abstract only"),)),
    )
    return replace(post, lines=(*post.lines, *more), tags=("cs.AI", "transition management", "Lullaby"))


async def test_a_forum_gets_a_post_a_paper_with_the_tags_that_fit(
    fake: FakeDiscord, guild: Guild, forum: Channel, bot: DiscordPlatform
) -> None:
    key = key_for(forum)
    ref = await bot.send(key, card(), None)
    thread = guild.channels[int(ref.id)]
    names = {tag.id: tag.name for tag in forum.tags}
    assert (ref.thread, thread.name) == (ref.id, "A headline")
    assert [names[tag] for tag in thread.applied_tags] == ["lullaby", "cs.AI", "Plain"]
    assert await bot.find(key, None) == ref
    await bot.edit(ref, key, post_of("Changed"))
    assert "Changed" in fake.posts(thread)[0].text


async def test_what_a_post_merely_says_is_no_tag_of_it(
    fake: FakeDiscord, guild: Guild, forum: Channel, bot: DiscordPlatform
) -> None:
    said = Line(LineRole.FIELD, (Span("Core fallacy"), Span("  It is a lullaby · cs.AI, other")))
    post = post_of()
    ref = await bot.send(key_for(forum), replace(post, lines=(*post.lines, said)), None)
    assert [tag.name for tag in forum.tags if tag.id in guild.channels[int(ref.id)].applied_tags] == ["Plain"]


async def test_a_forum_that_wants_a_tag_gets_its_first(fake: FakeDiscord, guild: Guild, bot: DiscordPlatform) -> None:
    forum = fake.add_channel(guild, "strict", "forum", tags=("zebra", "giraffe"), needs_tag=True)
    ref = await bot.send(key_for(forum), post_of(), None)
    assert guild.channels[int(ref.id)].applied_tags == [forum.tags[0].id]


async def test_a_forum_that_wants_a_tag_and_has_none_for_us_is_closed(
    fake: FakeDiscord, guild: Guild, bot: DiscordPlatform
) -> None:
    forum = fake.add_channel(guild, "strict", "forum", needs_tag=True)
    with pytest.raises(PlaceClosed, match="tag"):
        await bot.send(key_for(forum), post_of(), None)


async def test_the_list_of_an_edition_goes_into_the_post_of_its_opening_line(
    fake: FakeDiscord, guild: Guild, forum: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(forum, "day", PostKind.OPENING), post_of("Opening", PostKind.OPENING), None)
    key = key_for(forum, "day/1", PostKind.LIST)
    ref = await bot.send(key, post_of("The rest", PostKind.LIST), opening)
    assert ref.thread == opening.id
    assert len(fake.posts(guild.channels[int(opening.id)])) == 2
    assert await bot.find(key, opening) == ref


@pytest.mark.parametrize("kind", ["drop_after", "fail_after", "cut"])
@pytest.mark.parametrize("archived", [False, True])
async def test_a_forum_post_that_vanished_is_found_and_never_sent_twice_by_itself(
    fake: FakeDiscord, guild: Guild, forum: Channel, bot: DiscordPlatform, kind: str, archived: bool
) -> None:
    fake.troubles.add(kind, OPEN_POST, times=1)
    with pytest.raises(SendUnknown):
        await bot.send(key_for(forum), post_of(), None)
    (thread,) = [one for one in guild.channels.values() if one.parent_id == forum.id]
    fake.set_thread(thread, archived=archived)
    assert await bot.find(key_for(forum), None) == ref_of(forum, thread.id, thread.id)
    assert await bot.find(key_for(forum, "2611.00007"), None) is None


# -- announcements, direct messages, links


async def test_a_report_in_an_announcement_channel_is_published_and_nothing_else_is(
    fake: FakeDiscord, guild: Guild, bot: DiscordPlatform
) -> None:
    news = fake.add_channel(guild, "news", "announcement")
    await bot.send(key_for(news), post_of(), None)
    await bot.send(key_for(news, "2026-W22", PostKind.REPORT), post_of("Report", PostKind.REPORT), None)
    assert [bool(one.flags & CROSSPOSTED) for one in fake.posts(news)] == [False, True]


async def test_a_report_that_was_not_published_before_the_process_died_is_published_when_found(
    fake: FakeDiscord, guild: Guild, bot: DiscordPlatform
) -> None:
    news = fake.add_channel(guild, "news", "announcement")
    fake.troubles.add("drop_before", "POST /channels/{channel_id}/messages/{message_id}/crosspost", times=1)
    key = key_for(news, "2026-W22", PostKind.REPORT)
    ref = await bot.send(key, post_of("Report", PostKind.REPORT), None)
    assert await bot.find(key, None) == ref
    assert fake.posts(news)[0].flags & CROSSPOSTED


async def test_a_person_is_written_to_in_private_unless_they_take_nothing(
    fake: FakeDiscord, ann: User, bot: DiscordPlatform
) -> None:
    place = bot.private(f"discord:{ann.id}")
    assert place == Place("discord", f"@{ann.id}")
    key = PostKey(place, PostKind.NOTICE, "closed/x", "")
    ref = await bot.send(key, post_of("A notice", PostKind.NOTICE), None)
    assert await bot.find(key, None) == ref
    await bot.edit(ref, key, post_of("Changed", PostKind.NOTICE))
    closed = fake.add_user("shy", takes_direct=False)
    other = PostKey(Place("discord", f"@{closed.id}"), PostKind.NOTICE, "closed/x", "")
    with pytest.raises(PlaceClosed, match="accepts no direct messages"):
        await bot.send(other, post_of("A notice", PostKind.NOTICE), None)


async def test_a_link_to_another_post_leads_where_it_stands(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    ref = await bot.send(key_for(papers), post_of(), None)
    lines = (Line(LineRole.PARAGRAPH, (Span("the card", post=ref),)),)
    await bot.send(key_for(papers, "x"), replace(post_of("See"), lines=lines), None)
    assert f"https://discord.com/channels/{guild.id}/{papers.id}/{ref.id}" in fake.posts(papers)[1].text


async def test_places_and_who_manages_them_have_names(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    assert await bot.describe(place_of(papers)) == "#papers in Reading group"
    assert await bot.admins(place_of(papers)) == [Place("discord", f"@{guild.owner_id}")]
    assert await bot.describe(Place("discord", "123")) == "channel 123"


async def test_every_failure_is_one_of_ours(fake: FakeDiscord, papers: Channel, bot: DiscordPlatform) -> None:
    ref = PostRef(place_of(papers), "1")
    for trouble, status in (("drop_before", 500), ("fail_before", 503), ("cut", 500), ("fail_before", 502)):
        fake.troubles.clear()
        fake.troubles.add(trouble, "*channels*", status=status)
        for doing in (
            bot.edit(ref, key_for(papers), post_of()),
            bot.send(key_for(papers), post_of(), None),
            bot.admins(place_of(papers)),
        ):
            try:
                await doing
            except PlatformError:
                continue
        await bot.check(place_of(papers))
        await bot.describe(place_of(papers))


async def test_an_answer_counts_when_it_is_there_and_not_when_the_bucket_is_full_again(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform
) -> None:
    fake.limits.set(SEND, Rate(1, 3.0), major=papers.id)
    await bot.send(key_for(papers), post_of(), None)
    assert fake.limits.headers(SEND, str(papers.id))["X-RateLimit-Remaining"] == "0"
    await bot.send(key_for(papers, "2611.09999"), post_of(), None)
    assert len(fake.posts(papers)) == 2
    assert fake.limits.invalid == 0, "the second waited for the window; it was not refused"


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("nonce_seconds", [180.0, 0.0])
async def test_a_post_in_any_form_is_found_by_its_key_and_edited(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, form: Form, nonce_seconds: float
) -> None:
    fake.nonce_seconds = nonce_seconds
    fake.troubles.add("drop_after", SEND, times=1)
    key = key_for(papers)
    ref = await bot.send(key, replace(post_of("First @everyone"), form=form), None)
    (message,) = fake.posts(papers)
    assert await bot.find(key, None) == ref
    assert await bot.find(key_for(papers, "2611.09999"), None) is None
    assert bool(message.content) is (form >= Form.TEXT)
    await bot.edit(ref, key, replace(post_of("Second"), form=form))
    assert "Second" in (fake.posts(papers)[0].content or fake.posts(papers)[0].text)
    assert await bot.find(key, None) == ref


@pytest.mark.parametrize("status", [400, 413])
async def test_a_refusal_of_the_form_is_told_apart(
    fake: FakeDiscord, papers: Channel, bot: DiscordPlatform, status: int
) -> None:
    fake.troubles.add("fail_before", SEND, times=1, status=status)
    with pytest.raises(FormRefused):
        await bot.send(key_for(papers), post_of(), None)
    assert fake.posts(papers) == []


@pytest.mark.parametrize("form", [Form.TEXT, Form.BARE])
def test_a_text_of_any_length_is_within_discords_limit(form: Form) -> None:
    lines = tuple(Line(LineRole.ROW, (Span("_*" * 60, paper=ArxivId(f"2606.{number:05}")),)) for number in range(60))
    post = Post(PostKind.LIST, "n", lines, form=form)
    key = PostKey(Place("discord", "7"), PostKind.LIST, "day", "plain")
    body = message_payload(post, key, site_url="https://arxiv.org", link=lambda ref: None)
    assert len(body["content"].encode("utf-16-le")) // 2 <= 2000
    assert not body["flags"] & 1 << 15


async def test_a_thread_whose_name_is_refused_gets_a_plain_one(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform
) -> None:
    opening = await bot.send(key_for(papers, "day"), post_of("Opening"), None)
    fake.troubles.add("fail_before", OPEN_THREAD, times=1, status=400)
    await bot.send(key_for(papers, "list"), post_of("List"), opening)
    (thread,) = [one for one in guild.channels.values() if one.parent_id == papers.id]
    assert thread.name == "Papers"


async def test_only_a_thread_and_direct_messages_have_no_threads(
    fake: FakeDiscord, guild: Guild, papers: Channel, bot: DiscordPlatform, ann: User
) -> None:
    forum, thread = fake.add_channel(guild, "posts", "forum"), fake.add_thread(papers, "Reading")
    known = [await bot.has_threads(place_of(one)) for one in (papers, forum, thread)]
    assert known == [True, True, False]
    assert await bot.has_threads(Place("discord", f"@{ann.id}")) is False
