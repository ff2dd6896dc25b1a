"""`copecheck check` tries every setting, address and permission."""

import asyncio
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.options import ConfigOption, JsonOption, StoreOption, settings_for

if TYPE_CHECKING:
    from bot.app import App
    from bot.config.settings import Settings
    from bot.core.errors import SettingsError
    from bot.core.posts.post import Place
    from bot.ports.platform import Platform, Problem

UNLIMITED = {
    "memory": "its memory",
    "time": "its processor time",
    "files": "its files",
    "programs": "what it starts",
    "network": "its network",
    "parent": "how long it outlives the bot",
}
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)  # an answer that has not what the platform promises
NO_ANSWER = "what answers there sent something that cannot be read"
CONTACT = 'Set it to your e-mail or web address: contact = "…" below [arxiv] in the settings file.'
NO_PLATFORM = "Check the platform's addresses in the settings."
MEND_MODEL = "Check base_url, model and key of that endpoint; see [[model.endpoints]] in config.example.toml."


def check(
    context: typer.Context, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """Try every setting, address and permission; each fault with its remedy (exit 1, or 3: a service is away).

    Example: copecheck check --config config.toml
    """
    settings = settings_for(context, config, store)
    named = config or context.obj or os.environ.get("COPECHECK_CONFIG") or "config.toml"
    found = [*_settings_file(Path(named)), *asyncio.run(_try_all(settings)), *_open_files(settings, Path(named))]
    if as_json:
        from bot.cli.paint import show_json

        show_json(found)
    else:
        _show(found)
    bad = [line for line in found if not line["good"]]
    if bad:
        raise typer.Exit(3 if all(line["outside"] for line in bad) else 1)


async def _try_all(settings: "Settings") -> list[dict[str, Any]]:
    """One line a thing that was tried: what, whether it is good, what was found, the remedy."""
    from bot.app import open_app
    from bot.cli.operate import empty_store
    from bot.core.errors import OldStore
    from bot.core.posts.phrase import many
    from bot.lenses.load import load_lenses

    lines = [_line("settings", True, many(len(settings.follows), "follow"))]
    if not settings.arxiv.contact:
        lines.append(_line("arxiv.contact", False, "arXiv cannot reach you", CONTACT))
    lines.append(_line("lenses", True, ", ".join(load_lenses(settings.lens_folder))))
    try:
        async with open_app(settings, only_looks=True) as app:
            lines += [_line("store", True, app.store.named), *await _try_app(app)]
    except OldStore as old:  # it is left as it is, and what it knows of follows and costs is not asked
        lines.append(_line("store", True, old.what, old.remedy))
        with empty_store(settings) as empty:
            async with open_app(empty, only_looks=True) as app:
                lines += await _try_app(app)
    if settings.platforms.console.faults:
        lines.append(_line("platforms.console.faults", False, "faults are on", "Take the table out of the settings."))
    return lines


async def _try_app(app: "App") -> list[dict[str, Any]]:
    """All that is tried of what the settings ask for."""
    from bot.cli.paint import Bars

    lines = [await _try_readers(app), *await _try_platforms(app), *await _try_places(app)]
    categories = sorted({name for follow in app.settings.follows for name in follow.categories}) or ["cs.AI"]
    with Bars() as bars:
        for number, category in enumerate(categories, 1):
            bars.show("asking", number - 1, len(categories))
            lines.append(await _try_feed(app.source, category))
    return lines + (await _try_models(app) if app.has_model else [])


async def _try_places(app: "App") -> list[dict[str, Any]]:
    """Whether the place of each follow takes posts: of those that the settings name now, and those of commands."""
    from bot.config.settings import wrong_place
    from bot.core.follows.follow import Origin

    lines = []
    of_commands = [follow for follow in await app.store.follows() if follow.origin is Origin.COMMAND]
    for follow in [*(follow.follow() for follow in app.settings.follows), *of_commands]:
        what = f"place {follow.place}"
        faults: Sequence[SettingsError | Problem] = list(
            wrong_place(app.settings, follow.place, f"{follow.label} posts there")
        )
        faults = faults or await _problems(app.platforms[follow.place.platform], follow.place)
        lines += [_line(what, False, fault.what, fault.remedy) for fault in faults]
        if not faults:
            lines.append(_line(what, True, f"{follow.label} is allowed to post there"))
    return lines


def _settings_file(named: Path) -> list[dict[str, Any]]:
    """Which file the settings are from; that there is none is said: all of them are defaults then."""
    if named.is_file():
        return [_line("settings file", True, str(named))]
    found = f"there is no {named}; what the environment does not say has its default"
    return [_line("settings file", True, found, "Write one with `copecheck init`.")]


def _open_files(settings: "Settings", named: Path) -> list[dict[str, Any]]:
    """A warning for each file of ours that others on this machine may read or write."""
    store = [] if "://" in settings.store_url else [Path(f"{settings.store_url}{end}") for end in ("", "-wal", "-shm")]
    files = [path for path in (named, *store, settings.console_file) if path.is_file() and _is_open(path)]
    found = "others on this machine may read or write it"
    return [_line(f"file {file}", True, found, f"Run: {_closing(file)}") for file in files]


def _is_open(file: Path) -> bool:
    """Whether others may read or write a file; the group may read one of another owner's, which was given to us so."""
    facts = file.stat()
    return bool(facts.st_mode & (0o077 if facts.st_uid == os.getuid() else 0o027))


def _closing(file: Path) -> str:
    """The command that closes a file to others, and not to us."""
    return f"chmod 600 '{file}'" if file.stat().st_uid == os.getuid() else f"chmod g-w,o= '{file}'"


async def _problems(platform: "Platform", place: "Place") -> Sequence["Problem"]:
    """What keeps the bot from posting there; a platform that cannot be asked is one, too."""
    from bot.core.errors import PlatformError
    from bot.ports.platform import Problem

    try:
        return await platform.check(place)
    except PlatformError as error:
        return (Problem(error.what, error.remedy),)
    except UNREADABLE:
        return (Problem(NO_ANSWER, NO_PLATFORM),)


async def _try_platforms(app: "App") -> list[dict[str, Any]]:
    """Token, address and rights of each platform, and what an operator should know of it."""
    from bot.core.errors import PlatformError

    lines = []
    for name, platform in app.platforms.items():
        try:
            problems = await platform.diagnose()
        except PlatformError as error:
            lines.append(_line(name, False, error.what, error.remedy, outside=True))
            continue
        except UNREADABLE:
            lines.append(_line(name, False, NO_ANSWER, NO_PLATFORM, outside=True))
            continue
        lines += [_line(name, False, fault.what, fault.remedy) for fault in problems]
        lines += [_line(name, True, words) for words in platform.introduce()]
    return lines


async def _try_readers(app: "App") -> dict[str, Any]:
    """What the system holds the processes to that read papers."""
    from bot.core.errors import Unreadable

    try:
        _, missing = await app.rules.restraints()
    except Unreadable as error:
        return _line("reading papers", False, error.what, "See that Python may start other processes here.")
    words = "each paper is read in a process of its own"
    if not missing:
        return _line("reading papers", True, f"{words}, which can write no file, start no program and send nothing")
    lacking = ", ".join(UNLIMITED[name] for name in missing)
    remedy = "A good part of the protection is there all the same; SECURITY.md has the list, Linux has all of it."
    return _line("reading papers", True, f"{words}; this system does not limit {lacking} there", remedy)


async def _try_feed(source: Any, category: str) -> dict[str, Any]:
    from bot.core.errors import SourceUnavailable
    from bot.core.posts.phrase import day_words, many

    try:
        fetched = await source.fetch_feed(category, None, None)
    except SourceUnavailable as error:
        return _line(f"feed {category}", False, f"{error.outcome}: {error.what}", error.remedy, outside=True)
    papers = len(fetched.batch.entries) if fetched.batch else 0
    dated = f", dated {day_words(fetched.day)}" if fetched.day else ""
    return _line(f"feed {category}", True, f"{many(papers, 'paper')}{dated}")


async def _try_models(app: "App") -> list[dict[str, Any]]:
    """A short call of each endpoint, and what a full day would cost there."""
    from bot.models import build_endpoints
    from bot.services.judging.spend import day_cost

    lines = []
    budget = app.settings.budget
    for endpoint in build_endpoints(app.settings):
        fault = await app.try_model(endpoint)
        what = f"model {endpoint.model} at {endpoint.label}"
        cost = (await day_cost(app.store, endpoint.model, endpoint.price)).words(budget)
        if fault is None:
            lines.append(_line(what, True, f"answers; {cost}"))
        else:
            lines.append(_line(what, False, fault.reason, MEND_MODEL, outside=not fault.stops))
    return lines


def _line(what: str, good: bool, found: str, remedy: str = "", *, outside: bool = False) -> dict[str, Any]:
    return {"what": what, "good": good, "found": found, "remedy": remedy, "outside": outside}


def _show(lines: Iterable[dict[str, Any]]) -> None:
    from bot.cli.paint import results

    console = results()
    for line in lines:
        mark = ("warn" if line["remedy"] else "ok  ") if line["good"] else "BAD "
        words = f"{mark} {line['what']}: {line['found']}"
        console.print(words, style=_style(line), soft_wrap="://" in words)  # a link that is torn cannot be pressed
        if line["remedy"]:
            console.print(f"     {line['remedy']}")


def _style(line: dict[str, Any]) -> str:
    return "" if line["good"] else "red"
