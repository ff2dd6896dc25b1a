"""The verbs of `follow`: what a place reads, decided by its admins; nothing is on before they saw a preview."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.core.commands.event import Role
from bot.core.commands.parser import straight
from bot.core.commands.payer import Cause, Payer
from bot.core.errors import Refused
from bot.core.follows.follow import Follow, Mode, Origin
from bot.core.jobs.job import JobState, NewJob, Queue
from bot.core.papers.calendar import eastern_day, previous_announcement
from bot.core.posts.phrase import day_words, quote
from bot.core.posts.post import Place
from bot.core.present.answer import answer, run, words
from bot.core.present.follow import NOT_IN_DIRECT, ask_lens, follow_lines, follow_list
from bot.services.commands.context import CommandCall, CommandContext, CommandReply, Verbs
from bot.services.commands.preview import Preview

WEEK = timedelta(days=7)
_SETTING = re.compile(r'(?<!\w)(\w+)=("[^"]*"|\S+)')
MOST_FOLLOWS = 20
BEGIN = "Begin with `follow add cs.AI`"
# Options of the commands that a follow calls otherwise.
NAMES = {"days": "weekdays"}
SETTINGS = (
    *("lens", "mode", "cards", "limit", "threshold", "types", "require", "refuse", "hour", "zone", "days"),
    *("report", "report_hour"),
)


class FollowVerbs:
    """What admins do with follows."""

    def __init__(self, means: CommandContext) -> None:
        self._means = means
        self._store = means.store
        self._preview = Preview(means)

    def verbs(self) -> Verbs:
        """The verbs of this part."""
        return {
            "follow add": self.add,
            "follow list": self.list,
            "follow edit": self.edit,
            "follow on": self.on,
            "follow pause": self.pause,
            "follow mute": self.mute,
            "follow fewer": self.fewer,
            "follow preview": self.preview,
            "follow now": self.now,
            "follow remove": self.remove,
        }

    @property
    def _today(self) -> date:
        return eastern_day(self._means.clock.now())

    async def list(self, turn: CommandCall) -> CommandReply:
        """What the place follows."""
        here = await self._means.follows_of(turn.place)
        return CommandReply(follow_list(here, self._today, has_model=self._means.has_model))

    async def add(self, turn: CommandCall) -> CommandReply:
        """Ask for the lens, look at the permissions, show today's top paper; `follow on` turns it on."""
        asked = turn.command
        if not asked.text("lens") and len(self._means.lenses) > 1:
            given = _typed(turn, ("categories", "lens"))
            return CommandReply(
                ask_lens(asked.texts("categories"), [lens for _, lens in sorted(self._means.lenses.items())], given)
            )
        await self._may_follow(turn, asked.texts("categories"))
        await self._may_post(turn.place)
        here = await self._without_old_drafts(turn.place)
        if not turn.told:
            await self._refuse_more(turn, here)
        made = [follow for follow in here if follow.mark == _mark(turn)]  # by an earlier turn of this command
        if not made:
            self._refuse_twice(turn, here)
        follow = made[0] if made else await self._draft(turn, here)
        return await self._preview.show(turn, follow)

    async def _refuse_more(self, turn: CommandCall, here: Sequence[Follow]) -> None:
        """`Refused` where the place, or all of its server or workspace, follow as much as they may by command."""
        reach, community = self._means.reach, turn.asked.asker.community
        made_here = sum(follow.origin is Origin.COMMAND for follow in here)
        if made_here >= reach.follows:
            raise Refused(f"{made_here} follows are the limit for one place.", "Remove one first: `follow list`.")
        made = [follow for follow in await self._store.follows() if follow.origin is Origin.COMMAND]
        if sum(follow.community == community for follow in made) >= reach.community_follows:
            raise Refused(
                f"{reach.community_follows} follows are the limit for one server or workspace.",
                "Remove one in any of its channels first: `follow list`.",
            )

    def _refuse_twice(self, turn: CommandCall, here: Sequence[Follow]) -> None:
        """`Refused` where the same papers are followed through the same lens: each would stand there twice."""
        categories, lens = turn.command.texts("categories"), self._means.lens(turn.command.text("lens")).key
        wanted = Follow("", turn.place, categories, **(self._given(turn) | {"lens": lens}))
        same = next((follow for follow in here if _reads(follow) == _reads(wanted)), None)
        if same is None:
            return
        if same.origin is Origin.SETTINGS:
            way = "It stands in the settings of whoever runs the bot."
        elif same.is_on:
            way = f"Change it, like `follow edit {same.label} hour=09:00`, or remove it: `follow remove {same.label}`."
        else:
            way = f"To turn it on: `follow on {same.label}`."
        raise Refused(f"{', '.join(categories)} through {lens} is followed here already, as {same.label}.", way)

    async def _may_follow(self, turn: CommandCall, categories: Sequence[str]) -> None:
        """`Refused` where a place may not follow anything, or not so much."""
        reach = self._means.reach
        if turn.asked.asker.is_alone and not reach.direct_follows:
            raise Refused(*NOT_IN_DIRECT)
        platform = self._means.platforms.get(turn.place.platform)
        if turn.asked.asker.is_alone and platform and await platform.standing(turn.asked) is Role.MEMBER:
            raise Refused("Guests cannot follow anything in direct messages.", "Read along in your channel.")
        if len(categories) > reach.categories:
            raise Refused(
                f"{len(categories)} categories are too many for one follow.", f"Name {reach.categories} at most."
            )

    async def _without_old_drafts(self, place: Place) -> Sequence[Follow]:
        """The follows of the place; drafts that nobody turned on within a day are gone."""
        kept: list[Follow] = []
        for follow in await self._means.follows_of(place):
            if follow.is_draft and follow.made_at and self._means.clock.now() - follow.made_at > timedelta(days=1):
                await self._store.remove_follow(follow.name)
            else:
                kept.append(follow)
        return kept

    async def _draft(self, turn: CommandCall, here: Sequence[Follow]) -> Follow:
        """A follow that is not on yet, under a name that is free in the place."""
        lens = self._means.lens(turn.command.text("lens"))
        categories = turn.command.texts("categories")
        taken = {follow.label for follow in here}
        label = next(name for name in _labels(categories[0], lens.key) if name not in taken)
        follow = Follow(
            name=f"{label}~{_digest(turn.place)}",
            place=turn.place,
            categories=categories,
            origin=Origin.COMMAND,
            is_draft=True,
            made_at=self._means.clock.now(),
            community=turn.asked.asker.community,
            mark=_mark(turn),
            by=turn.asked.asker.person,
            **(self._given(turn) | {"lens": lens.key}),
        )
        if not await self._store.add_follow(follow):
            raise Refused(f"Something named {label} is followed here already.", "See `follow list`.")
        return follow

    def _given(self, turn: CommandCall) -> dict[str, Any]:
        """What the command says of a follow's settings, by the names that a follow has for them."""
        given: dict[str, Any] = {
            NAMES.get(name, name): turn.command.values[name] for name in SETTINGS if name in turn.command.values
        }
        if "mode" in given:
            given["mode"] = Mode(given["mode"])
        if "types" in given:
            given["types"] = tuple(kind for kind in Follow("", Place("", ""), ()).types if kind in given["types"])
        if "lens" in given:
            given["lens"] = self._means.lens(given["lens"]).key
        return given

    async def _may_post(self, place: Place) -> None:
        """`Refused` with what is missing, and how to give it."""
        problems = await self._means.problems(place)
        if problems:
            missing = " ".join(what for what, _ in problems)
            raise Refused(f"I cannot post here yet: {missing}", " ".join(dict.fromkeys(fix for _, fix in problems)))

    async def edit(self, turn: CommandCall) -> CommandReply:
        """Change a follow; a day that is not posted yet is posted by the new settings."""
        given = self._given(turn)
        if "categories" in turn.command.values:
            given["categories"] = turn.command.texts("categories")
        await self._may_follow(turn, given.get("categories", ()))
        follow = await self._ours(turn)
        if not given:
            raise Refused("That changes nothing.", f"Try `follow edit {follow.label} cards=3`")
        changed = await self._change(turn, follow, lambda follow: replace(follow, **given))
        open_days = await self._open_days(changed)
        payer = Payer.of(turn.asked.asker, Cause.COMMAND)
        jobs = [job for day in open_days for job in await self._preview.judgings(changed, day, payer)]
        return self._said(changed, "Changed; it counts from the next post on.", jobs)

    async def _open_days(self, follow: Follow) -> Sequence[date]:
        """The days of the follow's editions that are not posted yet."""
        waiting = await self._store.list_jobs((JobState.OPEN,), Queue.EDITION, 1000)
        return [date.fromisoformat(job.payload["day"]) for job in waiting if job.payload.get("follow") == follow.name]

    async def on(self, turn: CommandCall) -> CommandReply:
        """Turn a follow on: it starts with the next announcement."""
        follow = await self._ours(turn)
        await self._may_follow(turn, ())
        await self._may_post(turn.place)
        is_muted = follow.muted_until is not None and self._today < follow.muted_until
        if follow.is_on and not is_muted and follow.changed_by != _mark(turn):
            return CommandReply(words(f"{follow.label} is on already."))
        latest = await self._latest(follow)
        begins_after = max(filter(None, (latest, previous_announcement(self._today, self._means.is_deferred))))

        def begin(stored: Follow) -> Follow:
            on_now = replace(stored, is_draft=False, paused=False, muted_until=None, after=begins_after)
            return replace(on_now, made_at=self._means.clock.now())

        begun = await self._change(turn, follow, begin)
        polls = [NewJob(Queue.POLL, name, {"category": name}) for name in begun.categories]
        lines = [*words(f"{follow.label} is on. It starts with the next announcement.").lines]
        lines += follow_lines(begun, self._today, has_model=self._means.has_model)
        buttons = [run(f"Post {day_words(latest)} now", f"follow now {follow.label}")] if latest else []
        buttons += [run("Mute a week", f"follow mute {follow.label}"), run("Fewer", f"follow fewer {follow.label}")]
        return CommandReply(answer(lines, buttons), jobs=polls)

    async def _latest(self, follow: Follow) -> date | None:
        """The latest day that any of its categories announced, as far as we read."""
        days = [(await self._store.feed_state(category)).day for category in follow.categories]
        return max(filter(None, days), default=None)

    async def pause(self, turn: CommandCall) -> CommandReply:
        """No posts until somebody turns it on again."""
        follow = await self._ours_on(turn)
        changed = await self._change(turn, follow, lambda follow: replace(follow, paused=True))
        return self._said(changed, f"Paused. `follow on {follow.label}` goes on.")

    async def mute(self, turn: CommandCall) -> CommandReply:
        """No posts for a week."""
        follow = await self._ours_on(turn)
        until = self._today + WEEK
        changed = await self._change(turn, follow, lambda follow: replace(follow, muted_until=until))
        return self._said(changed, f"Muted until {day_words(until)}. `follow on {follow.label}` ends that.")

    async def fewer(self, turn: CommandCall) -> CommandReply:
        """Half of what it posts a day."""
        follow = await self._ours_on(turn)
        if follow.mode is Mode.DIGEST and follow.changed_by != _mark(turn):
            raise Refused("It posts one digest a day, which is the least.", f"Pause it: `follow pause {follow.label}`")
        changed = await self._change(turn, follow, _fewer)
        return self._said(changed, _fewer_words(changed))

    async def _change(self, turn: CommandCall, follow: Follow, change: Callable[[Follow], Follow]) -> Follow:
        """Change it as it is now, in one transaction, once a command: an answer that is tried again changes nothing."""
        mark = _mark(turn)

        def once(stored: Follow) -> Follow:
            return stored if stored.changed_by == mark else replace(change(stored), changed_by=mark)

        changed = await self._store.change_follow(follow.name, once)
        if changed is None:
            raise Refused(f"{follow.label} is gone.", "See `follow list`.")
        return changed

    def _said(self, follow: Follow, said: str, jobs: Sequence[NewJob] = ()) -> CommandReply:
        lines = follow_lines(follow, self._today, has_model=self._means.has_model)
        return CommandReply(answer((*words(said).lines, *lines)), jobs=jobs)

    async def preview(self, turn: CommandCall) -> CommandReply:
        """What the latest day would look like through a follow."""
        follows = await self._means.follows_of(turn.place)
        if not follows:
            raise Refused("Nothing is followed here yet.", "Begin with `follow add cs.AI`")
        return await self._preview.show(turn, self._named(turn, follows) if turn.command.text("name") else follows[0])

    async def now(self, turn: CommandCall) -> CommandReply:
        """Post the latest announced day at once, whatever the hour."""
        follow = await self._ours(turn, settings_too=True)
        await self._may_follow(turn, ())
        if not follow.is_on:
            raise Refused(f"{follow.label} is not on.", f"Turn it on first: `follow on {follow.label}`")
        await self._may_post(turn.place)
        day = await self._latest(follow)
        if day is None:
            raise Refused(
                "arXiv's announcement has not been read yet.", "Try again in a minute; `status` says how it is."
            )
        jobs = await self._preview.judgings(follow, day, Payer.of(turn.asked.asker, Cause.NOW))
        is_begun = await self._store.post_now(follow, day, self._means.clock.now(), jobs)
        if not is_begun and not turn.is_repeat:
            raise Refused(f"{day_words(day)} is posted here already, or about to be.", "The next day comes by itself.")
        return CommandReply(words(f"On its way: {day_words(day)}, as soon as its papers are judged."))

    async def remove(self, turn: CommandCall) -> CommandReply:
        """Follow no longer; what was posted stays."""
        label = quote(turn.command.text("name") or "It")
        if not turn.is_repeat or await self._is_there(turn):
            follow = await self._ours(turn)
            await self._store.remove_follow(follow.name)
            label = follow.label
        return CommandReply(words(f"{label} is removed. What was posted stays.", "`follow add` begins a new one."))

    async def _is_there(self, turn: CommandCall) -> bool:
        name = turn.command.text("name").lower()
        return any(name in (follow.label.lower(), follow.name) for follow in await self._means.follows_of(turn.place))

    async def _ours_on(self, turn: CommandCall) -> Follow:
        """A follow of commands that was turned on at some time."""
        follow = await self._ours(turn)
        if follow.is_draft:
            raise Refused(f"{follow.label} is not on yet.", f"Turn it on: `follow on {follow.label}`")
        return follow

    async def _ours(self, turn: CommandCall, *, settings_too: bool = False) -> Follow:
        """The follow of that name in the place, if commands may change it."""
        follow = self._named(turn, await self._means.follows_of(turn.place))
        if follow.origin is Origin.SETTINGS and not settings_too:
            raise Refused(
                f"{follow.label} stands in the operator's settings file, so commands do not change it.",
                "Ask who runs this bot to change it there.",
            )
        return follow

    def _named(self, turn: CommandCall, follows: Sequence[Follow]) -> Follow:
        if not turn.command.text("name") and len(follows) == 1:
            return follows[0]
        if not turn.command.text("name") and follows:
            raise Refused("Several follows are here.", f"Say which: {', '.join(follow.label for follow in follows)}.")
        name = turn.command.text("name")
        if not name:
            raise Refused("Nothing is followed here yet.", BEGIN)
        for follow in sorted(follows, key=lambda follow: name not in (follow.label, follow.name)):
            if name.lower() in (follow.label.lower(), follow.name.lower()):
                return follow
        known = ", ".join(follow.label for follow in follows)
        remedy = f"There are: {known}." if known else f"Nothing is followed here yet. {BEGIN}"
        raise Refused(f"Nothing named {quote(name)} is followed here.", remedy)


def _reads(follow: Follow) -> tuple[object, ...]:
    """What a follow reads, and through which lens: equal for two that show the same papers."""
    words = (frozenset(follow.require), frozenset(follow.refuse))
    return follow.lens, frozenset(follow.categories), frozenset(follow.types), *words


def _labels(category: str, lens: str) -> Sequence[str]:
    """Names for a follow: the category, with the lens, then numbered."""
    return (category, f"{category}-{lens}", *(f"{category}-{number}" for number in range(2, MOST_FOLLOWS + 4)))


def _digest(place: Place) -> str:
    return hashlib.sha256(str(place).encode()).hexdigest()[:10]


def _mark(turn: CommandCall) -> str:
    """Tells one `follow add` from another, so that a second attempt at the same one makes no second draft."""
    return hashlib.sha256(turn.asked.key.encode()).hexdigest()[:12]


def _typed(turn: CommandCall, without: Sequence[str]) -> str:
    """The settings of a command as they were typed."""
    if turn.asked.values is not None:
        given = {name: value for name, value in turn.asked.values.items() if name not in without and value}
        return " ".join(f'{name}="{value}"' if " " in value else f"{name}={value}" for name, value in given.items())
    typed = _SETTING.finditer(straight(turn.asked.text))
    return " ".join(found[0] for found in typed if found[1].lower() not in without)


def _fewer(follow: Follow) -> Follow:
    """The next step down: half the cards, then a digest."""
    if follow.mode is Mode.EVERY:
        return replace(follow, mode=Mode.TOP)
    if follow.cards > 1:
        return replace(follow, cards=(follow.cards + 1) // 2)
    return replace(follow, mode=Mode.DIGEST)


def _fewer_words(follow: Follow) -> str:
    if follow.mode is Mode.DIGEST:
        return "One digest a day from the next post on."
    cards = "1 card" if follow.cards == 1 else f"{follow.cards} cards"
    return f"{cards} a day from the next post on, the others one line each."
