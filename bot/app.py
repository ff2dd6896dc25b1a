"""The composition root: builds what the settings ask for, and nothing else."""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from rich.console import Console

from bot.analyst.endpoint import Endpoint, price_of
from bot.analyst.quoting import QuotingAnswerer
from bot.analyst.scan import ScanAnalyst
from bot.config import Settings
from bot.config_model import secret_of
from bot.core.call import Budget
from bot.core.errors import SettingsError
from bot.core.follow import Follow
from bot.core.fulltext import FullText
from bot.core.lens import Lens
from bot.core.people import AskLimits
from bot.core.question import Question, Reading
from bot.core.retrieve import choose, search_words
from bot.core.schedule import Cadence
from bot.core.work import Portion, Queue
from bot.lenses.load import load_lenses
from bot.platforms.console import ConsoleFaults, ConsolePlatform, Pressable
from bot.ports import Clock, FullAnalyst, Gate, Inbox, PaperSource, Platform, Store
from bot.ports_talk import Answerer
from bot.ports_text import TextSource
from bot.services.answer import Answer
from bot.services.deliver import Deliver
from bot.services.desk import Desk
from bot.services.discuss import Discuss, Mind
from bot.services.inbox import StoredInbox
from bot.services.judge import Judge, NoCalls
from bot.services.judge_full import JudgeFull
from bot.services.means import Means
from bot.services.poll import Poll
from bot.services.publish import Publish
from bot.services.rank import Ranking
from bot.services.render import Renderer
from bot.services.scheduler import Bell, Crew, Step
from bot.services.spend import analyst_line
from bot.sources.arxiv_feed import ArxivSource
from bot.sources.arxiv_http import ArxivAddresses, ArxivHttp, ArxivLimits
from bot.sources.arxiv_text import ArxivTexts, TextLimits
from bot.sources.pdf_worker import MEGABYTE, PdfLimits
from bot.store.sql import SqlStore
from bot.text.tex import readable

if TYPE_CHECKING:
    from bot.analyst.caller import Failure


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """Everything that is built: what the commands work with."""

    settings: Settings
    store: Store
    source: PaperSource
    texts: TextSource
    platforms: Mapping[str, Platform]
    lenses: Mapping[str, Lens]
    analyst: FullAnalyst
    answerer: Answerer
    clock: Clock
    bell: Bell

    @property
    def has_model(self) -> bool:
        """Whether a model judges, and not the rules of the lens."""
        return bool(self.settings.model.endpoints)

    async def try_model(self, endpoint: Endpoint) -> "Failure | None":
        """A short call of an endpoint, as a row like any other: None when it answers, else what is wrong."""
        from bot.analyst.caller import Caller, Failure, trial
        from bot.analyst.chat import Chat

        chat = Chat()
        try:
            found = await Caller(chat, budget_of(self.settings)).ask(*trial(endpoint), self.store)
        finally:
            await chat.close()
        return found if isinstance(found, Failure) else None

    @property
    def inbox(self) -> Inbox:
        """Where platforms put what people say."""
        return StoredInbox(self.store, self.bell, self.lenses)

    @property
    def renderer(self) -> Renderer:
        """Makes the posts that verdicts become."""
        return Renderer(self.store, self.lenses, readable)

    @property
    def ranking(self) -> Ranking | None:
        """In which order papers go to the model; None where the rules judge, which cost nothing."""
        return Ranking(ScanAnalyst(self.clock), self.lenses) if self.has_model else None

    @property
    def poll(self) -> Poll:
        """The step that looks at a feed."""
        cadence = Cadence(
            probe=timedelta(seconds=self.settings.arxiv.probe_seconds),
            rest=timedelta(seconds=self.settings.arxiv.rest_seconds),
        )
        return Poll(self.store, self.source, self.clock, cadence, self.ranking)

    @property
    def means(self) -> Means:
        """What the verbs of a conversation work with."""
        limits = self.settings.limits
        money = (limits.person_usd_a_day, limits.place_usd_a_day) if self.has_model else (math.inf, math.inf)
        return Means(
            store=self.store,
            source=self.source,
            platforms=self.platforms,
            lenses=self.lenses,
            renderer=self.renderer,
            poll=self.poll,
            scan=ScanAnalyst(self.clock),
            clock=self.clock,
            limits=AskLimits(
                limits.person_a_day,
                limits.place_a_day,
                *money,
                answers_person=limits.answers_person_a_day,
                answers_thread=limits.answers_thread_a_day,
                answers_place=limits.answers_place_a_day,
            ),
            operators=frozenset(self.settings.access.operators),
            has_model=self.has_model,
            describe=lambda: describe_analyst(self.settings, self.store),
        )

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.work.lease_seconds)

    def crews(self) -> tuple[Crew, ...]:
        """One crew a queue, wired to their steps."""
        work, store, bell = self.settings.work, self.store, self.bell
        calls = store if self.has_model else NoCalls()
        judge = Judge(store, self.analyst, self.lenses, calls, JudgeFull(store, self.analyst, self.texts, calls))
        discuss = Discuss(self.means, Mind(self.texts, self._choose, self.answerer, calls))
        publish = Publish(store, self.platforms, self.clock, self.settings.limits.messages_a_day)
        operators = frozenset(self.settings.access.operators)
        deliver = Deliver(store, self.platforms, self.renderer, self.lease, self.clock, operators)
        answer = Answer(store, self.platforms, Desk(self.means))
        judges = self.settings.model.at_once if self.has_model else work.judges
        return (
            Crew(store, Queue.POLL, self.poll, hands=1, lease=self.lease, bell=bell),
            Crew(store, Queue.JUDGE, judge, hands=judges, lease=self.lease, bell=bell),
            Crew(store, Queue.EDITION, publish, hands=1, lease=self.lease, bell=bell),
            *self._crews_of(Queue.ANSWER, answer, work.answerers),
            *self._crews_of(Queue.REMARK, discuss, work.answerers),
            *self._crews_of(Queue.DELIVER, deliver, work.senders),
        )

    def _choose(self, full: FullText, question: Question) -> Reading:
        """What is read of a text for a question, within what is sent to a model."""
        return choose(full, search_words(question), self.settings.text.question_characters)

    def _crews_of(self, queue: Queue, step: Step, hands: int) -> list[Crew]:
        """A crew for each platform, so that one that hangs holds up no other; the console's takes what is left."""
        others = [name for name in self.platforms if name != "console"]
        portions = {name: Portion.of([name]) for name in others} | {"console": Portion.of(others, is_rest=True)}
        return [
            Crew(
                self.store,
                queue,
                step,
                hands=hands,
                lease=self.lease,
                bell=self.bell,
                has_effects=True,
                portion=portion,
                platform=name,
            )
            for name, portion in portions.items()
        ]


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    paint: Console | None = None,
    source: PaperSource | None = None,
    buttons: Pressable | None = None,
) -> AsyncIterator[App]:
    """Build everything, bring the store's tables up to date, put the settings' follows in, and close it all after."""
    lenses = load_lenses(settings.lens_folder)
    follows = [follow.follow() for follow in settings.follows]
    for follow in follows:
        if follow.lens not in lenses:
            known = ", ".join(sorted(lenses))
            raise SettingsError(f"The follow {follow.name!r} wants the lens {follow.lens!r}.", f"There are: {known}.")
        _refuse_unknown(follow, settings)
    clock = SystemClock()
    store = SqlStore(settings.store_url)
    await store.open()
    arxiv = source if source is not None else build_source(settings, store, clock)
    platforms = build_platforms(settings, clock, paint, buttons, store)
    texts = build_texts(settings, store, clock)
    analyst, answerer = build_analyst(settings, clock), build_answerer(settings, clock)
    try:
        await store.sync_follows(follows)
        await store.resume_stopped()
        yield App(settings, store, arxiv, texts, platforms, lenses, analyst, answerer, clock, Bell())
    finally:
        closing = [platform.close() for platform in platforms.values()]
        await asyncio.gather(texts.close(), *closing, *([arxiv.close()] if isinstance(arxiv, ArxivSource) else []))
        await analyst.close()
        await answerer.close()
        await store.close()


def _refuse_unknown(follow: Follow, settings: Settings) -> None:
    """`SettingsError` when a follow posts to a platform that there is not, or that has no token."""
    tokens = {"console": True, "discord": settings.discord.is_on, "slack": settings.slack.is_on}
    platform = follow.place.platform
    if platform not in tokens:
        remedy = 'Write a place like "console:main", "discord:<channel id>" or "slack:<team id>/<channel id>".'
        raise SettingsError(f"The follow {follow.name!r} posts to {follow.place}: no such platform.", remedy)
    if not tokens[platform]:
        key = "discord.token" if platform == "discord" else "slack.bot_token"
        raise SettingsError(f"The follow {follow.name!r} posts to {follow.place}, and {key} is not set.", f"Set {key}.")


def build_platforms(
    settings: Settings, clock: Clock, paint: Console | None, buttons: Pressable | None, gate: Gate
) -> Mapping[str, Platform]:
    """The terminal, and every platform that has a token; each is imported only then."""
    console = build_console(settings, clock, paint, buttons)
    platforms: dict[str, Platform] = {console.name: console}
    if settings.discord.is_on:
        platforms["discord"] = build_discord(settings)
    if settings.slack.is_on:
        platforms["slack"] = build_slack(settings, gate)
    return platforms


def build_discord(settings: Settings) -> Platform:
    """Discord as the settings name it; discord.py is slow to import, and needed only here."""
    from bot.platforms.discord import DiscordPlatform

    discord = settings.discord
    return DiscordPlatform(
        discord.token.get_secret_value() if discord.token else "",
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        site_url=settings.arxiv.site_url,
        message_content=discord.message_content,
        shard_count=discord.shard_count,
        shard_ids=discord.shard_ids,
    )


def build_slack(settings: Settings, gate: Gate) -> Platform:
    """Slack as the settings name it."""
    from bot.platforms.slack import SlackAccess, SlackPlatform

    slack = settings.slack
    access = SlackAccess(
        *slack.secrets,
        api_url=slack.api_url,
        host=slack.host,
        port=slack.port,
        path=slack.path,
        site_url=settings.arxiv.site_url,
        gap=timedelta(seconds=slack.post_gap_seconds),
    )
    return SlackPlatform(access, gate)


def build_endpoints(settings: Settings) -> tuple[Endpoint, ...]:
    """The models of the settings, in their order."""
    return tuple(
        Endpoint(
            base_url=one.base_url,
            model=one.model,
            api_key=secret_of(one, settings.base),
            name=one.name,
            price=price_of(one.base_url, one.price_in, one.price_out),
            timeout=timedelta(seconds=one.timeout_seconds),
            max_tokens=one.max_tokens,
            temperature=one.temperature,
        )
        for one in settings.model.endpoints
    )


def build_analyst(settings: Settings, clock: Clock) -> FullAnalyst:
    """The models of the settings; the rules of the lens when there are none."""
    if not settings.model.endpoints:
        return ScanAnalyst(clock)
    from bot.analyst.llm import LlmAnalyst  # the openai package is slow to import, and needed only here

    return LlmAnalyst(build_endpoints(settings), budget_of(settings), clock)


def build_answerer(settings: Settings, clock: Clock) -> Answerer:
    """Who answers questions: the models of the settings; quotation by rule when there are none."""
    if not settings.model.endpoints:
        return QuotingAnswerer(clock)
    from bot.analyst.discuss import LlmAnswerer  # as above

    return LlmAnswerer(build_endpoints(settings), budget_of(settings), clock)


async def describe_analyst(settings: Settings, store: Store) -> str:
    """Who judges, and what it has cost today."""
    endpoints = build_endpoints(settings)
    models, keys = [one.model for one in endpoints], [one.key for one in endpoints]
    return await analyst_line(models, keys, budget_of(settings), store)


def budget_of(settings: Settings) -> Budget:
    """What a day of calls may take."""
    return Budget(settings.model.tokens_a_day, settings.model.usd_a_day)


def arxiv_of(settings: Settings) -> tuple[ArxivAddresses, ArxivLimits]:
    """Where arXiv is and how politely it is asked, as the settings say."""
    arxiv = settings.arxiv
    limits = ArxivLimits(
        gap=timedelta(seconds=arxiv.request_gap_seconds),
        timeout=timedelta(seconds=arxiv.timeout_seconds),
        max_bytes=arxiv.max_bytes,
    )
    return ArxivAddresses(arxiv.feed_url, arxiv.api_url, arxiv.site_url, arxiv.allowed_hosts), limits


def build_source(settings: Settings, store: Store, clock: Clock) -> ArxivSource:
    """arXiv as the settings name it."""
    addresses, limits = arxiv_of(settings)
    arxiv = settings.arxiv
    return ArxivSource(addresses, limits, gate=store, clock=clock, contact=arxiv.contact, form=arxiv.form)


def build_texts(settings: Settings, store: Store, clock: Clock) -> TextSource:
    """Full texts from arXiv, kept in the store."""
    addresses, limits = arxiv_of(settings)
    text = settings.text
    pdf = PdfLimits(text.seconds, text.memory_megabytes, text.max_pages, text.max_characters)
    http = ArxivHttp(addresses, limits, store, clock, settings.arxiv.contact)
    return ArxivTexts(http, addresses, TextLimits(pdf, text.cache_megabytes * MEGABYTE), readable, store)


def build_console(
    settings: Settings, clock: Clock, paint: Console | None, buttons: Pressable | None
) -> ConsolePlatform:
    """The console platform; painted when asked and the settings show it."""
    console = settings.platforms.console
    faults = ConsoleFaults(**console.faults.model_dump()) if console.faults else None
    shown = paint if console.show or buttons else None
    return ConsolePlatform(settings.console_file, paint=shown, faults=faults, clock=clock, buttons=buttons)
