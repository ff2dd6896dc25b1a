"""The fake Discord as its own process, with a world of one guild.

`python -m tests.fakes.discord_server --port-file FILE --journal FILE --channel papers:text --channel posts:forum
--nonce-seconds 0 --trouble "drop_after:POST /channels/{channel_id}/messages:3"`. The port file is written last, as one
JSON object: port, api_base, gateway_url, token, guild, channels by name.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.fakes.discord_server.limits import Rate
from tests.fakes.discord_server.server import FakeDiscord

MESSAGES = "POST /channels/{channel_id}/messages"


def read_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--fsync", action="store_true")
    parser.add_argument("--no-check", action="store_true", help="no schema check of requests")
    parser.add_argument("--channel", action="append", default=[], metavar="NAME:KIND")
    parser.add_argument("--nonce-seconds", type=float, default=180.0)
    parser.add_argument("--limit", metavar="COUNT/SECONDS", help="the rate of new messages, a channel")
    parser.add_argument("--trouble", action="append", default=[], metavar="KIND:ROUTE:EVERY or KIND:ROUTE:0.CHANCE")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def add_trouble(fake: FakeDiscord, wanted: str) -> None:
    """`drop_after:POST *messages:3` is every third, `…:0.33` a chance."""
    kind, _, rest = wanted.partition(":")
    route, _, often = rest.rpartition(":")
    if "." in often:
        fake.troubles.add(kind, route, chance=float(often))
    else:
        fake.troubles.add(kind, route, every=int(often))


def build(fake: FakeDiscord, channels: list[str]) -> dict[str, object]:
    """The world, and where things are in it."""
    guild = fake.add_guild()
    made = {}
    for wanted in channels or ["papers:text"]:
        name, _, kind = wanted.partition(":")
        made[name] = fake.add_channel(guild, name, kind or "text").id
    return {"token": fake.token, "guild": guild.id, "channels": made}


async def run(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT; then write what was wrong with requests into `FILE.faults`."""
    check = not arguments.no_check
    fake = FakeDiscord(journal=arguments.journal, fsync=arguments.fsync, seed=arguments.seed, check=check)
    fake.nonce_seconds = arguments.nonce_seconds
    if arguments.limit:
        count, _, seconds = arguments.limit.partition("/")
        fake.limits.set(MESSAGES, Rate(int(count), float(seconds)))
    for wanted in arguments.trouble:
        add_trouble(fake, wanted)
    places = build(fake, arguments.channel)
    port = await fake.start(arguments.port)
    places |= {"port": port, "api_base": fake.api_base, "gateway_url": fake.gateway.url}
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    draft = arguments.port_file.with_suffix(".draft")
    draft.write_text(json.dumps(places), encoding="utf-8")
    draft.rename(arguments.port_file)
    await end.wait()
    await fake.stop()
    arguments.port_file.with_suffix(".faults").write_text("\n".join(fake.faults), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(run(read_arguments()))
