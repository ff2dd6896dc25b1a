"""The `[discord]` and `[slack]` tables of the settings: tokens, addresses, and how the bot listens."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.config.table import SettingsTable


def _address(value: str, schemes: tuple[str, ...], path: str) -> str:
    """An address without a slash at its end; a bare host gets the path that the service has."""
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"must be an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address, without a password, ? or #")
    value = value.rstrip("/")
    return value if urlsplit(value).path else f"{value}{path}"


class DiscordSettings(SettingsTable):
    """Discord. Without a token there is none."""

    token: SecretStr | None = None
    api_url: str = "https://discord.com/api/v10"
    gateway_url: str | None = None
    message_content: bool = False
    shard_count: int | None = Field(None, ge=1, le=10_000)
    shard_ids: tuple[int, ...] = ()

    @field_validator("api_url")
    @classmethod
    def _is_api(cls, value: str) -> str:
        value = _address(value, ("https", "http"), "/api/v10")
        return f"{value}/v10" if value.endswith("/api") else value

    @field_validator("gateway_url")
    @classmethod
    def _is_gateway(cls, value: str | None) -> str | None:
        return _address(value, ("wss", "ws"), "") if value else None

    @model_validator(mode="after")
    def _shards_fit(self) -> Self:
        if self.shard_ids and (self.shard_count is None or max(self.shard_ids) >= self.shard_count):
            raise ValueError("shard_ids need a shard_count that is greater than each of them")
        return self

    @property
    def is_on(self) -> bool:
        """Whether there is a token."""
        return self.token is not None and bool(self.token.get_secret_value())


class SlackSettings(SettingsTable):
    """Slack: Socket Mode with an app token, HTTP with a signing secret and a port; none without a bot token."""

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api"
    host: str = "127.0.0.1"
    port: int | None = Field(None, ge=0, le=65535)
    path: str = Field("/slack/events", pattern=r"^/[\w/.-]*$")
    post_gap_seconds: float = Field(1.0, ge=0, le=60)

    @field_validator("api_url")
    @classmethod
    def _is_api(cls, value: str) -> str:
        return _address(value, ("https", "http"), "/api")

    @model_validator(mode="after")
    def _has_a_bot(self) -> Self:
        bot, *others = self.secrets
        if any(others) and not bot:
            raise ValueError("bot_token is not set, and app_token or signing_secret is; set it too")
        return self

    @property
    def secrets(self) -> tuple[str, str, str]:
        """Bot token, app token and signing secret; what is not set is empty."""
        bot, app, signing = (
            secret_str.get_secret_value().strip() if secret_str else ""
            for secret_str in (self.bot_token, self.app_token, self.signing_secret)
        )
        return bot, app, signing

    @property
    def is_on(self) -> bool:
        """Whether there is a bot token."""
        return self.bot_token is not None and bool(self.bot_token.get_secret_value())
