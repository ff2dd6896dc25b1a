"""The fake as its own process, until it is killed: bots come and go against it and the journal stays."""

import argparse
import asyncio
import dataclasses
from pathlib import Path

from tests.fakes.slack_server.faults import drop_after, drop_before, status_after
from tests.fakes.slack_server.limits import Waits
from tests.fakes.slack_server.server import FakeSlack


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True, help="gets the address when the server listens")
    parser.add_argument("--journal", type=Path, required=True, help="gets a JSON line an effect")
    parser.add_argument("--events-url", help="the bot's address; without it Socket Mode")
    parser.add_argument("--factor", type=float, default=1.0, help="divides Slack's own waits")
    parser.add_argument("--acknowledge", type=float, default=3.0, help="seconds for an acknowledgement")
    parser.add_argument("--retries", type=float, nargs="*", help="seconds before each retry of an event")
    parser.add_argument("--strict-history", action="store_true")
    parser.add_argument("--no-limits", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--drop-before", type=float, default=0.0, help="share of posts dropped before the effect")
    parser.add_argument("--drop-after", type=float, default=0.0, help="share of posts dropped after the effect")
    parser.add_argument("--error-after", type=float, default=0.0, help="share of posts answered 500 after the effect")
    return parser.parse_args()


def _waits(chosen: argparse.Namespace) -> Waits:
    shortened = Waits(acknowledge=chosen.acknowledge).shortened(chosen.factor)
    if chosen.retries is None:
        return shortened
    return dataclasses.replace(shortened, retries=tuple(chosen.retries))


def _made(chosen: argparse.Namespace) -> FakeSlack:
    slack = FakeSlack(
        waits=_waits(chosen), strict_history=chosen.strict_history, journal=chosen.journal, seed=chosen.seed
    )
    slack.events_url = chosen.events_url
    slack.limits.is_on = not chosen.no_limits
    for fault, chance in (
        (drop_before(), chosen.drop_before),
        (drop_after(), chosen.drop_after),
        (status_after(), chosen.error_after),
    ):
        if chance:
            slack.wire.sometimes("chat.postMessage", fault, chance)
    return slack


async def _serve(chosen: argparse.Namespace) -> None:
    async with _made(chosen) as slack:
        new = chosen.port_file.with_suffix(".new")
        await asyncio.to_thread(new.write_text, slack.url)
        await asyncio.to_thread(new.replace, chosen.port_file)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
