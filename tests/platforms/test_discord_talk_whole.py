"""A discussion over Discord with the real services: with the intent to read along, and without it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.analyst.verdicts.scan import ScanAnalyst
from bot.app import App, open_app
from bot.clock import SystemClock
from bot.config.settings import Settings
from bot.core.jobs.job import JobState, Queue
from bot.core.verdicts.dispute import Ruling
from bot.platforms.discord import DiscordPlatform
from bot.platforms.discord import platform as discord_platform
from bot.services.commands.disputes import rule
from bot.sources.saved import SavedSource
from tests.fakes import feeds, latexml
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.discord_bot import QUICK, place_of, until
from tests.fakes.discord_server.gateway import CONTENT
from tests.fakes.discord_server.server import FakeDiscord
from tests.fakes.discord_server.state import Channel, Guild, Message, User
from tests.fakes.openai_server import FakeOpenAi
from tests.fakes.worlds import Reader
from tests.platforms.test_discord_whole import answered, at_work, latest_weekday, one_round, own

pytest_plugins = ("tests.fakes.discord_fixtures",)

FILLER = "Every cupboard of the town was opened twice, by two people, on two days that lay a week apart."
DATA = f"We visited 40 kitchens in three towns. The owners were not paid. {' '.join([FILLER] * 4)}"
RESULTS = f"An oak shelf bends by 4 mm under a load of 20 kg. {' '.join([FILLER] * 4)}"
PAGE = latexml.section(1, DATA, heading="Data") + latexml.section(2, RESULTS, heading="Results")


@dataclass
class Here:
    """The fake, the bot at work, the card of one paper, and its channel."""

    fake: FakeDiscord
    guild: Guild
    papers: Channel
    app: App
    card: Message
    arxiv: FakeArxiv

    @property
    def thread(self) -> Channel:
        return self.guild.channels[self.card.id]

    @property
    def said(self) -> list[Message]:
        """What we said in the card's thread."""
        return own(self.fake, self.thread) if self.card.id in self.guild.channels else []

    async def count(self, number: int) -> str:
        """Wait until we said so many things there; the last of it."""
        await until(lambda: len(self.said) >= number)
        assert len(self.said) == number
        return self.said[-1].text

    def mention(self, user: User, words: str, channel: Channel | None = None) -> Message:
        return self.fake.say(user, channel or self.thread, f"<@{self.fake.world.bot.id}> {words}")

    async def still(self) -> None:
        """Wait until everything that was said is worked on."""
        await asyncio.sleep(0.3)
        async with asyncio.timeout(20):
            for queue in (Queue.ANSWER, Queue.REMARK, Queue.DELIVER):
                while await self.app.store.list_jobs((JobState.OPEN,), queue):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)


@asynccontextmanager
async def talking(
    fake: FakeDiscord, guild: Guild, papers: Channel, folder: Path, *, reads_along: bool = True, **more: Any
) -> AsyncIterator[Here]:
    """One card in #papers, the paper's full text on arXiv, and the bot at work."""
    fake.world.privileged = CONTENT
    day = SavedSource.parse(feeds.rss(latest_weekday(), feeds.invent_day(3)), "the day")
    follow = {"name": "f", "place": str(place_of(papers)), "categories": ["cs.AI"], "lens": "plain", "hour": "00:00"}
    async with FakeArxiv() as arxiv:
        told = {
            "store": {"url": str(folder / "store.db")},
            "platforms": {"console": {"show": False, "file": str(folder / "console.jsonl")}},
            "discord": {"token": fake.token, "api_url": fake.api_base, "message_content": reads_along},
            "arxiv": {
                "site_url": arxiv.url,
                "feed_url": arxiv.url,
                "api_url": arxiv.api_url,
                "request_gap_seconds": 0,
            },
            "follows": [follow | {"mode": "top", "cards": 1, "threshold": 1}],
        }
        async with open_app(Settings.model_validate(told | more), source=day) as opened:
            platform = opened.platforms["discord"]
            assert isinstance(platform, DiscordPlatform)
            platform._life._patience = QUICK
            app = opened if "model" in more else replace(opened, analyst=Reader(ScanAnalyst(SystemClock())))
            await one_round(app)
            card = next(one for one in own(fake, papers) if "Discuss" in str(one.components))
            for number in range(1, 4):
                name = str(feeds.invent(number).id)
                arxiv.pages[f"{name}v1"] = latexml.page(PAGE, id=name)
            async with at_work(app):
                await until(lambda: bool(fake.world.commands.get(None)))
                yield Here(fake, guild, papers, app, card, arxiv)


@pytest.fixture
def bob(fake: FakeDiscord, guild: Guild) -> User:
    user = fake.add_user("bob")
    fake.join(guild, user)
    return user


async def test_a_discussion_from_the_button_to_stop_quotes_the_paper_in_its_thread(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bob: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path) as here:
        pressed = await fake.press(ann, here.card, "Discuss")
        assert "Ask me about" in await here.count(1)
        await answered(pressed, lambda text: "Ask in its thread" in text)
        asked = fake.say(ann, here.thread, "how many kitchens were visited?")
        assert "We visited 40 kitchens in three towns." in await here.count(2)
        assert "§1, sentence" in here.said[-1].text
        fake.change(here.thread, asked, "how far does an oak shelf bend?")
        await until(lambda: "An oak shelf bends by 4 mm" in here.said[-1].text)
        fake.say(bob, here.thread, "I was in one of these kitchens")
        fake.say(ann, here.thread, "were the owners paid?")
        await here.still()
        assert len(here.said) == 2
        here.mention(bob, "were the owners paid?")
        assert "The owners were not paid." in await here.count(3)
        await fake.press(bob, here.said[-1], "Steelman")
        await here.count(4)
        here.mention(ann, "stop")
        fake.say(ann, here.thread, "were the owners paid in the end?")
        await here.still()
        assert len(here.said) == 4
        assert here.arxiv.count("html") == 1
        assert any(one[:2] == ("POST", f"/channels/{here.thread.id}/typing") for one in fake.requests)


async def test_without_the_intent_a_reply_to_a_card_opens_its_thread_and_only_addressed_words_are_answered(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path, reads_along=False) as here:
        fake.say(ann, papers, "were the owners paid?", reply_to=here.card)
        assert "The owners were not paid." in await here.count(1)
        fake.say(ann, here.thread, "how far does an oak shelf bend?")
        await here.still()
        assert len(here.said) == 1
        fake.say(ann, here.thread, "how far does an oak shelf bend?", reply_to=here.said[0])
        assert "An oak shelf bends by 4 mm" in await here.count(2)
        one = await fake.slash(ann, here.thread, "ask", question="how many kitchens were visited?")
        assert one.is_private
        assert "We visited 40 kitchens" in await here.count(3)


@pytest.mark.parametrize("reads_along", [True, False])
async def test_a_threads_first_post_says_what_is_read_by_whether_the_intent_is_there(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path, reads_along: bool
) -> None:
    async with talking(fake, guild, papers, tmp_path, reads_along=reads_along):
        await fake.slash(ann, papers, "ask", question="were the owners paid?", paper=str(feeds.invent(2).id))
        words = {True: "While one person alone writes here, I answer", False: "what else is written here I cannot read"}

        def said() -> str:
            return " ".join(one.text for one in own(fake, papers))

        await until(lambda: any(text in said() for text in words.values()), 40)
        assert words[reads_along] in said()
        assert words[not reads_along] not in said()


async def test_a_thread_that_a_question_opens_is_called_what_its_paper_is(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path):
        paper = feeds.invent(2)
        await fake.slash(ann, papers, "ask", question="were the owners paid?", paper=str(paper.id))

        def opened() -> list[Channel]:
            return [one for one in guild.channels.values() if one.parent_id == papers.id and own(fake, one)]

        await until(lambda: any("The owners were not paid." in str(own(fake, one)[-1].text) for one in opened()))
        (thread,) = [one for one in opened() if "The owners were not paid." in own(fake, one)[-1].text]
        assert thread.name.startswith("Cupboard 2: Room for")
        assert "paid" not in thread.name


async def test_a_talk_in_direct_messages_stays_there(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path) as here:
        direct, paper = fake.open_direct(ann), str(feeds.invent(2).id)
        fake.say(ann, direct, f"were the owners paid in {paper}?")
        await until(lambda: "The owners were not paid." in str([one.text for one in own(fake, direct)]))
        answer = own(fake, direct)[-1]
        await fake.press(ann, answer, "Steelman")
        await until(lambda: "The strongest case" in own(fake, direct)[-1].text)
        fake.say(ann, direct, "how far does an oak shelf bend?", reply_to=answer)
        await until(lambda: "An oak shelf bends by 4 mm" in own(fake, direct)[-1].text)
        await here.still()
        assert len(own(fake, direct)) == 3
        stopped = await fake.slash(ann, direct, "stop")
        await answered(stopped, lambda text: "I am silent here" in text)


async def test_links_and_verbs_that_are_said_are_answered_to_who_said_them_alone(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path, reads_along=False) as here:
        direct, paper, posts = fake.open_direct(ann), str(feeds.invent(2).id), len(own(fake, papers))
        link = f"https://arxiv.org/abs/{paper}"
        said = (
            (papers, f"<@{fake.world.bot.id}> {link}", "Cupboard 2"),
            (papers, f"<@{fake.world.bot.id}> help", "verdict <paper>"),
            (papers, f"<@{fake.world.bot.id}> follow list", "Followed here"),
            (direct, f"verdict {paper} plain", "Cupboard 2"),
            (direct, "verdict 1", "That is not an arXiv id."),
        )
        for number, (channel, words, answer) in enumerate(said, 1):
            fake.say(ann, channel, words)
            await until(lambda number=number: len(own(fake, direct)) == number, 20)
            await until(lambda answer=answer: answer in own(fake, direct)[-1].text, 20)
        fake.say(ann, direct, "", forwards=fake.say(ann, papers, f"Read {link} please"))
        await until(lambda: "Cupboard 2" in own(fake, direct)[-1].text and len(own(fake, direct)) == 6)
        await here.still()
        assert len(own(fake, papers)) == posts
        await here.still()
        assert len(own(fake, papers)) == posts
        assert not any("share" in known or "|agree" in known for known in own(fake, direct)[0].custom_ids)


async def test_who_takes_no_direct_messages_is_answered_where_they_said_it(
    fake: FakeDiscord, guild: Guild, papers: Channel, tmp_path: Path
) -> None:
    shy = fake.add_user("shy", takes_direct=False)
    fake.join(guild, shy)
    async with talking(fake, guild, papers, tmp_path) as here:
        posts = len(own(fake, papers))
        here.mention(shy, f"https://arxiv.org/abs/{feeds.invent(2).id}", papers)
        await until(lambda: len(own(fake, papers)) > posts and "Cupboard 2" in own(fake, papers)[-1].text)
        await here.still()
        assert len(own(fake, papers)) == posts + 1


async def test_who_takes_no_direct_messages_has_so_many_answers_posted_for_all_and_by_their_own_right(
    fake: FakeDiscord, guild: Guild, papers: Channel, tmp_path: Path
) -> None:
    shy, quiet = fake.add_user("shy", takes_direct=False), fake.add_user("quiet", takes_direct=False)
    fake.join(guild, shy), fake.join(guild, quiet)
    fake.set_overwrite(papers, quiet, deny=("send_messages",))
    async with talking(fake, guild, papers, tmp_path, limits={"public_person_a_day": 1}) as here:
        posts = len(own(fake, papers))
        for words in ("help", "lens list", "recent"):
            here.mention(shy, words, papers)
        here.mention(quiet, "help", papers)  # a message of before it was taken from them, say
        await here.still()
        assert len(own(fake, papers)) == posts + 1


async def test_answers_that_come_after_their_token_count_and_go_on_alone(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bob: User, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(discord_platform, "TOKEN_LIVES", timedelta(0))
    async with talking(fake, guild, papers, tmp_path, limits={"public_person_a_day": 1}) as here:
        posts = len(own(fake, papers))
        for number in (2, 3):
            await fake.slash(ann, papers, "verdict", paper=str(feeds.invent(number).id))
        await fake.slash(bob, papers, "verdict", paper=str(feeds.invent(2).id))
        fake.set_overwrite(papers, bob, deny=("send_messages",))
        told = [fake.open_direct(one) for one in (ann, bob)]
        await until(lambda: all("Cupboard" in str([post.text for post in own(fake, one)]) for one in told), 40)
        await here.still()
        assert len(own(fake, papers)) == posts + 1
        assert "Your posts of today in the channel where you asked (1) are used up, so" in str(
            [post.text for post in own(fake, told[0])]
        )
        assert "You may not write in the channel where you asked" in str([post.text for post in own(fake, told[1])])


async def test_who_may_write_in_threads_alone_shares_nothing_in_the_channel_from_one(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bob: User, tmp_path: Path
) -> None:
    fake.set_overwrite(papers, bob, deny=("send_messages",))
    async with talking(fake, guild, papers, tmp_path) as here:
        await fake.press(ann, here.card, "Discuss")
        await here.count(1)
        posts, paper = len(own(fake, papers)), feeds.invent(2).id
        for words in (f"share {paper} plain", f"discuss {paper} plain"):
            here.mention(bob, words)
        await here.still()
        assert len(own(fake, papers)) == posts


async def test_who_has_us_speak_under_posts_of_people_s_own_has_posts_made_there(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, tmp_path: Path
) -> None:
    async with talking(fake, guild, papers, tmp_path, limits={"public_person_a_day": 1}) as here:
        for _ in range(2):
            root, paper = fake.say(ann, papers, "look at this"), feeds.invent(2).id
            fake.say(ann, papers, f"<@{fake.world.bot.id}> were the owners paid in {paper}?", reply_to=root)
        await until(lambda: "the limit for one person" in str([one.text for one in own(fake, fake.open_direct(ann))]))
        await here.still()
        threads = [one for one in guild.channels.values() if one.parent_id == papers.id]
        assert sum("owners were not paid" in str([post.text for post in own(fake, one)]) for one in threads) == 1


async def test_a_model_answers_and_is_told_no_names(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bob: User, tmp_path: Path
) -> None:
    async with FakeOpenAi() as server:
        model = {"endpoints": [{"base_url": server.base_url, "model": "fake/model"}]}
        async with talking(fake, guild, papers, tmp_path, model=model) as here:
            fake.say(ann, papers, f"<@{bob.id}> doubts it, hits@10 or not?", reply_to=here.card)
            assert "It sorts letters" in await here.count(1)
            (asked,) = [one for one in server.asked if "# Kinds of question" in one.system]
            assert "hits@10 or not?" in asked.paper
            assert not any(name in asked.paper for name in (str(bob.id), str(ann.id)))


async def test_an_objection_by_form_marks_the_card_until_the_claim_is_withdrawn(
    fake: FakeDiscord, guild: Guild, papers: Channel, ann: User, bob: User, tmp_path: Path
) -> None:
    async with FakeOpenAi() as server:
        model = {"endpoints": [{"base_url": server.base_url, "model": "fake/model"}]}
        access = {"operators": [f"discord:{bob.id}"]}
        async with talking(fake, guild, papers, tmp_path, model=model, access=access) as here:
            await fake.press(ann, here.card, "Discuss")
            await here.count(1)
            shown = await fake.press(ann, here.said[0], "Dispute")
            form = str(shown.modal)
            assert "reason" in form
            sent = await fake.submit(ann, shown, claim=["headline"], reason="It leaves nobody out, says Ann.")
            await answered(sent, lambda text: "Your objection is kept" in text)
            await until(lambda: "isputed" in here.card.text)
            told = fake.open_direct(bob)
            await until(lambda: "It leaves nobody out" in str([one.text for one in own(fake, told)]))
            (one,) = await here.app.store.disputes()
            assert await rule(here.app.store, one.id, Ruling.WITHDRAWN)
            await until(lambda: "Withdrawn after an objection" in here.card.text)
            assert "isputed" not in here.card.text
            assert "nobody out" not in here.card.text
