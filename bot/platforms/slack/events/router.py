"""Bolt's way in: one global middleware that stores what came before anything is acknowledged, and knows every kind.

No listener is registered. Bolt acknowledges an event before its listener runs, and never one that no listener takes;
here all is acknowledged when it is stored, and what could not be stored is not, so that Slack sends it again.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.commands.event import CommandEvent, Role
from bot.core.commands.parser import command_of
from bot.core.errors import CommandError, PlaceClosed
from bot.core.posts.connection import LinkState
from bot.core.posts.post import Place
from bot.core.present.answer import words
from bot.platforms.slack.api.client import Identity, SlackClient, Tell
from bot.platforms.slack.api.errors import NEW_TOKEN
from bot.platforms.slack.api.ownership import NOT_HERE, is_ours, is_stranger, refusal_of
from bot.platforms.slack.api.people import GUEST, People
from bot.platforms.slack.api.places import community_of, place_of, user_of
from bot.platforms.slack.events import events, remarks
from bot.platforms.slack.forms.forms import errors_of, submitted
from bot.platforms.slack.forms.windows import Windows
from bot.platforms.slack.posting.answers import Answers
from bot.ports.platform import Inbox

log = logging.getLogger(__name__)

Payload = Mapping[str, Any]
UNREADABLE = (LookupError, TypeError, AttributeError, ValueError, PlaceClosed)  # a part is missing or another thing


class _App(AsyncApp):
    """Bolt reads in a request before and after we do: what Slack would not write is refused wherever it fails."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer, whatever was sent."""
        try:
            return await super().async_dispatch(req)
        except UNREADABLE as error:
            log.warning("a request that cannot be read")
            log.debug("what was wrong with it", exc_info=error)
            return BoltResponse(status=400, body="This request cannot be read.")
        except Exception:
            log.exception("a request was not stored")
            return BoltResponse(status=500, body="")


class EventRouter:
    """Takes everything that Slack sends, in either transport."""

    def __init__(
        self, inbox: Inbox, who: Identity, client: SlackClient, answers: Answers, people: People, tell: Tell
    ) -> None:
        self._inbox = inbox
        self._who = who
        self._answers = answers
        self._people = people
        self._tell = tell
        self._windows = Windows(inbox, client, answers, people)
        self._client = client

    def app(self, signing_secret: str) -> AsyncApp:
        """The Bolt app. Who we are was asked once, so that no request waits for `auth.test`."""

        async def authorize() -> AuthorizeResult:
            who = self._who
            return AuthorizeResult(enterprise_id=None, team_id=who.team, bot_user_id=who.user, bot_id=who.bot)

        async def take(req: AsyncBoltRequest) -> BoltResponse:
            return BoltResponse(status=200, body=await self.take(req.body) or "")

        async def failed(error: Exception) -> None:
            raise error

        app = _App(
            logger=logging.getLogger(f"{__name__}.bolt"),
            name="copecheck",
            client=AsyncWebClient(base_url=self._client.api_url),
            authorize=authorize,
            signing_secret=signing_secret,
            request_verification_enabled=bool(signing_secret),
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        app.middleware(take)
        app.error(failed)
        return app

    async def take(self, body: Payload) -> dict[str, Any] | None:
        """Store it; what stands in the acknowledgement, if anything does."""
        if not is_ours(self._who, body):
            return self._refused(body)
        if "command" in body:
            return await self._command(body)
        kinds: dict[str, Callable[[Payload], Awaitable[dict[str, Any] | None]]] = {
            "event_callback": self._event,
            "block_actions": self._press,
            "message_action": self._shortcut,
            "view_submission": self._submission,
        }
        take = kinds.get(str(body.get("type")))
        if take is None:
            log.info("an unknown kind of request", extra={"kind": str(body.get("type"))[:40]})
            return None
        return await take(body)

    def _refused(self, body: Payload) -> dict[str, Any] | None:
        """One process serves one workspace; what is about another one would be stored under the wrong name."""
        log.info("a request about another workspace", extra={"kind": str(body.get("type"))[:40]})
        answer, url = refusal_of(body)
        if url:
            told = {"response_type": "ephemeral", "replace_original": False, "text": NOT_HERE}
            self._answers.beside(self._client.respond(url, told))
        return answer

    def _of(self, asked: CommandEvent, body: Payload) -> CommandEvent:
        """The event with what the request tells of the person: one of another workspace manages nothing here."""
        if not is_stranger(self._who, body):
            return asked
        asker = replace(asked.asker, standing=Role.MEMBER)
        return replace(asked, asker=asker, reply_to={**asked.reply_to, GUEST: "yes"})

    async def _command(self, body: Payload) -> dict[str, Any] | None:
        asked = self._of(events.command_asked(self._who.team, body), body)
        form = events.form_of(asked.text)
        if form is None or not asked.reply_to.get("trigger"):
            await self._inbox.take(asked)
        elif await self._inbox.note(asked.key):
            self._answers.beside(self._windows.form(asked, *form))
        return None

    async def _press(self, body: Payload) -> None:
        """A button. What is long to read gets a window, which is opened at once and filled when there is an answer."""
        pressed = events.press_asked(self._who.team, body)
        if pressed is None:
            return
        asked = self._of(pressed, body)
        trigger, form = asked.reply_to["trigger"], events.form_of(asked.text)
        if form is not None:
            if await self._inbox.note(asked.key):
                self._answers.beside(self._windows.form(asked, *form))
            return
        if (asked.text.startswith("analysis ") and not asked.reply_to.get("view")) or asked.reply_to.get("home"):
            window = events.window_of(trigger)
            if await self._inbox.take(replace(asked, reply_to={**asked.reply_to, "window": window})):
                self._answers.open_window(trigger, window)
            return
        await self._inbox.take(asked)

    async def _shortcut(self, body: Payload) -> None:
        """`Verdict on this paper`, chosen from a message's menu."""
        if body.get("callback_id") != events.SHORTCUT:
            return
        channel = {"channel_id": (body.get("channel") or {}).get("id"), "user_id": body["user"]["id"]}
        rest = {name: body.get(name) for name in ("trigger_id", "response_url")}
        asked = self._of(events.command_asked(self._who.team, {**channel, **rest, "text": "help"}), body)
        papers = events.papers_in(body.get("message") or {})
        if len(papers) == 1:
            await self._inbox.take(replace(asked, text=f"verdict {papers[0]}"))
        elif await self._inbox.note(asked.key):
            if papers:
                self._answers.beside(self._windows.chooser(asked, papers))
            else:
                none = words("There is no arXiv id in that message.", "Try `verdict 2611.01234`.")
                self._answers.beside(self._answers.answer(asked, none))

    async def _submission(self, body: Payload) -> dict[str, Any] | None:
        """A form that was sent in: what is wrong stands under its input, what is right is stored."""
        view = body["view"]
        try:
            purpose, values = submitted(view)
            command_of(purpose.verb, values)
        except CommandError as error:
            wrong = errors_of(error, view)
            return {"response_action": "errors", "errors": wrong} if wrong else None
        except ValueError:
            log.info("a window that is none of ours was sent in")
            return None
        await self._inbox.take(self._of(events.submission_asked(self._who.team, body, purpose.verb, values), body))
        return None

    async def _event(self, body: Payload) -> None:
        """An event: a job when it needs work, else its id alone. What may be done twice is done before it is noted."""
        event = body.get("event") or {}
        if await self._said(event):
            return
        await self._change(event)
        is_new = await self._inbox.note(f"slack|{self._who.team}/{body.get('event_id', '')}")
        if is_new and event.get("type") == "app_home_opened" and event.get("tab", "home") == "home":
            self._answers.beside(self._windows.home(self._who.team, str(event["user"])))

    def refresh_home(self, asked: CommandEvent) -> None:
        """A press in the Home may have changed what it shows."""
        self._answers.beside(self._windows.home(self._who.team, user_of(asked.asker.person)))

    async def _said(self, event: Payload) -> bool:
        """What people write, change and take back; whether it was stored as a remark."""
        remark = remarks.remark_of(self._who, event)
        if remark is not None:
            if is_stranger(self._who, {"event": event}):
                asker = replace(remark.asker, standing=Role.MEMBER)
                remark = replace(remark, asker=asker, reply_to={**remark.reply_to, GUEST: "yes"})
            await self._inbox.hear(remark)
            return True
        change, gone = remarks.edited_of(self._who, event), remarks.deleted_of(self._who, event)
        if change is not None:
            await self._inbox.edited(change)
        if gone is not None:
            await self._inbox.deleted(gone)
        return False

    async def _change(self, event: Payload) -> None:
        """Something changed about us or about a channel."""
        kind, channel = str(event.get("type")), self._channel(event)
        is_us = event.get("user") == self._who.user
        if kind in ("channel_unarchive", "group_unarchive") or (kind == "member_joined_channel" and is_us):
            self._people.forget(channel)
            await self._inbox.mended(self._place(channel))
        elif kind in ("channel_deleted", "group_deleted"):
            await self._inbox.leave(self._place(channel))
        elif kind == "app_uninstalled":
            self._tell(LinkState.TOKEN_REFUSED, "the app was taken off the workspace", NEW_TOKEN)
            await self._inbox.leave_community(community_of(self._who.team))
        elif kind == "tokens_revoked" and (event.get("tokens") or {}).get("bot"):  # a new token, and all goes on
            self._tell(LinkState.TOKEN_REFUSED, "the bot token was revoked", NEW_TOKEN)
        elif channel and kind not in ("message", "app_mention"):  # what is said changes nothing about a channel
            self._people.forget(channel)

    def _channel(self, event: Payload) -> str:
        channel = event.get("channel")
        return str(channel.get("id", "")) if isinstance(channel, Mapping) else str(channel or "")

    def _place(self, channel: str) -> Place:
        return place_of(self._who.team, channel)
