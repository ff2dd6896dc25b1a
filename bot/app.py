"""The composition root: builds what the settings ask for, and nothing else."""

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from rich.console import Console

from bot.analyst.answers.quoting import QuotingAnswerer
from bot.analyst.verdicts.scan import ScanAnalyst
from bot.clock import SystemClock
from bot.config.settings import Settings, refuse_wrong_follows
from bot.core.jobs.job import KeyFilter, Queue
from bot.core.papers.calendar import Cadence, DaysOfYear, IsDeferred
from bot.core.verdicts.lens import Lens
from bot.lenses.load import load_lenses
from bot.models import build_endpoints, describe_analyst
from bot.platforms.console import ConsoleFaults, ConsolePlatform, Pressable
from bot.ports.discussion import Answerer
from bot.ports.fulltext import TextSource
from bot.ports.platform import Inbox, Platform
from bot.ports.store import Clock, FullAnalyst, Gate, PaperSource, Store
from bot.ports.workers import PageReader, ReadLimits, TextReader
from bot.services.commands.answer import AnswerStep
from bot.services.commands.context import CommandContext
from bot.services.commands.dispatcher import CommandDispatcher
from bot.services.discussion.discuss import Discuss, QaPipeline
from bot.services.ingest.look_again import LookAgain
from bot.services.ingest.poll import Poll
from bot.services.judging.analyse import Analyse
from bot.services.judging.judge import Judge, NoCalls
from bot.services.judging.judge_by_rule import JUDGED_AT_ONCE, JudgeByRule
from bot.services.judging.judge_full import JudgeFull
from bot.services.judging.rank import Ranking
from bot.services.publishing.deliver import Deliver
from bot.services.publishing.given_up import GivenUpWork
from bot.services.publishing.publish import Publish
from bot.services.publishing.render import Renderer
from bot.services.runtime.inbox import StoredInbox
from bot.services.runtime.scheduler import Bundling, JobRunner, JobSignal, Step
from bot.sources.arxiv import ArxivSource
from bot.sources.fulltext.source import MEGABYTE, ArxivTexts, TextLimits
from bot.sources.holidays_kept import Holidays
from bot.sources.http import ArxivAddresses, ArxivHttp, ArxivLimits
from bot.store.sql import SqlStore
from bot.text.tex import readable
from bot.workers.pool import Pool
from bot.workers.reader import WorkerReader

LOOKING_HANDS = 3  # one asks arXiv, others read what it sent

if TYPE_CHECKING:
    from bot.analyst.endpoints.caller import Failure
    from bot.analyst.endpoints.endpoint import Endpoint


@dataclass(frozen=True)
class App:
    """Everything that is built: what the commands work with. What is built of it is built once."""

    settings: Settings
    store: Store
    source: PaperSource
    texts: TextSource
    platforms: Mapping[str, Platform]
    lenses: Mapping[str, Lens]
    analyst: FullAnalyst
    answerer: Answerer
    clock: Clock
    bell: JobSignal
    rules: WorkerReader

    @property
    def has_model(self) -> bool:
        """Whether a model judges, and not the rules of the lens."""
        return bool(self.settings.model.endpoints)

    async def try_model(self, endpoint: "Endpoint") -> "Failure | None":
        """A short call of an endpoint, as a row like any other: None when it answers, else what is wrong."""
        from bot.analyst.endpoints.caller import Caller, Failure, trial
        from bot.analyst.endpoints.chat import Chat

        chat = Chat(self.clock)
        try:
            found = await Caller(chat, self.settings.budget).ask(*trial(endpoint), self.store)
        finally:
            await chat.close()
        return found if isinstance(found, Failure) else None

    @cached_property
    def renderer(self) -> Renderer:
        """Makes the posts that verdicts become."""
        return Renderer(self.store, self.lenses, readable, has_model=self.has_model)

    @cached_property
    def ranking(self) -> Ranking | None:
        """In which order papers go to the model; None where the rules judge, which cost nothing."""
        return Ranking(ScanAnalyst(self.clock, self.rules), self.lenses) if self.has_model else None

    @cached_property
    def poll(self) -> Poll:
        """The step that looks at a feed."""
        cadence = Cadence(
            probe=timedelta(seconds=self.settings.arxiv.probe_seconds),
            rest=timedelta(seconds=self.settings.arxiv.rest_seconds),
        )
        return Poll(self.store, self.source, self.clock, cadence, self.ranking, holidays_of(self.settings))

    @cached_property
    def look(self) -> LookAgain:
        """The step that asks arXiv about papers once more."""
        return LookAgain(self.store, self.source, self.clock, self.poll, self.texts)

    @cached_property
    def means(self) -> CommandContext:
        """What the verbs of a conversation work with."""
        return CommandContext(
            store=self.store,
            source=self.source,
            platforms=self.platforms,
            lenses=self.lenses,
            renderer=self.renderer,
            poll=self.poll,
            scan=ScanAnalyst(self.clock, self.rules),
            clock=self.clock,
            limits=self.settings.limits.ask_limits(has_model=self.has_model),
            reach=self.settings.limits.reach(direct_follows=self.settings.access.direct_follows),
            operators=frozenset(self.settings.access.operators),
            has_model=self.has_model,
            describe=lambda community: describe_analyst(self.settings, self.store, community),
            is_deferred=holidays_of(self.settings),
        )

    @cached_property
    def inbox(self) -> Inbox:
        """Where platforms put what people say and press."""
        operators, direct = self.means.operators, self.settings.access.direct_follows
        return StoredInbox(
            self.store,
            self.bell,
            self.lenses,
            self.clock,
            operators,
            has_model=self.has_model,
            direct_follows=direct,
        )

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.work.lease_seconds)

    @cached_property
    def steps(self) -> Mapping[Queue, Step]:
        """What is done with a job of each queue."""
        store, platforms = self.store, self.platforms
        calls = store if self.has_model else NoCalls()
        fully = JudgeFull(store, self.analyst, self.texts, calls)
        analyse = Analyse(store, self.analyst, self.texts, calls)
        room = self.settings.text.question_characters
        return {
            Queue.POLL: self.poll,
            Queue.LOOK: self.look,
            Queue.JUDGE: Judge(store, self.analyst, self.lenses, calls, fully, analyse),
            Queue.EDITION: Publish(store, platforms, self.clock, self.settings.limits.messages_a_day, self.lenses),
            Queue.ANSWER: AnswerStep(store, platforms, CommandDispatcher(self.means)),
            Queue.REMARK: Discuss(self.means, QaPipeline(self.texts, self.rules, self.answerer, calls, room)),
            Queue.DELIVER: Deliver(
                store, platforms, self.renderer, self.lease, self.clock, self.means.not_for_all, self.means.operators
            ),
        }

    def crews(self) -> tuple[JobRunner, ...]:
        """One crew a queue, wired to their steps."""
        work = self.settings.work
        asked = self.settings.model.at_once
        judges = asked + asked // 2 if self.has_model else work.judges  # some prepare while others are being asked
        hands = {Queue.POLL: 1, Queue.LOOK: LOOKING_HANDS, Queue.JUDGE: judges, Queue.EDITION: 1}
        by_rule = self.analyst if isinstance(self.analyst, ScanAnalyst) else None
        many = Bundling(JudgeByRule(self.store, by_rule, self.lenses), JUDGED_AT_ONCE) if by_rule else None
        return (
            *(
                JobRunner(
                    self.store,
                    queue,
                    self.steps[queue],
                    hands=most,
                    lease=self.lease,
                    bell=self.bell,
                    batch=many if queue is Queue.JUDGE else None,
                    given_up=self._given_up,
                )
                for queue, most in hands.items()
            ),
            *self._crews_of(Queue.ANSWER, work.answerers),
            *self._crews_of(Queue.REMARK, work.answerers),
            *self._crews_of(Queue.DELIVER, work.senders),
        )

    @cached_property
    def _given_up(self) -> GivenUpWork:
        return GivenUpWork(self.store, self.platforms, self.settings.access.operators, self.clock)

    def _crews_of(self, queue: Queue, hands: int) -> list[JobRunner]:
        """A crew for each platform, so that one that hangs holds up no other; the console's takes what is left."""
        others = [name for name in self.platforms if name != "console"]
        portions = {name: KeyFilter.of([name]) for name in others} | {"console": KeyFilter.of(others, is_rest=True)}
        return [
            JobRunner(
                self.store,
                queue,
                self.steps[queue],
                hands=hands,
                lease=self.lease,
                bell=self.bell,
                has_effects=True,
                portion=portion,
                platform=name,
                given_up=self._given_up,
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
    first_answer: timedelta | None = None,
    store: SqlStore | None = None,
    only_looks: bool = False,
) -> AsyncIterator[App]:
    """Build everything, put the settings' follows into the store, and close it all after.

    `first_answer`: how long a judging model that was never heard from is waited for; `store`: one that is open already,
    with what dead processes held free in it; `only_looks`: the store's follows and stopped work stay as they are.
    """
    lenses = load_lenses(settings.lens_folder)
    refuse_wrong_follows(settings, lenses)
    clock = SystemClock()
    if store is None:
        store = SqlStore(settings.store_url)
        await store.open()
        await store.free_dead()
    platforms = build_platforms(settings, clock, paint, buttons, store)
    reader = build_reader(settings)
    arxiv = source if source is not None else build_source(settings, store, clock, reader)
    texts = build_texts(settings, store, clock, reader)
    analyst, answerer = build_analyst(settings, clock, reader, first_answer), build_answerer(settings, clock, reader)
    try:
        if not only_looks:
            await store.sync_follows([follow.follow() for follow in settings.follows], holidays_of(settings))
            await store.resume_stopped()
        gc.freeze()  # what was imported and built is no garbage: the search goes not through it
        gc.enable()
        yield App(settings, store, arxiv, texts, platforms, lenses, analyst, answerer, clock, JobSignal(), reader)
    finally:
        closing = [platform.close() for platform in platforms.values()]
        await asyncio.gather(
            texts.close(), reader.close(), *closing, *([arxiv.close()] if isinstance(arxiv, ArxivSource) else [])
        )
        await analyst.close()
        await answerer.close()
        await store.close()


def build_platforms(
    settings: Settings, clock: Clock, paint: Console | None, buttons: Pressable | None, gate: Gate
) -> Mapping[str, Platform]:
    """The terminal, and every platform that has a token; each is imported only then."""
    console = build_console(settings, clock, paint, buttons)
    platforms: dict[str, Platform] = {console.name: console}
    if settings.discord.is_on:
        platforms["discord"] = build_discord(settings)
    if settings.slack.is_on:
        platforms["slack"] = build_slack(settings, gate, clock)
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


def build_slack(settings: Settings, gate: Gate, clock: Clock) -> Platform:
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
    return SlackPlatform(access, gate, clock)


def build_analyst(
    settings: Settings, clock: Clock, reader: WorkerReader, first_answer: timedelta | None
) -> FullAnalyst:
    """The models of the settings; the rules of the lens when there are none."""
    if not settings.model.endpoints:
        return ScanAnalyst(clock, reader)
    from bot.analyst.verdicts.llm import LlmAnalyst  # the openai package is slow to import, and needed only here

    endpoints, at_once = build_endpoints(settings, first_answer), settings.model.at_once
    return LlmAnalyst(endpoints, settings.budget, clock, rules=reader, passages=reader, at_once=at_once)


def build_answerer(settings: Settings, clock: Clock, reader: WorkerReader) -> Answerer:
    """Who answers questions: the models of the settings; quotation by rule when there are none."""
    if not settings.model.endpoints:
        return QuotingAnswerer(clock, reader)
    from bot.analyst.answers.llm import LlmAnswerer  # as above

    return LlmAnswerer(build_endpoints(settings), settings.budget, clock, passages=reader)


def arxiv_of(settings: Settings) -> tuple[ArxivAddresses, ArxivLimits]:
    """Where arXiv is and how politely it is asked, as the settings say."""
    arxiv = settings.arxiv
    limits = ArxivLimits(
        gap=timedelta(seconds=arxiv.request_gap_seconds),
        timeout=timedelta(seconds=arxiv.timeout_seconds),
        max_bytes=arxiv.max_bytes,
    )
    return ArxivAddresses(arxiv.feed_url, arxiv.api_url, arxiv.site_url, arxiv.allowed_hosts), limits


def holidays_of(settings: Settings) -> IsDeferred:
    """When arXiv is likely to announce nothing."""
    return Holidays([DaysOfYear.parse(days) for days in settings.arxiv.no_mailing])


def build_source(settings: Settings, gate: Gate, clock: Clock, reader: PageReader | None = None) -> ArxivSource:
    """arXiv as the settings name it."""
    addresses, limits = arxiv_of(settings)
    arxiv = settings.arxiv
    return ArxivSource(addresses, limits, gate=gate, clock=clock, contact=arxiv.contact, form=arxiv.form, reader=reader)


def build_texts(settings: Settings, store: Store, clock: Clock, reader: TextReader) -> TextSource:
    """Full texts from arXiv, kept in the store."""
    addresses, limits = arxiv_of(settings)
    text = settings.text
    http = ArxivHttp(addresses, limits, store, clock, settings.arxiv.contact)
    return ArxivTexts(
        http, addresses, TextLimits(read_limits(settings), text.cache_megabytes * MEGABYTE), reader, store
    )


def read_limits(settings: Settings) -> ReadLimits:
    """What reading one text may take."""
    text = settings.text
    return ReadLimits(text.seconds, text.memory_megabytes, text.max_pages, text.max_characters)


def build_reader(settings: Settings) -> WorkerReader:
    """The workers that read what strangers wrote; none is started before there is something to read."""
    return WorkerReader(Pool(settings.text.memory_megabytes), read_limits(settings))


def build_console(
    settings: Settings, clock: Clock, paint: Console | None, buttons: Pressable | None
) -> ConsolePlatform:
    """The console platform; painted when asked and the settings show it."""
    console = settings.platforms.console
    faults = ConsoleFaults(**console.faults.model_dump()) if console.faults else None
    shown = paint if console.show or buttons else None
    return ConsolePlatform(settings.console_file, paint=shown, faults=faults, clock=clock, buttons=buttons)
