"""One TOML file and the environment -> `Settings`; the only reader of the environment.

Environment beats file. `COPECHECK_` + path in capitals, levels joined by `__`; lists and tables as JSON; every secret
also as `<NAME>_FILE`, the path of a file that holds it. An unknown key is an error that names the nearest.
"""

import ipaddress
import json
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.config.faults import all_keys as keys_of
from bot.config.faults import fault_lines
from bot.config.follow import PLACE_FORM, FollowSettings
from bot.config.limits import LimitSettings
from bot.config.model import ModelSettings
from bot.config.platform import DiscordSettings, SlackSettings
from bot.config.table import SettingsTable
from bot.config.text import TextSettings
from bot.core.errors import SettingsError, toml_remedy
from bot.core.papers.calendar import DaysOfYear
from bot.core.posts.post import Place
from bot.core.verdicts.call import Budget

PREFIX = "COPECHECK_"
NOT_SETTINGS = ("COPECHECK_CONFIG", "COPECHECK_TEST_")
MAY_HOLD_SECRETS = (("store", "url"),)
ANNOUNCED_GAP = timedelta(seconds=3)

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)]


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


class ArxivSettings(SettingsTable):
    """Where arXiv is, and how politely it is asked."""

    feed_url: str = "https://rss.arxiv.org"
    api_url: str = "https://export.arxiv.org/api/query"
    site_url: str = "https://arxiv.org"
    contact: str = ""
    form: str = Field("rss", pattern="^(rss|atom)$")
    allowed_hosts: tuple[str, ...] = ()
    request_gap_seconds: float = Field(3.0, ge=0, le=86_400, allow_inf_nan=False)
    timeout_seconds: Seconds = 60.0
    max_bytes: int = Field(20_000_000, gt=0)
    probe_seconds: Seconds = 600.0
    rest_seconds: Seconds = 14_400.0
    no_mailing: tuple[str, ...] = ("12-29..12-31",)

    @field_validator("no_mailing")
    @classmethod
    def _are_days(cls, no_mailing: tuple[str, ...]) -> tuple[str, ...]:
        for days in no_mailing:
            DaysOfYear.parse(days)
        return no_mailing

    _addresses = field_validator("feed_url", "api_url", "site_url")(_web_address)

    @model_validator(mode="after")
    def _keeps_arxivs_terms(self) -> Self:
        elsewhere = all(_is_loopback(url) for url in (self.feed_url, self.api_url, self.site_url))
        if self.request_gap_seconds < ANNOUNCED_GAP.total_seconds() and not elsewhere:
            raise ValueError("request_gap_seconds may be under 3 only when all three addresses are on this machine")
        return self


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class StoreSettings(SettingsTable):
    """Where everything is remembered: a path or URL; by default `copecheck.db` beside the settings file.

    Posts are known for a century, which is for ever: buttons work and edits come as long as the message stands.
    """

    url: str | None = None
    keep_posts_days: int = Field(36_500, ge=180, le=36_500)
    keep_papers_days: int = Field(180, ge=30, le=36_500)


class LensSettings(SettingsTable):
    """The operator's own lenses."""

    folder: Path | None = None


class WorkSettings(SettingsTable):
    """How work is leased and kept."""

    lease_seconds: Seconds = 60.0
    judges: int = Field(4, ge=1, le=64)
    senders: int = Field(4, ge=1, le=64)
    answerers: int = Field(4, ge=1, le=64)
    keep_done_days: int = Field(30, ge=1, le=36_500)
    keep_failed_days: int = Field(180, ge=1, le=36_500)


class AccessSettings(SettingsTable):
    """Who runs the bot: people as `platform:id`; they may do in every place what its admins may.

    `direct_follows`: whether people may follow something in their own direct messages; guests never may.
    """

    operators: tuple[Annotated[str, Field(pattern=r"^[a-z]+:\S+$")], ...] = ()
    direct_follows: bool = False


class PrivacySettings(SettingsTable):
    """How long what people wrote and asked is kept."""

    keep_remarks_days: int = Field(90, ge=1, le=36_500)


class ConsoleFaultSettings(SettingsTable):
    """Faults of the console platform, for trying what the bot does then; shares of sends between 0 and 1."""

    drop_after: Share = 0.0
    refuse: Share = 0.0
    rate_limited: Share = 0.0
    delay_ms: int = Field(0, ge=0, le=3_600_000)
    seed: int = 0


class ConsoleSettings(SettingsTable):
    """The terminal as a platform. `file` keeps its posts, by default beside the store."""

    file: Path | None = None
    show: bool = True
    faults: ConsoleFaultSettings | None = None


class PlatformSettings(SettingsTable):
    """Where the bot speaks."""

    console: ConsoleSettings = ConsoleSettings()


class HealthSettings(SettingsTable):
    """Health, metrics and a page to look inside, over HTTP, when a port is given. With a token the page asks for it."""

    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535)
    token: SecretStr | None = Field(None, min_length=16, max_length=200)


class LogSettings(SettingsTable):
    """Logs go to stderr."""

    level: str = Field("info", pattern="^(debug|info|warning|error)$")
    form: str = Field("text", pattern="^(text|json)$")


class Settings(SettingsTable):
    """Everything that can be set."""

    arxiv: ArxivSettings = ArxivSettings()
    store: StoreSettings = StoreSettings()
    lenses: LensSettings = LensSettings()
    model: ModelSettings = ModelSettings()
    text: TextSettings = TextSettings()
    work: WorkSettings = WorkSettings()
    limits: LimitSettings = LimitSettings()
    access: AccessSettings = AccessSettings()
    privacy: PrivacySettings = PrivacySettings()
    platforms: PlatformSettings = PlatformSettings()
    discord: DiscordSettings = DiscordSettings()
    slack: SlackSettings = SlackSettings()
    health: HealthSettings = HealthSettings()
    log: LogSettings = LogSettings()
    follows: tuple[FollowSettings, ...] = ()
    _base: Path = PrivateAttr(Path("."))

    @field_validator("follows")
    @classmethod
    def _names_differ(cls, follows: tuple[FollowSettings, ...]) -> tuple[FollowSettings, ...]:
        names = [follow.name for follow in follows]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two follows are named {twice[0]!r}; give each its own name")
        return follows

    @property
    def base(self) -> Path:
        """The folder that relative paths count from: that of the settings file."""
        return self._base

    @property
    def budget(self) -> Budget:
        """What a day of calls of models may take."""
        return self.limits.budget(self.model)

    @property
    def store_url(self) -> str:
        """The store's path or URL; a relative path counts from the settings file's folder."""
        url = self.store.url or "copecheck.db"
        return url if "://" in url else str(self.base / url)

    @property
    def store_folder(self) -> Path:
        """The folder of an SQLite store, else that of the settings file: where the console keeps its posts."""
        url = self.store_url
        if "://" not in url:
            return Path(url).parent
        path = url.partition("///")[2] if url.startswith("sqlite") else ""
        return Path(path).parent if path else self.base

    @property
    def console_file(self) -> Path:
        """Where the console platform keeps its posts."""
        return self.base / (self.platforms.console.file or self.store_folder.absolute() / "copecheck-console.jsonl")

    @property
    def lens_folder(self) -> Path | None:
        return self.base / self.lenses.folder if self.lenses.folder else None


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of `--config`, else `$COPECHECK_CONFIG`, else `./config.toml` when it is there, else defaults.

    Raises `SettingsError` with the key and the remedy.
    """
    named = path or (Path(environ["COPECHECK_CONFIG"]) if environ.get("COPECHECK_CONFIG") else None)
    file = named or Path("config.toml")
    table: dict[str, Any] = {}
    if named or file.exists():
        table = _read_toml(file)
    for keys, value in _from_environment(environ):
        if not _put(table, keys, value):
            key = PREFIX + "__".join(keys).upper()
            raise SettingsError(f"{key} names a part of a list or value.", "Set the whole list, as JSON.")
    try:
        settings = Settings.model_validate(table)
    except ValidationError as error:
        lines = "\n  ".join(fault_lines(error, Settings))
        raise SettingsError(f"The settings ({file} and the environment) are wrong:\n  {lines}") from None
    settings._base = file.parent
    return settings


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        remedy = "Write one with `copecheck init`, or name another with --config."
        raise SettingsError(f"There is no settings file {file}.", remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        what = f"The settings file {file} cannot be read: {reason}."
        raise SettingsError(what, "Let this program read it, or name another with --config.") from None
    except RecursionError:
        raise SettingsError(
            f"{file} is nested too deeply.", "Write it with fewer brackets inside one another."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}.", toml_remedy(error)) from None


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[list[str], Any]]:
    """(path, value) of each setting in the environment; `*_FILE` is read where the key without it is a secret."""
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or name.startswith(NOT_SETTINGS):
            continue
        keys = name.removeprefix(PREFIX).lower().split("__")
        kind = _kind(keys)
        if kind is None and keys[-1].endswith("_file"):
            secret = [*keys[:-1], keys[-1].removesuffix("_file")]
            if _is_secret(_kind(secret)) or tuple(secret) in MAY_HOLD_SECRETS:
                yield secret, _read_secret(name, text)
                continue
        yield keys, _typed(name, text, kind)


def _kind(keys: Sequence[str]) -> Any:
    """The annotation of the setting at that path; None when there is none."""
    model: Any = Settings
    for key in keys:
        fields = getattr(model, "model_fields", None)
        if not fields or key not in fields:
            return None
        model = fields[key].annotation
        model = next((part for part in get_args(model) if hasattr(part, "model_fields")), model)
    return model


def _is_secret(kind: Any) -> bool:
    return kind is SecretStr or SecretStr in get_args(kind)


def _read_secret(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        what = f"The file that {name} names cannot be read: {reason}."
        raise SettingsError(what, "Correct the path, or let this program read the file.") from None


def _typed(name: str, text: str, kind: Any) -> Any:
    """Lists and tables come as JSON; all else as the text, which pydantic reads."""
    if text.lstrip()[:1] not in ("[", "{") or kind is str:
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise SettingsError(f"{name} is not valid JSON: {error}.", 'Write lists like ["cs.AI", "cs.LG"].') from None


def _put(table: dict[str, Any], keys: Sequence[str], value: Any) -> bool:
    """Set a value in nested tables; False when something that is no table stands in the way."""
    for key in keys[:-1]:
        below = table.setdefault(key, {})
        if not isinstance(below, dict):
            return False
        table = below
    table[keys[-1]] = value
    return True


def all_keys() -> Iterator[str]:
    """Every key that can be set, dotted."""
    return keys_of(Settings)


def refuse_wrong_follows(settings: Settings, lenses: Collection[str]) -> None:
    """`SettingsError` with each follow that wants a lens or a platform that there is not, or that has no token."""
    faults = [str(fault) for follow in settings.follows for fault in _wrong_in(follow, settings, lenses)]
    if faults:
        raise SettingsError("\n  ".join(faults))


def _wrong_in(follow: FollowSettings, settings: Settings, lenses: Collection[str]) -> Iterator[SettingsError]:
    """What keeps one follow from working, each with its remedy."""
    if follow.lens not in lenses:
        what = f"The follow {follow.name!r} wants the lens {follow.lens!r}, which there is not."
        yield SettingsError(what, f"There are: {', '.join(sorted(lenses))}.")
    yield from wrong_place(settings, Place.parse(follow.place), f"The follow {follow.name!r} posts to {follow.place}")


def wrong_place(settings: Settings, place: Place, what: str) -> Iterator[SettingsError]:
    """What the settings lack for a place; `what` begins the sentence that says it."""
    keys = {"console": "", "discord": "" if settings.discord.is_on else "token"}
    keys |= {"slack": "" if settings.slack.is_on else "bot_token"}
    if place.platform not in keys:
        yield SettingsError(f"{what}: no such platform.", f"{PLACE_FORM[0].upper()}{PLACE_FORM[1:]}.")
    elif key := keys[place.platform]:
        name = f"{PREFIX}{place.platform}__{key}".upper()
        remedy = (
            f'Set it: a line {key} = "…" below [{place.platform}] in the settings file, or {name} in the environment.'
        )
        yield SettingsError(f"{what}, and {place.platform}.{key} is not set.", remedy)
