"""The `[text]` table of the settings: how much of a paper's full text is read, and how much of it is kept."""

from pydantic import Field

from bot.config.table import SettingsTable


class TextSettings(SettingsTable):
    """What reading one paper may take, and the size of the cache."""

    cache_megabytes: int = Field(200, ge=16, le=1_000_000)
    max_pages: int = Field(150, ge=1, le=10_000)
    seconds: float = Field(30.0, gt=0, le=3600, allow_inf_nan=False)
    memory_megabytes: int = Field(1024, ge=128, le=1_000_000)
    max_characters: int = Field(1_000_000, ge=1000, le=20_000_000)
    question_characters: int = Field(48_000, ge=1000, le=1_000_000)
