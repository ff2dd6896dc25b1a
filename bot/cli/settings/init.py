"""`copecheck init` asks what a first day needs, tries each answer at once, and writes the settings file."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.settings import answers
from bot.cli.settings.draft import TRIED_LATER, Draft, ended, with_app
from bot.cli.settings.platforms import PLACES, ask_tokens, checked_place

if TYPE_CHECKING:
    from bot.app import App

PLATFORMS = ("terminal", "discord", "slack")


def init(
    file: Annotated[Path, typer.Option("--file", help="Where to write the settings.")] = Path("config.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a settings file that is there.")] = False,
    contact: Annotated[str | None, typer.Option(help="Your e-mail or web address, for arXiv.")] = None,
    categories: Annotated[str | None, typer.Option(help="arXiv categories, separated by spaces.")] = None,
    lens: Annotated[str | None, typer.Option(help="The lens.")] = None,
    hour: Annotated[str | None, typer.Option(help="The hour to post at, like 09:00.")] = None,
    zone: Annotated[str | None, typer.Option(help="Your time zone, like Europe/Berlin.")] = None,
    platform: Annotated[str | None, typer.Option(help=f"{', '.join(PLATFORMS)}.")] = None,
    place: Annotated[str | None, typer.Option(help="The channel to post in.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="A file with the bot's token.")] = None,
    app_token_file: Annotated[Path | None, typer.Option(help="A file with Slack's app token.")] = None,
    signing_secret_file: Annotated[
        Path | None, typer.Option(help="A file with Slack's signing secret, for HTTP in place of Socket Mode.")
    ] = None,
    slack_port: Annotated[str | None, typer.Option(help="The port for Slack's HTTP.")] = None,
    model_url: Annotated[str | None, typer.Option(help="The model's address, or none.")] = None,
    model: Annotated[str | None, typer.Option(help="The model's name.")] = None,
    model_key_file: Annotated[Path | None, typer.Option(help="A file with the model's key.")] = None,
) -> None:
    """A few questions, each answer tried at once, then a settings file that works; an option answers its question.

    Example: copecheck init --contact me@example.org --categories "cs.AI econ.GN"
    """
    _agree_to_overwrite(file, force)
    given = {
        "contact": contact,
        "categories": categories,
        "lens": lens,
        "hour": hour,
        "zone": zone,
        "platform": platform,
        "place": place,
        "token": _content(token_file),
        "app_token": _content(app_token_file),
        "signing_secret": _content(signing_secret_file),
        "slack_port": slack_port,
        "model_url": model_url,
        "model": model,
        "key": _content(model_key_file),
    }
    draft = Draft(file, {name: words for name, words in given.items() if words is not None})
    try:
        _fill(draft)
        draft.settings()
        draft.path.replace(file)
    finally:
        draft.path.unlink(missing_ok=True)
    typer.echo(f"Wrote {file}, which only you can read. Next:")
    typer.echo(f"  copecheck check --config {file}   tries all of it")
    typer.echo(f"  copecheck run --config {file}     posts at that hour, until you stop it")


def _fill(draft: Draft) -> None:
    """Every question in turn; what was answered stands in the draft."""
    from bot.config.follow import checked_answer
    from bot.lenses.load import load_lenses

    lenses = load_lenses(None)
    typer.echo("A few questions; Enter takes what stands in brackets.", err=True)
    contact = draft.ask("contact", "Your e-mail or web address, for arXiv to reach you", None, answers.address)
    draft.tables["arxiv"] = {"contact": contact}
    follow: dict[str, Any] = {"name": "first", "place": "console:main"}
    follow["categories"] = draft.ask("categories", "arXiv categories, separated by spaces", "cs.AI", answers.categories)
    choice = f"A lens ({', '.join(lenses)})"
    follow["lens"] = draft.ask("lens", choice, "discontinuity", lambda words: answers.one_of(words, lenses, "lens"))
    follow["hour"] = draft.ask("hour", "The hour to post at", "09:00", lambda words: checked_answer("hour", words))
    follow["zone"] = draft.ask("zone", "Your time zone", "UTC", lambda words: checked_answer("zone", words))
    question = f"Where to post ({', '.join(PLATFORMS)})"
    name = draft.ask(
        "platform",
        question,
        "terminal",
        lambda words: answers.platform_named(words, PLATFORMS),
        optional=True,
    )
    if name in PLACES:
        is_tried = ask_tokens(draft, name)
        follow["place"] = draft.ask(
            "place", PLACES[name], None, lambda words: checked_place(draft, name, words, is_tried)
        )
    elif "place" in draft.given:
        follow["place"] = draft.ask("place", "The place", None, lambda words: checked_answer("place", words))
    _model(draft)
    draft.tables["[follows]"] = follow


def _model(draft: Draft) -> None:
    """A model that judges, tried with a short call; or none."""
    question = "A model that judges: its address (OpenAI's protocol), or none"
    url = draft.ask("model_url", question, answers.NONE, answers.web_or_none, optional=True)
    if url == answers.NONE:
        return

    def check(key: str) -> dict[str, Any]:
        endpoint = {"base_url": url, "model": name} | ({"api_key": key} if key and key != answers.NONE else {})
        draft.tables["[model.endpoints]"] = endpoint
        fault = with_app(draft, _first_model)
        if fault is not None and fault.stops:
            raise ValueError(fault.reason)
        if fault is not None:
            typer.echo(f"{ended(fault.reason)} {TRIED_LATER}", err=True)
        return endpoint

    name = draft.ask("model", "The model's name there", None, answers.something)
    draft.ask("key", "Its key, or none (not shown)", answers.NONE, check, hidden=True, optional=True)


async def _first_model(app: "App") -> Any:
    from bot.models import build_endpoints

    return await app.try_model(build_endpoints(app.settings)[0])


def _agree_to_overwrite(file: Path, force: bool) -> None:
    from bot.core.errors import SettingsError

    if file.exists() and not force:
        with suppress(typer.Abort):
            if sys.stdin.isatty() and typer.confirm(f"{file} is already there. Overwrite it?", err=True):
                return
        raise SettingsError(f"{file} is already there.", "Name another with --file, or overwrite it with --force.")


def _content(file: Path | None) -> str | None:
    """The secret in a file that an option names."""
    from bot.core.errors import SettingsError

    try:
        return file.read_text(encoding="utf-8-sig").strip() if file else None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsError(f"The file {file} cannot be read: {reason}.", "Nothing was written.") from None
