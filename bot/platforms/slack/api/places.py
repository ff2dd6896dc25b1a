"""Slack's ids as places, people and communities: every one of them names its workspace."""

from dataclasses import dataclass

from bot.core.errors import PlaceClosed
from bot.core.posts.post import Place

PLATFORM = "slack"


@dataclass(frozen=True, slots=True)
class SlackAddress:
    """Where a place is in Slack: a channel of a workspace, or the direct messages with a person."""

    team: str
    channel: str
    user: str = ""


def place_of(team: str, channel: str) -> Place:
    """`slack:T1/C2`."""
    return Place(PLATFORM, f"{team}/{channel}")


def person_of(team: str, user: str) -> str:
    """`slack:T1/U2`."""
    return f"{PLATFORM}:{team}/{user}"


def community_of(team: str) -> str:
    """`slack:T1`."""
    return f"{PLATFORM}:{team}"


def direct_of(team: str, user: str) -> Place:
    """`slack:T1/@U2`: the direct messages with a person."""
    return Place.private(person_of(team, user))


def spot_of(place: Place) -> SlackAddress:
    """The inverse; `PlaceClosed` for a place that is none of Slack's."""
    team, slash, channel = place.channel.partition("/")
    if not (team and slash and channel) or "/" in channel:
        raise PlaceClosed(f"{place} is no channel of Slack.", "Write it as slack:<team id>/<channel id>.")
    return SlackAddress(team, "", channel[1:]) if channel.startswith("@") else SlackAddress(team, channel)


def user_of(person: str) -> str:
    """The Slack id in `slack:T1/U2`."""
    return person.rpartition("/")[2]
