"""What Slack sends, as what a person asked: pure functions from payloads to values, nothing is called here."""

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.commands.event import Actor, CommandEvent, Role
from bot.core.errors import CommandError, MalformedId
from bot.core.papers.arxiv_id import parse_arxiv_id
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.platforms.slack.api.client import Identity
from bot.platforms.slack.api.places import community_of, direct_of, person_of, place_of, spot_of
from bot.platforms.slack.forms.views import Purpose

Payload = Mapping[str, Any]
SHORTCUT = "cc1.verdict"
FORM_MOST = 200
SPOKEN = (None, "thread_broadcast", "file_share", "me_message")
_MARKUP = re.compile(r"<([#@!]?)([^<>|]+)(?:\|([^<>]*))?>")
_WORD = re.compile(r"\S{1,300}")
_LEAD = re.compile(r"^\s*/?(?:copecheck\b[:,]?)?\s*", re.IGNORECASE)


def words_of(text: str) -> str:
    """A person's text as they typed it: without Slack's markup of links, channels and people, signs unescaped."""
    return html.unescape(_MARKUP.sub(_plain, text)).strip()


def _plain(found: re.Match[str]) -> str:
    sign, target, _label = found.groups()
    if sign == "":
        return target
    return target if sign == "#" else f"{sign}{target.partition('^')[0]}"  # of a group not even the id


def window_of(trigger: str) -> str:
    """The name of the window that is opened with a trigger, the same in every process."""
    return f"cc1.{hashlib.sha256(trigger.encode()).hexdigest()[:32]}"


def command_asked(team: str, body: Payload) -> CommandEvent:
    """A slash command. In direct messages it is about the person's own place, whoever else is in them."""
    channel, user = str(body.get("channel_id", "")), str(body["user_id"])
    is_direct = body.get("channel_name") == "directmessage" or channel.startswith("D")
    place = direct_of(team, user) if is_direct else place_of(team, channel)
    trigger = str(body.get("trigger_id", ""))
    to = {"response_url": str(body.get("response_url", "")), "trigger": trigger}
    return CommandEvent(
        f"{team}/{trigger}", _asker(team, user, place), words_of(str(body.get("text", ""))) or "help", None, to
    )


def press_asked(team: str, body: Payload) -> CommandEvent | None:
    """A press of one of our buttons, or a choice in a menu of ours; None for anything else."""
    action: Payload = next(iter(body.get("actions") or ()), {})
    value = str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")
    if (
        action.get("type") not in ("button", "static_select")
        or not str(action.get("action_id", "")).startswith("cc1.")
        or not value
    ):
        return None
    user, trigger = str(body["user"]["id"]), str(body.get("trigger_id", ""))
    container = body.get("container") or {}
    place, to = _pressed_in(team, user, body, container)
    is_page = " page=" in value and container.get("is_ephemeral")
    to |= {"trigger": trigger, **({"replaces": "yes"} if is_page else {})}
    asker = _asker(team, user, place, to.get("thread", ""))
    return CommandEvent(f"{team}/{trigger}", asker, value, None, {k: v for k, v in to.items() if v})


def _pressed_in(team: str, user: str, body: Payload, container: Payload) -> tuple[Place, dict[str, str]]:
    """The place that a press is about, and what is needed to answer it."""
    if container.get("type") == "view":
        view = body.get("view") or {}
        place = _purpose_place(team, view) or direct_of(team, user)
        return place, {"view": str(view.get("id", "")) if view.get("type") == "modal" else "", "home": _home(view)}
    channel = str(container.get("channel_id") or (body.get("channel") or {}).get("id") or "")
    place = direct_of(team, user) if channel.startswith("D") else place_of(team, channel)
    message = body.get("message") or {}
    thread = str(container.get("thread_ts") or message.get("thread_ts") or "")
    is_root = thread == str(container.get("message_ts") or message.get("ts") or "")  # it stands in the channel itself
    return place, {"response_url": str(body.get("response_url", "")), "thread": "" if is_root else thread}


def _home(view: Payload) -> str:
    return "yes" if view.get("type") == "home" else ""


def _purpose_place(team: str, view: Payload) -> Place | None:
    """The place that a window of ours was opened for; only one of that workspace counts."""
    try:
        place = Place.parse(Purpose.parse(str(view.get("private_metadata", ""))).place)
    except (ValueError, CommandError):
        return None
    return place if place.platform == "slack" and spot_of(place).team == team else None


def submission_asked(team: str, body: Payload, verb: str, values: Mapping[str, str]) -> CommandEvent:
    """A form that was sent in."""
    user, view = str(body["user"]["id"]), body["view"]
    mark = hashlib.sha256(repr((verb, sorted(values.items()))).encode()).hexdigest()[:12]
    about = _purpose_place(team, view) or direct_of(team, user)
    return CommandEvent(f"{team}/{view['id']}/{mark}", _asker(team, user, about), verb, values, {})


def is_by_a_person(who: Identity, event: Payload) -> bool:
    """Whether somebody said that just now: no bot, no edit, nothing of Slack's own."""
    if event.get("type") not in ("message", "app_mention") or event.get("subtype") not in SPOKEN:
        return False
    is_bot = event.get("bot_id") or event.get("bot_profile") or event.get("user") in (None, "USLACKBOT", who.user)
    return not (is_bot or event.get("edited") or event.get("hidden"))


def form_of(text: str) -> tuple[str, str] | None:
    """(verb, name) when a command was typed without what a form asks for; None when it says all it needs."""
    words = _LEAD.sub("", text, count=1).split()
    lowered = [word.lower() for word in words]
    if lowered == ["feedback"]:
        return "feedback", ""
    if lowered[:1] == ["search"] and all("=" in word for word in words[1:]) and len(text) <= FORM_MOST:
        return "search", " ".join(words[1:])
    settings = [word for word in words[2:] if "=" in word]
    if lowered[:1] == ["follow"] and all(word.lower().startswith("channel=") for word in settings):
        loose = len(words) - 2 - len(settings)
        if lowered[1:2] in (["add"], ["edit"]) and loose <= (lowered[1] == "edit") and len(settings) <= 1:
            return " ".join(lowered[:2]), " ".join(words[2:])
    if lowered[:1] == ["dispute"] and len(words) == 3 and len(text) <= FORM_MOST:
        return "dispute", " ".join(words[1:])
    return None


def papers_in(message: Payload) -> list[ArxivId]:
    """Every arXiv id in a message, in the order in which they stand there."""
    found: dict[ArxivId, None] = {}
    for text in _strings({name: message.get(name) for name in ("text", "blocks", "attachments")}):
        for word in _WORD.findall(words_of(text))[:500]:
            try:
                found.setdefault(parse_arxiv_id(word)[0])
            except MalformedId:
                continue
    return list(found)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in ("text", "blocks", "attachments", "elements", "url", "title", "title_link", "fields"):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _asker(team: str, user: str, place: Place, thread: str = "") -> Actor:
    """In their own direct messages a person manages what is followed; elsewhere Slack is asked when it matters."""
    standing = Role.ADMIN if spot_of(place).user == user else Role.MEMBER
    within = Place(place.platform, f"{place.channel}/{thread}") if thread else None
    return Actor(person_of(team, user), place, community_of(team), standing, within)
