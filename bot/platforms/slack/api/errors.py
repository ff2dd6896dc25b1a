"""What Slack and the wire say, as our errors: each with words and a remedy.

Sources: docs.slack.dev/reference/methods (errors of each method), docs.slack.dev/apis/web-api/rate-limits.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.core import errors
from bot.core.jobs.backoff import retry_after

INVITE = "Type /invite @CopeCheck in the channel."
NEW_TOKEN = "Install the app in the workspace again and put its new bot token into slack.bot_token."
NEW_APP_TOKEN = "Make an app-level token with connections:write and put it into slack.app_token."
RETRY_AFTER = timedelta(seconds=30)
RETRY_AFTER_MOST = timedelta(hours=1)

# The token is no good, whatever the call was.
TOKEN = frozenset(
    (
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
        *("not_allowed_token_type", "ekm_access_denied", "team_access_not_granted"),
        "enterprise_is_restricted",
    )
)
CLOSED: Mapping[str, tuple[str, str]] = {
    "not_in_channel": ("I am not in that channel.", INVITE),
    "channel_not_found": ("There is no such channel, or it is private and I am not in it.", INVITE),
    "no_permission": ("Slack does not let me post in that channel.", INVITE),
    "access_denied": ("Slack does not let me post in that channel.", "Ask an admin of the workspace to let me post."),
    "is_inactive": ("That channel is frozen.", "Ask an admin of the workspace to open it; what waits then goes out."),
    "is_archived": ("That channel is archived.", "Unarchive it in Slack; what waits then goes out."),
    "restricted_action": ("An admin of the workspace restricts who may post there.", "Ask an admin to let me post."),
    "restricted_action_read_only_channel": ("That channel is for reading only.", "Ask an admin to let me post."),
    "restricted_action_thread_only_channel": ("That channel takes posts in threads only.", "Follow in another one."),
    "restricted_action_non_threadable_channel": ("That channel has no threads.", "Follow in another one."),
    "user_not_in_channel": ("That person is not in the channel.", "They can join it, or write to me directly."),
    "user_not_found": ("There is no such person.", "Check the id."),
    "user_disabled": ("That person's account is switched off.", "Nothing to do."),
    "cannot_dm_bot": ("A bot cannot be written to.", "Nothing to do."),
    "messages_tab_disabled": ("The app takes no direct messages.", "Switch on the Messages tab in its settings."),
}
# What a workspace or a channel is in the middle of: nothing came about, and it passes.
MOVING = frozenset(["team_added_to_org", "org_login_required", "external_channel_migrating"])
# What no post of ours is to blame for, and an operator has to look at.
SHUT = frozenset(["two_factor_setup_required", "method_deprecated", "deprecated_endpoint"])
# Slack says that some of it may have come about.
UNKNOWN = frozenset(["internal_error", "fatal_error", "request_timeout", "service_unavailable"])
LIMITED = frozenset(["ratelimited", "rate_limited", "message_limit_exceeded", "accesslimited"])
# What is said of, not of how it is set: no other form would be taken.
GONE_CODES = frozenset(
    (
        *("cant_update_message", "edit_window_closed", "thread_not_found", "invalid_cursor"),
        *(
            "cannot_reply_to_message",
            "not_found",
            "invalid_ts",
            "invalid_thread_ts",
            "not_implemented",
            "view_not_found",
            "restricted_action_thread_locked",
        ),
        *("expired_trigger_id", "trigger_expired", "invalid_trigger_id", "exchanged_trigger_id", "hash_conflict"),
        *("duplicate_external_id", "used_url", "expired_url", "invalid_user_id", "as_user_not_supported"),
    )
)
TOO_LONG = frozenset(["msg_too_long", "msg_blocks_too_long", "view_too_large", "metadata_too_large"])


def code_of(error: BaseException | None) -> str:
    """Slack's own word for what is wrong; empty when it said none."""
    if not isinstance(error, SlackApiError):
        return ""
    told = getattr(error.response, "data", None)
    return str(told.get("error", "")) if isinstance(told, Mapping) else ""


def translated(error: BaseException, *, has_effect: bool) -> errors.PlatformError:
    """One of our errors. `has_effect`: the call may have come about although nobody heard of it."""
    if isinstance(error, SlackApiError):
        return _said(error, has_effect=has_effect)
    if isinstance(error, aiohttp.ClientConnectorError):
        return errors.PlatformDown("Slack cannot be reached.", "Check the network and slack.api_url.")
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return _broken("Slack did not answer in time.", has_effect=has_effect)
    return _broken("The connection to Slack broke off.", has_effect=has_effect)


def _said(error: SlackApiError, *, has_effect: bool) -> errors.PlatformError:
    code, status = code_of(error), status_of(error)
    if status == 429 or code in LIMITED:
        return errors.RateLimited("Slack asks to wait.", retry_after=wish_of(error))
    if code in CLOSED:
        return errors.PlaceClosed(*CLOSED[code])
    if code in TOKEN:
        return errors.PlatformDown(f"Slack refuses the bot token ({code}).", NEW_TOKEN)
    if code in MOVING:
        return errors.PlatformDown("Slack is moving the workspace or the channel.", "It is tried again by itself.")
    if code in SHUT:
        return errors.PlatformDown(f"Slack takes nothing from the app ({code}).", "See docs.slack.dev for that error.")
    if code == "missing_scope":
        return _scope(error)
    if code in UNKNOWN or status >= 500 or not code:
        return _broken(f"Slack failed ({code or status}).", has_effect=has_effect)
    if code in TOO_LONG:
        return errors.FormRefused("Slack finds the post too long.", "Tell the people who make this bot.")
    if code == "message_not_found":
        return errors.PostGone("The post was deleted.", "It is not made again.")
    if code in GONE_CODES:
        return errors.PostRejected("Slack refuses that.", f"Slack's word for it is {code}.")
    return errors.FormRefused("Slack refuses the post's form.", f"Slack's word for it is {code}.")


def _scope(error: SlackApiError) -> errors.PlaceClosed:
    told: Any = error.response
    scope = str(told.get("needed") or "one that it does not name")
    remedy = f"Add {scope} under OAuth & Permissions in the app's settings and install the app again."
    return errors.PlaceClosed(f"The app lacks the scope {scope}.", remedy)


def _broken(what: str, *, has_effect: bool) -> errors.PlatformError:
    return errors.SendUnknown(what) if has_effect else errors.PlatformDown(what, "It is tried again by itself.")


def status_of(error: SlackApiError) -> int:
    """The HTTP status of a refusal."""
    told: Any = error.response
    return int(getattr(told, "status_code", None) or getattr(told, "status", None) or 0)


def wish_of(error: SlackApiError) -> timedelta:
    """How long Slack asks to wait; half a minute where it does not say."""
    headers: Any = getattr(error.response, "headers", None) or {}
    text = str(next((value for name, value in headers.items() if name.lower() == "retry-after"), ""))
    return max(retry_after(text, RETRY_AFTER_MOST) or RETRY_AFTER, timedelta(seconds=1))


FOREIGN = (SlackClientError, aiohttp.ClientError, TimeoutError, asyncio.TimeoutError, OSError, ValueError)
