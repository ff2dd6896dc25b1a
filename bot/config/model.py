"""The `[model]` table of the settings: which models are asked, in turn, and what a day may cost."""

from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.config.table import SettingsTable
from bot.core.errors import SettingsError


class EndpointSettings(SettingsTable):
    """An address that speaks OpenAI's protocol, and the model to ask there. Prices are USD for a million tokens."""

    base_url: str
    model: str = Field(min_length=1, max_length=200)
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    name: str = Field("", max_length=60)
    price_in: float | None = Field(None, ge=0, allow_inf_nan=False)
    price_out: float | None = Field(None, ge=0, allow_inf_nan=False)
    timeout_seconds: Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)] = 120.0
    max_tokens: int = Field(6000, ge=300)
    temperature: float | None = Field(None, ge=0, le=2, allow_inf_nan=False)

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address that begins with http:// or https://")
        if parts.username or parts.password:
            raise ValueError("must hold no password; put it into api_key")
        if parts.query or parts.fragment:
            raise ValueError("must end before any ? or #; a key goes into api_key")
        return value.rstrip("/").removesuffix("/chat/completions")

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if self.api_key is not None and self.api_key_file is not None:
            raise ValueError("give api_key or api_key_file, not both")
        return self


class ModelSettings(SettingsTable):
    """Which models judge. Without endpoints the rules of the lens do."""

    endpoints: tuple[EndpointSettings, ...] = ()
    tokens_a_day: int = Field(5_000_000, ge=0)
    usd_a_day: float = Field(1.0, ge=0, allow_inf_nan=False)
    at_once: int = Field(8, ge=1, le=64)

    @field_validator("endpoints")
    @classmethod
    def _differ(cls, endpoints: tuple[EndpointSettings, ...]) -> tuple[EndpointSettings, ...]:
        known = [(endpoint.base_url, endpoint.model) for endpoint in endpoints]
        if len(set(known)) != len(known):
            raise ValueError("two endpoints have the same base_url and model")
        return endpoints


def secret_of(endpoint: EndpointSettings, base: Path) -> str:
    """The endpoint's API key, from the settings or from its file (a relative path counts from `base`); empty: none."""
    if endpoint.api_key is not None:
        return _checked(endpoint.api_key.get_secret_value())
    if endpoint.api_key_file is None:
        return ""
    try:
        return _checked((base / endpoint.api_key_file).read_text(encoding="utf-8-sig").strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        what = f"The file {base / endpoint.api_key_file} (model.endpoints.api_key_file) cannot be read: {reason}."
        raise SettingsError(what, "Correct the path, or let this program read the file.") from None


def _checked(key: str) -> str:
    """A key that a request can carry."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("An API key of model.endpoints holds a character that no key has.", "Copy it once more.")
    return key
