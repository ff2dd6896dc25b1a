"""What `init` asks about Discord and Slack: tokens and the channel, each tried at the platform at once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.settings import answers
from bot.cli.settings.draft import TRIED_LATER, Draft, with_app

if TYPE_CHECKING:
    from bot.app import App
    from bot.ports.platform import Problem

WAYS = ("socket", "http")
PLACES = {
    "discord": "The channel's id (Developer Mode, right click, Copy Channel ID)",
    "slack": "The channel, as <team id>/<channel id>",
}


def ask_tokens(draft: Draft, name: str) -> bool:
    """The platform's tokens, from the environment or asked for; False when the platform could not be asked."""
    known = draft.settings()
    table = draft.tables.setdefault(name, {})
    key = "token" if name == "discord" else "bot_token"
    words = f"The bot's token for {name.capitalize()} (not shown)"
    if (known.discord if name == "discord" else known.slack).is_on:
        typer.echo(f"The token of {name.capitalize()} is taken from the environment.", err=True)
        seen = _accepted(draft, name)
    else:
        seen = draft.ask("token", words, None, lambda said: _token(draft, name, table, key, said), hidden=True)
    if name == "slack" and not any(known.slack.secrets[1:]):
        seen = _way_to_slack(draft, table, seen)
    for fault in seen or ():
        typer.echo(f"{fault.what} {fault.remedy}", err=True)
    return seen is not None


def _way_to_slack(
    draft: Draft, table: dict[str, Any], before: "tuple[Problem, ...] | None"
) -> "tuple[Problem, ...] | None":
    """Socket Mode with an app token, or HTTP with the signing secret and a port; what is still wrong then."""
    question = f"How Slack reaches the bot ({', '.join(WAYS)}; socket needs no public address)"
    given = "http" if "signing_secret" in draft.given else "socket" if "app_token" in draft.given else None
    way = given or draft.ask("way", question, "socket", lambda words: answers.one_of(words.lower(), WAYS, "way"))
    if way == "socket":
        words = "The app token for Socket Mode, xapp-… (not shown)"
        return draft.ask(
            "app_token",
            words,
            None,
            lambda said: _token(draft, "slack", table, "app_token", said, before or ()),
            hidden=True,
        )
    table["signing_secret"] = draft.ask(
        "signing_secret", "The signing secret (not shown)", None, answers.signing_secret, hidden=True
    )
    table["port"] = draft.ask("slack_port", "The port to listen on, behind your web server", "3000", answers.port)
    path = draft.settings().slack.path
    typer.echo(
        f"Slack calls https://<your address>{path}: put that into the app's manifest, and lead it there.", err=True
    )
    return _accepted(draft, "slack")


def _token(
    draft: Draft,
    name: str,
    table: dict[str, Any],
    key: str,
    said: str,
    before: "Iterable[Problem] | None" = None,
) -> "tuple[Problem, ...] | None":
    """What is still wrong with that token in the draft; `ValueError` when the platform refuses it."""
    table[key] = answers.token(said)
    try:
        seen = _accepted(draft, name)
        new = [fault for fault in seen or () if before is not None and fault not in before]
        if new:
            raise ValueError(f"{new[0].what} {new[0].remedy}")
    except ValueError:
        del table[key]
        raise
    return seen


def _accepted(draft: Draft, name: str) -> "tuple[Problem, ...] | None":
    """What the platform finds wrong beside the token; None when it cannot be asked, `ValueError` when it refuses."""
    from bot.core.errors import PlatformError

    async def tried(app: "App") -> "tuple[tuple[Problem, ...], tuple[str, ...]]":
        platform = app.platforms[name]
        return tuple(await platform.diagnose()), tuple(platform.introduce())

    try:
        faults, known = with_app(draft, tried)
    except PlatformError as error:
        typer.echo(f"{error} {TRIED_LATER}", err=True)
        return None
    if not known:
        raise ValueError(" ".join(f"{fault.what} {fault.remedy}" for fault in faults) or "the token is refused")
    for words in known:
        typer.echo(words, err=True)
    return faults


def checked_place(draft: Draft, name: str, words: str, is_tried: bool) -> str:
    """The place, when the bot may post there."""
    from bot.config.follow import checked_answer
    from bot.core.posts.post import Place

    place = checked_answer("place", f"{name}:{words.removeprefix(f'{name}:')}")

    async def tried(app: "App") -> "tuple[Problem, ...]":
        return tuple(await app.platforms[name].check(Place.parse(place)))

    faults = with_app(draft, tried) if is_tried else ()
    if faults:
        raise ValueError(" ".join(f"{fault.what} {fault.remedy}" for fault in faults))
    return place
