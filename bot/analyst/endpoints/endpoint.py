"""An address that speaks OpenAI's protocol, with one model: what is known of it before anybody calls."""

import ipaddress
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from bot.core.verdicts.call import Price, Usage

# What a token is taken to cost (USD a million) where neither the settings nor the provider name a price: above what
# most models cost, so that a limit in money holds all the same.
ASSUMED = Price(2.0, 8.0, known=False)
FREE = Price(0.0, 0.0)
CHARACTERS_A_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`key` is what the store knows it by: address and model, never the API key.

    `first_answer`: how long one that was never heard from is waited for; None: as long as any other.
    """

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    name: str = ""
    price: Price = FREE
    timeout: timedelta = timedelta(seconds=120)
    first_answer: timedelta | None = None
    max_tokens: int = 6000
    temperature: float | None = None

    @property
    def key(self) -> str:
        """Address and model."""
        return f"{self.base_url}|{self.model}"

    @property
    def label(self) -> str:
        """What people call it: the name of the settings, else the host."""
        return self.name or self.host

    @property
    def host(self) -> str:
        """The address's host."""
        return urlsplit(self.base_url).hostname or self.base_url

    @property
    def is_openrouter(self) -> bool:
        """Whether it takes OpenRouter's own parameters."""
        return self.host == "openrouter.ai" or self.host.endswith(".openrouter.ai")

    def most(self, characters: int) -> Usage:
        """The most that a call with a prompt of so many characters can take."""
        tokens_in = characters // CHARACTERS_A_TOKEN + 1
        return Usage(tokens_in, self.max_tokens, 0, self.price.of(tokens_in, self.max_tokens))


def price_of(base_url: str, price_in: float | None, price_out: float | None) -> Price:
    """The price that the settings name; else nothing on one's own machine or network, and the assumed one elsewhere."""
    if price_in is not None or price_out is not None:
        return Price(price_in or 0.0, price_out or 0.0)
    return FREE if _is_at_home(urlsplit(base_url).hostname or "") else ASSUMED


def _is_at_home(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".lan")) or "." not in host
    return address.is_loopback or address.is_private
