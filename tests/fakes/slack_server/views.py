"""Modals and the Home: `views.open`, `push`, `update`, `publish`, and the trigger ids that allow them for 3 seconds."""

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import checks
from tests.fakes.slack_server.web_api import Answer, Args, Method, Refused, needed
from tests.fakes.slack_server.world import APP, BOT, TEAM

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

STACK = 3
SENT = ("type", "blocks", "title", "submit", "close", "callback_id", "private_metadata", "external_id")


@dataclass(slots=True, eq=False)
class View:
    """A view as Slack keeps it, and who sees it."""

    body: dict[str, Any]
    user: str
    is_open: bool = True

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.body["blocks"])


@dataclass(slots=True)
class Trigger:
    """A trigger id: whose, since when, from which view."""

    user: str
    at: float
    view: str | None = None
    is_used: bool = False


@dataclass(slots=True)
class Views:
    """All views and trigger ids of the workspace."""

    triggers: dict[str, Trigger] = field(default_factory=dict)
    all: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)

    def opened_by(self, user: str) -> list[View]:
        """The open modals of a person, the one on top last."""
        return [view for view in self.all.values() if view.user == user and view.is_open]

    def trigger(self, slack: "FakeSlack", user: str, view: str | None = None) -> str:
        """A new trigger id for an interaction of that person."""
        id_ = f"{slack.world.new_id('1')}.{TEAM}.{slack.world.new_id('x')}"
        self.triggers[id_] = Trigger(user, time.monotonic(), view)
        return id_


def refuse_view(slack: "FakeSlack", view: Any) -> None:
    """Refuse a view that breaks a rule, and keep why in `slack.faults`."""
    found = checks.faults_of_view(view)
    slack.faults.extend(found)
    if found:
        raise Refused("invalid_arguments", response_metadata={"messages": [f"[ERROR] {one}" for one in found]})
    refused = checks.richer(view["blocks"]) & slack.refused_blocks
    if refused:
        messages = [f"[ERROR] unsupported type: {name}" for name in sorted(refused)]
        raise Refused("invalid_arguments", response_metadata={"messages": messages})


def keep(slack: "FakeSlack", view: dict[str, Any], user: str, *, below: View | None = None) -> View:
    """A new view of that person, on top of another or alone."""
    id_ = slack.world.new_id("V")
    body = _full(slack, view, id_) | {
        "root_view_id": below.body["root_view_id"] if below else id_,
        "previous_view_id": below.id if below else None,
    }
    kept = View(body, user)
    slack.views.all[id_] = kept
    return kept


def replace(slack: "FakeSlack", old: View, view: dict[str, Any]) -> None:
    """Put new content into a view."""
    places = {name: old.body[name] for name in ("root_view_id", "previous_view_id")}
    old.body = _full(slack, view, old.id) | places


def _open(slack: "FakeSlack", args: Args) -> Answer:
    view, trigger = _view(slack, args), _use_trigger(slack, args)
    kept = keep(slack, view, trigger.user)
    _tell(slack, "view_opened", kept, trigger_id=args.get("trigger_id"))
    return {"view": kept.body}


def _push(slack: "FakeSlack", args: Args) -> Answer:
    view, trigger = _view(slack, args), _use_trigger(slack, args)
    below = slack.views.all.get(trigger.view or "")
    if below is None:
        raise Refused("invalid_trigger_id")
    if len(slack.views.opened_by(trigger.user)) >= STACK:
        raise Refused("push_limit_reached")
    kept = keep(slack, view, trigger.user, below=below)
    _tell(slack, "view_pushed", kept, trigger_id=args.get("trigger_id"))
    return {"view": kept.body}


def _update(slack: "FakeSlack", args: Args) -> Answer:
    view = _view(slack, args)
    external = args.get("external_id")
    by_external = (one for one in slack.views.all.values() if external and one.body["external_id"] == external)
    kept = slack.views.all.get(str(args.get("view_id"))) or next(by_external, None)
    if kept is None or (kept.body["type"] == "modal" and not kept.is_open):
        raise Refused("not_found")
    _same_hash(args, kept)
    replace(slack, kept, view)
    _tell(slack, "view_updated", kept)
    return {"view": kept.body}


def _publish(slack: "FakeSlack", args: Args) -> Answer:
    user, view = needed(args, "user_id"), _view(slack, args)
    if view["type"] != "home":
        raise Refused("invalid_arguments")
    if user not in slack.world.people:
        raise Refused("user_not_found")
    home = slack.views.homes.get(user)
    if home is None:
        home = slack.views.homes[user] = keep(slack, view, user)
        slack.views.all[home.id].is_open = False
    else:
        _same_hash(args, home)
        replace(slack, home, view)
    _tell(slack, "view_published", home)
    return {"view": home.body}


def _view(slack: "FakeSlack", args: Args) -> dict[str, Any]:
    view = args.get("view")
    refuse_view(slack, view)
    assert isinstance(view, dict)
    return view


def _same_hash(args: Args, kept: View) -> None:
    if args.get("hash") and args["hash"] != kept.body["hash"]:
        raise Refused("hash_conflict")


def _use_trigger(slack: "FakeSlack", args: Args) -> Trigger:
    trigger = slack.views.triggers.get(needed(args, "trigger_id"))
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.is_used:
        raise Refused("exchanged_trigger_id")
    if time.monotonic() - trigger.at > slack.limits.waits.trigger:
        raise Refused("expired_trigger_id")
    trigger.is_used = True
    return trigger


def _full(slack: "FakeSlack", view: dict[str, Any], id_: str) -> dict[str, Any]:
    sent = {name: view[name] for name in SENT if name in view}
    rest = {
        "id": id_,
        "team_id": TEAM,
        "blocks": slack.world.with_block_ids(view["blocks"]),
        "state": {"values": {}},
        "hash": slack.world.new_id("h"),
        "clear_on_close": bool(view.get("clear_on_close", False)),
        "notify_on_close": bool(view.get("notify_on_close", False)),
        "app_id": APP,
        "app_installed_team_id": TEAM,
        "bot_id": BOT,
    }
    blank = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None, "close": None}
    return blank | sent | rest


def _tell(slack: "FakeSlack", effect: str, view: View, **more: Any) -> None:
    callback = view.body["callback_id"]
    slack.journal.write(effect, view=view.id, user=view.user, callback_id=callback, type=view.body["type"], **more)


METHODS = {
    "views.open": Method(_open),
    "views.push": Method(_push),
    "views.update": Method(_update),
    "views.publish": Method(_publish),
}
