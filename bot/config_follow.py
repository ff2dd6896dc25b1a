"""The `[[follows]]` tables of the settings: what a place reads, through which lens, and when it posts."""

import re
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bot.core.follow import WEEKDAYS, Follow, Mode
from bot.core.paper import AnnounceType
from bot.core.post import Place


class FollowSettings(BaseModel):
    """One follow of the settings file; defaults are those of a new follow."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    place: str
    categories: tuple[Annotated[str, Field(pattern=r"^[a-z-]+(\.[A-Za-z-]{2,})?$")], ...] = Field(min_length=1)
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
        if not isinstance(hour, str | time) or (isinstance(hour, str) and not re.fullmatch(r"\d{1,2}:\d{2}", hour)):
            raise ValueError(f'{hour!r} is no hour of the day; write it like "09:00"')
        return hour.zfill(5) if isinstance(hour, str) else hour

    @field_validator("types")
    @classmethod
    def _posts_no_replacements(cls, types: tuple[AnnounceType, ...]) -> tuple[AnnounceType, ...]:
        if any(kind.is_replacement for kind in types):
            raise ValueError('replacements never post; use "new" and "cross"')
        return types

    @field_validator("place")
    @classmethod
    def _is_place(cls, place: str) -> str:
        return str(Place.parse(place))

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
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        said = f"{words!r} is no category; write it like cs.AI or econ.GN" if key == "categories" else said
        raise ValueError(said) from None
    return words
