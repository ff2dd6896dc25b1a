"""The fake Discord's limits and failures, seen by the real discord.py."""

import asyncio
from typing import Any

import aiohttp
import discord
import pytest

from tests.fakes.discord_server.clients import request_by_hand, running
from tests.fakes.discord_server.limits import Rate
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel
from tests.fakes.discord_server.trouble import Troubles

MESSAGES = "POST /channels/{channel_id}/messages"
THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
DIGEST = "0123456789abcdef012345678"


async def test_a_client_that_heeds_the_headers_meets_no_429(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.set(MESSAGES, Rate(2, 0.3))
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        await asyncio.gather(*(channel.send(str(number)) for number in range(5)))
    assert len(papers.messages) == fake.limits.hits[MESSAGES] == 5
    assert fake.limits.invalid == 0


async def test_who_heeds_no_header_gets_a_429_with_via_and_a_wait_with_a_fraction(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.limits.set(MESSAGES, Rate(1, 30.5), major=papers.id)
    path = f"/channels/{papers.id}/messages"
    status, _, headers = await request_by_hand(fake, path, {"content": "one"})
    assert (status, headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == (200, "1", "0")
    assert headers["Content-Type"] == "application/json"
    status, body, headers = await request_by_hand(fake, path, {"content": "two"})
    assert (status, headers["X-RateLimit-Scope"], body["global"]) == (429, "user", False)
    assert headers["Via"]
    assert 0 < body["retry_after"] <= 30.5
    assert float(headers["X-RateLimit-Reset-After"]) <= 30.5
    assert fake.limits.invalid == 1
    assert len(papers.messages) == 1


async def test_a_429_makes_discord_py_wait_and_send_again(fake: FakeDiscord, papers: Channel) -> None:
    async with running(fake) as client:
        fake.limits.block(MESSAGES, 0.5, scope="user")
        await client.get_channel(papers.id).send("late")  # type: ignore[union-attr]
    assert fake.limits.hits[MESSAGES] == 2
    assert len(papers.messages) == 1


async def test_the_limit_on_everything_is_global_and_not_for_interactions(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.everything = Rate(1, 30.0)
    path = f"/channels/{papers.id}/messages"
    assert (await request_by_hand(fake, path, {"content": "one"}))[0] == 200
    status, body, headers = await request_by_hand(fake, path, {"content": "two"})
    assert (status, body["global"], headers["X-RateLimit-Global"]) == (429, True, "true")
    assert (await request_by_hand(fake, "/interactions/1/none/callback", {"type": 5}))[0] == 404


async def test_a_limit_can_change_with_time(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.set(MESSAGES, lambda seconds: Rate(1, 5.0) if seconds < 60 else Rate(3, 5.0))
    path = f"/channels/{papers.id}/messages"
    assert (await request_by_hand(fake, path, {"content": "one"}))[2]["X-RateLimit-Limit"] == "1"
    fake.clock.forward(seconds=61)
    assert (await request_by_hand(fake, path, {"content": "two"}))[2]["X-RateLimit-Limit"] == "3"


async def test_minutes_of_waiting_for_a_thread_are_an_error_where_the_client_wants_it(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.limits.block(THREADS, 280.0)
    async with running(fake, max_ratelimit_timeout=30.0) as client:
        message = await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
        with pytest.raises(discord.RateLimited) as caught:
            await message.create_thread(name="discussion")
    assert 200 < caught.value.retry_after <= 280
    assert fake.limits.invalid == 0, "a shared limit is no bad request"


async def test_a_connection_lost_after_the_effect_leaves_the_message_and_its_nonce(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.troubles.add("drop_after", MESSAGES, times=1)
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Status", custom_id=f"cc1|{DIGEST}|status"))
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await channel.send("card", nonce=DIGEST, view=view)
        (line,) = fake.journal.of("message_created")
        again = await channel.send("card", nonce=DIGEST, view=view)
    assert line["digests"] == [DIGEST]
    assert line["message"] == str(again.id)
    assert len(fake.journal.of("message_created")) == 1


async def test_a_connection_lost_before_the_effect_leaves_nothing(fake: FakeDiscord, papers: Channel) -> None:
    fake.troubles.add("drop_before", MESSAGES)
    async with running(fake) as client:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    assert papers.messages == {}


async def test_a_bad_gateway_after_the_effect_is_retried_with_the_same_nonce(
    fake: FakeDiscord, papers: Channel
) -> None:
    fake.troubles.add("fail_after", MESSAGES, times=1, status=502)
    async with running(fake) as client:
        await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    assert fake.limits.hits[MESSAGES] == 2
    assert len(papers.messages) == 1


async def test_a_cut_answer_and_a_silent_server_are_errors_of_the_connection(
    fake: FakeDiscord, papers: Channel
) -> None:
    cut = fake.troubles.add("cut", MESSAGES)
    async with running(fake) as client:
        channel: Any = client.get_channel(papers.id)
        with pytest.raises(aiohttp.ClientPayloadError):
            await channel.send("card")
        assert len(papers.messages) == cut.struck == 1
        fake.troubles.clear()
        fake.troubles.add("hang", MESSAGES)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(channel.send("card"), 0.2)
    assert len(papers.messages) == 1


def test_chance_strikes_alike_with_the_same_seed_and_every_third_is_every_third() -> None:
    def struck(seed: int) -> list[bool]:
        troubles = Troubles(seed)
        troubles.add("drop_after", "POST *", chance=0.33)
        return [troubles.strike(MESSAGES) is not None for _ in range(100)]

    assert struck(1) == struck(1) != struck(2)
    assert 15 < sum(struck(1)) < 55
    troubles = Troubles()
    troubles.add("drop_after", MESSAGES, every=3)
    assert [troubles.strike(MESSAGES) is not None for _ in range(6)] == [False, False, True] * 2
    assert troubles.strike("GET /users/@me") is None


async def test_old_messages_may_be_edited_only_so_often(fake: FakeDiscord, papers: Channel) -> None:
    fake.old_edits = Rate(1, 20.0)
    async with running(fake) as client:
        message = await client.get_channel(papers.id).send("card")  # type: ignore[union-attr]
    path = f"/channels/{papers.id}/messages/{message.id}"
    assert [(await request_by_hand(fake, path, {"content": "new"}, "PATCH"))[0] for _ in range(3)] == [200] * 3
    fake.clock.forward(hours=2)
    assert (await request_by_hand(fake, path, {"content": "counted"}, "PATCH"))[0] == 200
    status, body, _ = await request_by_hand(fake, path, {"content": "too often"}, "PATCH")
    assert (status, body["code"]) == (429, 30046)
    assert papers.messages[message.id].content == "counted"


async def test_too_many_bad_requests_meet_the_wall_before_discord(fake: FakeDiscord, papers: Channel) -> None:
    fake.limits.invalid_at_most = 2
    good, fake.token = fake.token, "revoked"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {good}"}) as session:
        for _ in range(2):
            async with session.get(fake.api_base + "/users/@me") as answer:
                assert answer.status == 401
        fake.token = good
        async with session.get(fake.api_base + "/users/@me") as answer:
            assert (answer.status, "Via" in answer.headers, answer.content_type) == (429, False, "text/html")
