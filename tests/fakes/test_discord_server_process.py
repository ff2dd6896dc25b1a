"""The fake Discord as its own process: what it journals is there after anything has been killed."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.fakes.discord_server.journal import read_journal

ROOT = Path(__file__).resolve().parents[2]


async def started(port_file: Path, *more: str) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
    command = [sys.executable, "-m", "tests.fakes.discord_server", "--port-file", str(port_file), *more]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    async with asyncio.timeout(60):
        while (places := read_places(port_file)) is None:
            assert process.returncode is None
            await asyncio.sleep(0.02)
    return process, places


def read_places(port_file: Path) -> dict[str, Any] | None:
    return json.loads(port_file.read_text(encoding="utf-8")) if port_file.exists() else None


def body(number: int) -> dict[str, Any]:
    digest = f"{number:025x}"
    button = {"type": 2, "style": 2, "label": "Status", "custom_id": f"cc1|{digest}|status"}
    row = {"type": 1, "components": [button]}
    return {"content": "card", "nonce": digest, "enforce_nonce": True, "components": [row]}


async def sent_until_answered(session: aiohttp.ClientSession, url: str, number: int) -> int:
    """How often it took: every lost answer is sent again with the same nonce."""
    for attempt in range(1, 20):
        try:
            async with session.post(url, json=body(number)) as answer:
                if answer.status == 200:
                    return attempt
                await asyncio.sleep((await answer.json())["retry_after"])
        except aiohttp.ClientError:
            continue
    raise AssertionError("never answered")


async def posts(tmp_path: Path, *more: str) -> tuple[list[dict[str, Any]], int]:
    journal = tmp_path / "journal"
    options = ["--journal", str(journal), "--fsync", "--channel", "papers:text", "--channel", "posts:forum", *more]
    trouble = "drop_after:POST /channels/{channel_id}/messages:3"
    process, places = await started(tmp_path / "port", *options, "--trouble", trouble, "--limit", "5/0.2")
    assert set(places["channels"]) == {"papers", "posts"}
    url = f"{places['api_base']}/channels/{places['channels']['papers']}/messages"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {places['token']}"}) as session:
        attempts = sum([await sent_until_answered(session, url, number) for number in range(10)])
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
    assert (tmp_path / "port.faults").read_text(encoding="utf-8") == ""
    return read_journal(journal), attempts


async def test_lost_answers_are_doubled_only_without_a_nonce_window(tmp_path: Path) -> None:
    lines, attempts = await posts(tmp_path)
    digests = [digest for line in lines for digest in line["digests"]]
    assert attempts > 10, "some answers were lost"
    assert sorted(digests) == [f"{number:025x}" for number in range(10)]


async def test_with_a_window_of_zero_every_lost_answer_is_a_double_in_the_journal(tmp_path: Path) -> None:
    lines, _ = await posts(tmp_path, "--nonce-seconds", "0")
    digests = [digest for line in lines for digest in line["digests"]]
    assert len(set(digests)) == 10
    assert len(digests) > 10


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_text('{"effect": "message_created"}\n{"effect": "mess')
    assert read_journal(path) == [{"effect": "message_created"}]
