"""Answers to interactions: the callback, the original and its followups, by token alone."""

from typing import Any

from tests.fakes.discord_server.call import Call
from tests.fakes.discord_server.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFERRED,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    SHOW_MODAL,
    UPDATE,
    Interaction,
    is_public,
)
from tests.fakes.discord_server.refusal import Refusal, invalid_form, unknown
from tests.fakes.discord_server.rest_messages import apply_edit
from tests.fakes.discord_server.rules import check_message, check_modal
from tests.fakes.discord_server.state import (
    EPHEMERAL,
    LOADING,
    MENU_ANSWER,
    REGULAR,
    SLASH_ANSWER,
    V2,
    Channel,
    Message,
)
from tests.fakes.discord_server.wire import Json, message_json, user_json

ALLOWED = {
    MESSAGE: (COMMAND, COMPONENT, MODAL),
    DEFERRED: (COMMAND, COMPONENT, MODAL),
    DEFERRED_UPDATE: (COMPONENT, MODAL),
    UPDATE: (COMPONENT, MODAL),
    CHOICES: (AUTOCOMPLETE,),
    SHOW_MODAL: (COMMAND, COMPONENT),
}
SETTABLE = EPHEMERAL | V2 | 1 << 2 | 1 << 12


def answer(call: Call) -> Any:
    """POST: the one answer; JSON when it was asked for, else nothing."""
    found = call.request.match_info
    one = call.fake.interactions.to_answer(found["interaction_id"], found["token"])
    kind, body = call.body["type"], call.body.get("data") or {}
    if one.kind not in ALLOWED.get(kind, ()):
        raise invalid_form(
            "type", "BASE_TYPE_CHOICES", f"Type {kind} does not answer an interaction of type {one.kind}"
        )
    if kind in (DEFERRED_UPDATE, UPDATE) and one.source is None:
        raise invalid_form("type", "BASE_TYPE_CHOICES", "There is no message to update")
    _take_effect(call, one, kind, body)
    one.callback = call.body
    now = call.fake.world.clock.now()
    one.acknowledged_after = now - one.asked_at
    fields = {"interaction": str(one.id), "name": one.name, "type": kind, "private": one.is_private}
    call.fake.journal.write("interaction_answered", now, after=round(one.acknowledged_after, 4), **fields)
    one.tell()
    wants_body = call.request.query.get("with_response") in ("1", "true", "True")
    return _resource(call, one, kind) if wants_body else None


def _take_effect(call: Call, one: Interaction, kind: int, body: Json) -> None:
    if kind == MESSAGE:
        one.message = _write(call, one, body)
    elif kind == DEFERRED:
        one.message = _write(call, one, {"flags": (body.get("flags") or 0) & EPHEMERAL}, LOADING)
    elif kind == SHOW_MODAL:
        check_modal(body)
    elif kind == CHOICES and len(body.get("choices") or []) > 25:
        raise invalid_form("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    elif kind == UPDATE:
        _edit(call, one, one.source, body)
        one.message = one.source
    elif kind == DEFERRED_UPDATE:
        one.message = one.source


def _write(call: Call, one: Interaction, body: Json, more_flags: int = 0) -> Message:
    body = body | {"flags": (body.get("flags") or 0) & SETTABLE}
    uploads = [] if more_flags else call.uploads(body=body)
    if not more_flags:
        check_message(body, uploads)
    message = call.fake.write_of_bot(one.channel, body, uploads)
    message.flags |= more_flags
    message.kind = _kind_of(one)
    message.answers = _metadata(one)
    if is_public(message):
        call.fake.publish_message(one.channel, message, "answer_created")
    else:
        call.fake.journal.write_message("answer_created", call.fake.world.clock.now(), message)
    return message


def _metadata(one: Interaction) -> Json:
    found: Json = {
        "id": str(one.id),
        "type": one.kind,
        "user": user_json(one.user),
        "authorizing_integration_owners": {"0": str(one.channel.guild_id or 0)},
    }
    if one.kind == COMPONENT and one.source is not None:
        found["interacted_message_id"] = str(one.source.id)
    if one.shown_by is not None:
        found["triggering_interaction_metadata"] = _metadata(one.shown_by)
    return found


def _kind_of(one: Interaction) -> int:
    if one.kind != COMMAND:
        return REGULAR
    return MENU_ANSWER if one.name.startswith("menu:") else SLASH_ANSWER


def _resource(call: Call, one: Interaction, kind: int) -> Json:
    about: Json = {"id": str(one.id), "type": one.kind}
    if kind not in (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE) or one.message is None:
        return {"interaction": about}
    about |= {
        "response_message_id": str(one.message.id),
        "response_message_loading": one.is_loading,
        "response_message_ephemeral": one.is_private,
    }
    if kind in (DEFERRED, DEFERRED_UPDATE):
        return {"interaction": about}
    return {"interaction": about, "resource": {"type": kind, "message": message_json(call.fake.world, one.message)}}


def _edit(call: Call, one: Interaction, message: Message | None, body: Json) -> None:
    assert message is not None
    channel: Channel = one.channel
    apply_edit(call, channel, message, body)
    message.flags &= ~LOADING
    call.fake.journal.write_message("answer_edited", call.fake.world.clock.now(), message)
    if message.id in channel.messages:
        call.fake.tell_message("MESSAGE_UPDATE", channel, message)


def _continued(call: Call) -> Interaction:
    if call.named("application_id") != call.fake.world.application_id:
        raise unknown("Webhook")
    return call.fake.interactions.to_continue(call.request.match_info["token"])


def _original(one: Interaction) -> Message:
    if one.message is None or one.is_original_gone:
        raise unknown("Message")
    return one.message


def follow(call: Call) -> Any:
    """POST: a followup; the first one after a deferral takes the place of "thinking…"."""
    one = _continued(call)
    if one.is_loading:
        _edit(call, one, one.message, call.body | {"flags": (call.body.get("flags") or 0) & ~EPHEMERAL})
        one.edits += 1
        one.tell()
        return message_json(call.fake.world, _original(one))
    message = _write(call, one, call.body)
    one.followups.append(message)
    one.tell()
    wants_body = call.request.query.get("wait") in ("1", "true", "True")
    return message_json(call.fake.world, message) if wants_body else None


def _named(call: Call) -> tuple[Interaction, Message]:
    one = _continued(call)
    wanted = call.request.match_info["message_id"]
    if wanted == "@original":
        return one, _original(one)
    for message in [one.message, *one.followups]:
        if message is not None and str(message.id) == wanted:
            return one, message
    raise unknown("Message")


def get_answer(call: Call) -> Json:
    """GET of the original or a followup."""
    return message_json(call.fake.world, _named(call)[1])


def edit_answer(call: Call) -> Json:
    """PATCH of the original or a followup."""
    one, message = _named(call)
    _edit(call, one, message, call.body)
    one.edits += message is one.message
    one.tell()
    return message_json(call.fake.world, message)


def delete_answer(call: Call) -> None:
    """DELETE of the original or a followup."""
    one, message = _named(call)
    if message is one.source and message.is_private:
        raise Refusal(404, 10008, "Unknown Message")
    if message is one.message:
        one.is_original_gone = True
    else:
        one.followups.remove(message)
    call.fake.remove_message(one.channel, message)
    call.fake.journal.write_message("answer_deleted", call.fake.world.clock.now(), message)
    one.tell()


ROUTES = {
    "POST /interactions/{interaction_id}/{token}/callback": answer,
    "POST /webhooks/{application_id}/{token}": follow,
    "GET /webhooks/{application_id}/{token}/messages/{message_id}": get_answer,
    "PATCH /webhooks/{application_id}/{token}/messages/{message_id}": edit_answer,
    "DELETE /webhooks/{application_id}/{token}/messages/{message_id}": delete_answer,
}
