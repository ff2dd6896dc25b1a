"""Whose a request is, decided here for every kind before anything of it is read further, stored or asked.

What names the workspace differs by kind (docs.slack.dev/reference/interaction-payloads, /apis/events-api,
/apis/slack-connect): a view says where the app that opened it is installed, since whoever sends it in may be of another
workspace; presses and shortcuts name the workspace in `team`; events name an installation that sees them in
`authorizations`, and in shared channels the top-level `team_id` may be the other side's. In an organisation `team` may
be null: then the view or the person says it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.platforms.slack.api.client import Identity
from bot.platforms.slack.forms.views import Purpose, modal
from bot.platforms.slack.posting.rich_blocks import plain

Payload = Mapping[str, Any]
NOT_HERE = (
    "CopeCheck is not installed in this workspace. An admin of it can install it; until then I can do nothing here."
)


def is_ours(who: Identity, body: Payload) -> bool:
    """Whether the request is about the workspace that this process serves; one that names none at all is."""
    if body.get("type") == "event_callback":
        return _is_our_event(who, body)
    named = next(_named(body), "")
    if named:
        return named in (who.team, who.enterprise)
    enterprise = _id_of(body.get("enterprise")) or _text(body.get("enterprise_id"))
    return not enterprise or enterprise == who.enterprise


def is_stranger(who: Identity, body: Payload) -> bool:
    """Whether the person is of another workspace, as far as the request tells: somebody in a shared channel."""
    event = _inner(body, "event")
    home = _text(event.get("user_team")) or _text(event.get("source_team"))
    home = home or _text(_inner(body, "user").get("team_id"))
    return bool(home) and home not in (who.team, who.enterprise)


def refusal_of(body: Payload) -> tuple[dict[str, Any] | None, str]:
    """What a request that is not ours is told: in its acknowledgement, else at that address; nothing where neither is.

    Neither takes our token, which is another workspace's.
    """
    kind = body.get("type")
    if "command" in body:
        return {"response_type": "ephemeral", "text": NOT_HERE}, ""
    if kind == "view_submission":
        words = {"type": "section", "text": plain(NOT_HERE)}
        return {"response_action": "update", "view": modal("CopeCheck", Purpose("help", {}), [words])}, ""
    return None, _text(body.get("response_url")) if kind in ("block_actions", "message_action") else ""


def _is_our_event(who: Identity, body: Payload) -> bool:
    """Slack lists one of the installations that see an event; in a shared channel it may be another than ours."""
    team = _text(body.get("team_id")) or _text(body.get("context_team_id"))
    is_named = not team or team == who.team
    told = [authorization for authorization in body.get("authorizations") or () if isinstance(authorization, Mapping)]
    seen_by = [found for entry in told if (found := _text(entry.get("team_id")))]
    orgs = [found for entry in told if (found := _text(entry.get("enterprise_id")))]
    is_of_our_org = bool(who.enterprise) and who.enterprise in orgs
    if body.get("is_ext_shared_channel") is True or is_of_our_org:
        return is_named or who.team in seen_by
    if seen_by:
        return is_named and who.team in seen_by
    return is_named and not (orgs and who.enterprise)  # an organisation's installation names no workspace


def _named(body: Payload) -> Iterator[str]:
    """The workspaces that a request names, the surest first."""
    view = _inner(body, "view")
    for told in (
        view.get("app_installed_team_id"),
        _id_of(body.get("team")),
        body.get("team_id"),
        view.get("team_id"),
        _inner(body, "user").get("team_id"),
    ):
        if found := _text(told):
            yield found


def _id_of(value: Any) -> str:
    return _text(value.get("id")) if isinstance(value, Mapping) else _text(value)


def _inner(body: Payload, name: str) -> Payload:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
