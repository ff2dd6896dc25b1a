"""The `[[follows]]` tables of the settings: what a place reads, through which lens, and when it posts."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator

from bot.config.faults import fault_words
from bot.config.table import SettingsTable
from bot.core.follows.follow import WEEKDAYS, Follow, Mode
from bot.core.papers.categories import known_category
from bot.core.papers.paper import AnnounceType
from bot.core.posts.post import Place

HOUR = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d", re.ASCII)


PLACE_FORM = 'write a place like "console:main", "discord:<channel id>" or "slack:<team id>/<channel id>"'


class FollowSettings(SettingsTable):
    """One follow of the settings file; defaults are those of a new follow."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    place: str
    categories: tuple[str, ...] = Field(min_length=1)
    lens: str = "discontinuity"
    mode: Mode = Mode.TOP
    types: tuple[AnnounceType, ...] = (AnnounceType.NEW, AnnounceType.CROSS)
    require: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    threshold: int = Field(0, ge=0, le=100)
    cards: int = Field(5, ge=0)
    limit: int = Field(10, ge=1)
    hour: time = time(9, 0)
    zone: str = "UTC"
    weekdays: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field(WEEKDAYS, min_length=1)
    paused: bool = False
    report: bool = True
    report_hour: time = time(9, 0)

    @field_validator("hour", "report_hour", mode="before")
    @classmethod
    def _is_hour(cls, hour: object) -> object:
        if not isinstance(hour, str | time) or (isinstance(hour, str) and not HOUR.fullmatch(hour)):
            raise ValueError(f'"{hour}" is no hour of the day; write it like "09:00"')
        return hour.zfill(5) if isinstance(hour, str) else hour

    @field_validator("categories")
    @classmethod
    def _are_arxivs(cls, categories: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(known_category, categories)))

    @field_validator("types")
    @classmethod
    def _posts_no_replacements(cls, types: tuple[AnnounceType, ...]) -> tuple[AnnounceType, ...]:
        if any(kind.is_replacement for kind in types):
            raise ValueError('replacements never post; use "new" and "cross"')
        return types

    @field_validator("place")
    @classmethod
    def _is_place(cls, place: str) -> str:
        try:
            return str(Place.parse(place))
        except ValueError as error:
            raise ValueError(f"{error}; {PLACE_FORM}") from None

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{zone!r} is no time zone; use a name like Europe/Berlin or America/New_York") from None
        return zone

    def follow(self) -> Follow:
        """The follow that this table describes."""
        return Follow(**(self.model_dump() | {"place": Place.parse(self.place)}))


def checked_answer(key: str, words: str) -> str:
    """`words` when a follow takes them as that key (`categories`: as one of them); `ValueError` in words else."""
    given = {"name": "first", "place": "console:main", "categories": ["cs.AI"]}
    try:
        FollowSettings.model_validate(given | {key: [words] if key == "categories" else words})
    except ValidationError as error:
        raise ValueError(fault_words(error.errors()[0])) from None
    return words
