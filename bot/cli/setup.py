"""`copecheck init` writes the settings from five answers; `copecheck check` tries every one of them."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config import Settings
    from bot.core.post import Place
    from bot.ports import Platform, Problem

MEND_MODEL = "Check base_url, model and key of that endpoint; see [[model.endpoints]] in config.example.toml."

TEMPLATE = """\
# CopeCheck's settings. Every key with its meaning: config.example.toml in the project's repository.

[arxiv]
contact = {contact}

[[follows]]
name = "first"
place = "console:main"
categories = {categories}
lens = {lens}
hour = {hour}
zone = {zone}
"""

Answer = TypeVar("Answer")


def init(
    file: Annotated[Path, typer.Option("--file", help="Where to write the settings.")] = Path("config.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite a settings file that is there.")] = False,
) -> None:
    """Five questions, then a settings file that works."""
    from bot.config import load_settings
    from bot.config_follow import checked_answer
    from bot.core.errors import SettingsError
    from bot.lenses.load import load_lenses

    if file.exists() and not force:
        raise SettingsError(f"{file} is already there.", "Name another with --file, or overwrite it with --force.")
    typer.echo("Five questions; Enter takes what stands in brackets.", err=True)
    lenses = load_lenses(None)
    contact = _ask("Your e-mail or web address, for arXiv to reach you", "", lambda words: words)
    categories = _ask("arXiv categories, separated by spaces", "cs.AI", _categories)
    lens = _ask(f"A lens ({', '.join(lenses)})", "discontinuity", lambda words: _one_of(words, lenses))
    hour = _ask("The hour to post at", "09:00", lambda words: checked_answer("hour", words))
    zone = _ask("Your time zone", "UTC", lambda words: checked_answer("zone", words))
    words = {"contact": contact, "categories": categories, "lens": lens, "hour": hour, "zone": zone}
    text = TEMPLATE.format(**{name: json.dumps(value) for name, value in words.items()})
    draft = file.with_name(f".{file.name}.new")
    _write(draft, text)
    try:
        load_settings(draft, {})
    except SettingsError:
        draft.unlink()
        raise
    draft.replace(file)
    typer.echo(f"Wrote {file}. Next: `copecheck check --config {file}`, then `copecheck run --config {file}`.")


def _ask(question: str, default: str, check: Callable[[str], Answer]) -> Answer:
    """A person's answer, asked for again when it makes no sense; `SettingsError` where nobody can be asked."""
    from bot.core.errors import SettingsError

    while True:
        try:
            answered = str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
        except typer.Abort:
            if sys.stdin.isatty():
                raise KeyboardInterrupt from None
            raise SettingsError("There was no answer to that question.", "Answer all five of them.") from None
        try:
            return check(answered)
        except ValueError as error:
            if not sys.stdin.isatty():
                raise SettingsError(f"{question}: {error}.", "Nothing was written.") from None
            typer.echo(f"{error}.", err=True)


def _categories(words: str) -> list[str]:
    """Names of categories; `ValueError` with what is wrong."""
    from bot.config_follow import checked_answer

    return [checked_answer("categories", name) for name in words.replace(",", " ").split() or [""]]


def _one_of(words: str, names: Iterable[str]) -> str:
    if words not in names:
        raise ValueError(f"there is no lens {words!r}; there are {', '.join(names)}")
    return words


def _write(file: Path, text: str) -> None:
    from bot.core.errors import SettingsError

    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}.", "Name another with --file.") from None


def check(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """Try every setting, address and permission; each fault with its remedy (exit 1, or 3: a service is away)."""
    settings = settings_for(context, config, store)
    found = asyncio.run(_try_all(settings))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        _show(found)
    bad = [line for line in found if not line["good"]]
    if bad:
        raise typer.Exit(3 if all(line["outside"] for line in bad) else 1)


async def _try_all(settings: "Settings") -> list[dict[str, Any]]:
    """One line a thing that was tried: what, whether it is good, what was found, the remedy."""
    from bot.app import open_app
    from bot.cli.paint import Bars
    from bot.lenses.load import load_lenses

    lines = [_line("settings", True, f"{len(settings.follows)} follow{'' if len(settings.follows) == 1 else 's'}")]
    if not settings.arxiv.contact:
        lines.append(_line("arxiv.contact", False, "arXiv cannot reach you", "Set it to your e-mail or web address."))
    lines.append(_line("lenses", True, ", ".join(load_lenses(settings.lens_folder))))
    async with open_app(settings) as app:
        lines.append(_line("store", True, app.store.named))
        lines += await _try_platforms(app)
        for follow in await app.store.follows():
            if follow.place.platform not in app.platforms:
                lines.append(_line(f"place {follow.place}", False, "its platform is not set up", "Set its token."))
                continue
            problems = await _problems(app.platforms[follow.place.platform], follow.place)
            lines += [_line(f"place {follow.place}", False, fault.what, fault.remedy) for fault in problems]
            if not problems:
                lines.append(_line(f"place {follow.place}", True, f"{follow.name} may post there"))
        categories = sorted({name for follow in settings.follows for name in follow.categories}) or ["cs.AI"]
        with Bars() as bars:
            for number, category in enumerate(categories, 1):
                bars.show("asking", number - 1, len(categories))
                lines.append(await _try_feed(app.source, category))
        if settings.model.endpoints:
            lines += await _try_models(app)
    if settings.platforms.console.faults:
        lines.append(_line("platforms.console.faults", False, "faults are on", "Take the table out of the settings."))
    return lines


async def _problems(platform: "Platform", place: "Place") -> Sequence["Problem"]:
    """What keeps the bot from posting there; a platform that cannot be asked is one, too."""
    from bot.core.errors import PlatformError
    from bot.ports import Problem

    try:
        return await platform.check(place)
    except PlatformError as error:
        return (Problem(error.what, error.remedy),)


async def _try_platforms(app: "App") -> list[dict[str, Any]]:
    """Token, address and rights of each platform, and what an operator should know of it."""
    from bot.core.errors import PlatformError

    lines = []
    for name, platform in app.platforms.items():
        try:
            problems = await platform.try_out()
        except PlatformError as error:
            lines.append(_line(name, False, error.what, error.remedy, outside=True))
            continue
        lines += [_line(name, False, fault.what, fault.remedy) for fault in problems]
        lines += [_line(name, True, words) for words in platform.introduce()]
    return lines


async def _try_feed(source: Any, category: str) -> dict[str, Any]:
    from bot.core.errors import SourceUnavailable

    try:
        fetched = await source.fetch_feed(category, None, None)
    except SourceUnavailable as error:
        return _line(f"feed {category}", False, f"{error.outcome}: {error.what}", error.remedy, outside=True)
    papers = len(fetched.batch.entries) if fetched.batch else 0
    return _line(f"feed {category}", True, f"{papers} papers dated {fetched.day}")


async def _try_models(app: "App") -> list[dict[str, Any]]:
    """A short call of each endpoint, and what a full day would cost there."""
    from bot.app import budget_of, build_endpoints
    from bot.services.spend import day_cost

    lines = []
    budget = budget_of(app.settings)
    for endpoint in build_endpoints(app.settings):
        fault = await app.try_model(endpoint)
        what = f"model {endpoint.model} at {endpoint.label}"
        cost = (await day_cost(app.store, endpoint.model, endpoint.price)).words(budget)
        found = fault.reason if fault else f"answers; {cost}"
        lines.append(_line(what, fault is None, found, MEND_MODEL, outside=fault is not None and not fault.stops))
    return lines


def _line(what: str, good: bool, found: str, remedy: str = "", *, outside: bool = False) -> dict[str, Any]:
    return {"what": what, "good": good, "found": found, "remedy": remedy, "outside": outside}


def _show(lines: Iterable[dict[str, Any]]) -> None:
    from bot.cli.paint import results

    console = results()
    for line in lines:
        words = f"{'ok  ' if line['good'] else 'BAD '} {line['what']}: {line['found']}"
        console.print(words, style=_style(line), soft_wrap="://" in words)  # a link that is torn cannot be pressed
        if not line["good"] and line["remedy"]:
            console.print(f"     {line['remedy']}")


def _style(line: dict[str, Any]) -> str:
    return "" if line["good"] else "red"
