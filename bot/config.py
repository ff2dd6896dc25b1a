"""One TOML file and the environment -> `Settings`; the only reader of the environment.

Environment beats file. `COPECHECK_` + path in capitals, levels joined by `__`; lists and tables as JSON; every secret
also as `<NAME>_FILE`, the path of a file that holds it. An unknown key is an error that names the nearest.
"""

import difflib
import ipaddress
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self, get_args
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from bot.config_follow import FollowSettings
from bot.config_model import ModelSettings
from bot.config_platform import DiscordSettings, SlackSettings
from bot.config_text import TextSettings
from bot.core.errors import SettingsError

PREFIX = "COPECHECK_"
NOT_SETTINGS = ("COPECHECK_CONFIG", "COPECHECK_TEST_")
MAY_HOLD_SECRETS = (("store", "url"),)
ANNOUNCED_GAP = timedelta(seconds=3)

Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0, le=31_536_000, allow_inf_nan=False)]


class Section(BaseModel):
    """A table of the settings file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https://")
    return value.rstrip("/")


class ArxivSettings(Section):
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


class StoreSettings(Section):
    """Where everything is remembered: a path or URL; by default `copecheck.db` beside the settings file."""

    url: str | None = None


class LensSettings(Section):
    """The operator's own lenses."""

    folder: Path | None = None


class WorkSettings(Section):
    """How work is leased and kept."""

    lease_seconds: Seconds = 60.0
    judges: int = Field(4, ge=1, le=64)
    senders: int = Field(4, ge=1, le=64)
    answerers: int = Field(4, ge=1, le=64)
    keep_done_days: int = Field(30, ge=1, le=36_500)


class LimitSettings(Section):
    """How much we say, and how much may be asked for that has to be judged first; a day is one of UTC."""

    messages_a_day: int = Field(10, ge=1)
    person_a_day: int = Field(5, ge=0)
    place_a_day: int = Field(30, ge=0)
    answers_person_a_day: int = Field(20, ge=0)
    answers_thread_a_day: int = Field(20, ge=0)
    answers_place_a_day: int = Field(100, ge=0)
    person_usd_a_day: float = Field(0.25, ge=0, allow_inf_nan=False)
    place_usd_a_day: float = Field(0.75, ge=0, allow_inf_nan=False)


class AccessSettings(Section):
    """Who runs the bot: people as `platform:id`; they may do in every place what its admins may."""

    operators: tuple[Annotated[str, Field(pattern=r"^[a-z]+:\S+$")], ...] = ()


class PrivacySettings(Section):
    """How long what people wrote and asked is kept."""

    keep_remarks_days: int = Field(90, ge=1, le=36_500)


class ConsoleFaultSettings(Section):
    """Faults of the console platform, for trying what the bot does then; shares of sends between 0 and 1."""

    drop_after: Share = 0.0
    refuse: Share = 0.0
    rate_limited: Share = 0.0
    delay_ms: int = Field(0, ge=0, le=3_600_000)
    seed: int = 0


class ConsoleSettings(Section):
    """The terminal as a platform. `file` keeps its posts, by default beside the store."""

    file: Path | None = None
    show: bool = True
    faults: ConsoleFaultSettings | None = None


class PlatformSettings(Section):
    """Where the bot speaks."""

    console: ConsoleSettings = ConsoleSettings()


class HealthSettings(Section):
    """Health and metrics over HTTP, when a port is given."""

    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535)


class LogSettings(Section):
    """Logs go to stderr."""

    level: str = Field("info", pattern="^(debug|info|warning|error)$")
    form: str = Field("text", pattern="^(text|json)$")


class Settings(Section):
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
        raise _explained(error, file) from None
    settings._base = file.parent
    return settings


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "Write one with `copecheck init`, or name another with --config."
        raise SettingsError(f"There is no settings file {file}.", remedy) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {file} cannot be read: {error}.") from None
    except RecursionError:
        raise SettingsError(f"{file} is nested too deeply.", "Mend it.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}.", "Mend that line.") from None


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
        raise SettingsError(f"The file that {name} names cannot be read: {reason}.") from None


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


def _explained(error: ValidationError, file: Path) -> SettingsError:
    """The first faults of a settings file, each with its key and what to write instead."""
    lines = [_explain(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors()[:5]]
    return SettingsError(f"The settings ({file} and the environment) are wrong:\n  " + "\n  ".join(lines))


def _explain(loc: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in loc)
    if kind != "extra_forbidden":
        return f"{key}: {_plain(kind, message)}."
    near = difflib.get_close_matches(key, list(all_keys()), n=1, cutoff=0.4)
    return f"{key}: there is no such setting" + (f"; did you mean {near[0]}?" if near else ".")


_FAULTS = {
    "missing": "is required",
    "too_short": "must not be empty",
    "tuple_type": 'must be a list like ["cs.AI"]; in the environment as JSON',
}
_CHOICE = re.compile(r"'\^\(([\w|]+)\)\$'$")


def _plain(kind: str, message: str) -> str:
    """A fault in words for people, without those of the library."""
    if choice := _CHOICE.search(message):
        return f"must be one of {', '.join(choice[1].split('|'))}"
    plain = message.removeprefix("Value error, ").replace("Input should", "should")
    return _FAULTS.get(kind, plain.replace("String should match pattern", "must be written by the pattern"))


def all_keys(model: type[BaseModel] = Settings, path: str = "") -> Iterator[str]:
    """Every key that can be set, dotted; of a list of tables the key of its first."""
    for name, field in model.model_fields.items():
        yield path + name
        for part in _tables(field.annotation):
            yield from all_keys(part, f"{path}{name}.")


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _tables(part)
