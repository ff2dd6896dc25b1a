"""The models of the settings, and who judges in words: apart from `app`, for what needs no more than that."""

from datetime import timedelta

from bot.analyst.endpoints.endpoint import Endpoint, price_of
from bot.config.model import secret_of
from bot.config.settings import Settings
from bot.ports.model import ModelStore
from bot.services.judging.spend import analyst_line


def build_endpoints(settings: Settings, first_answer: timedelta | None = None) -> tuple[Endpoint, ...]:
    """The models of the settings, in their order.

    `first_answer`: how long one that never answered is waited for, unless the settings say how long an answer takes.
    """
    return tuple(
        Endpoint(
            base_url=endpoint.base_url,
            model=endpoint.model,
            api_key=secret_of(endpoint, settings.base),
            name=endpoint.name,
            price=price_of(endpoint.base_url, endpoint.price_in, endpoint.price_out),
            timeout=timedelta(seconds=endpoint.timeout_seconds),
            first_answer=None if "timeout_seconds" in endpoint.model_fields_set else first_answer,
            max_tokens=endpoint.max_tokens,
            temperature=endpoint.temperature,
        )
        for endpoint in settings.model.endpoints
    )


async def describe_analyst(settings: Settings, store: ModelStore, community: str | None = None) -> str:
    """Who judges, and what it has cost today: all, or for its members what one community has taken of its share."""
    endpoints = build_endpoints(settings)
    models, keys = [endpoint.model for endpoint in endpoints], [endpoint.key for endpoint in endpoints]
    return await analyst_line(models, keys, settings.budget, store, community)
