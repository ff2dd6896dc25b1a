"""The `[limits]` table of the settings: how much is said, asked for and spent in a day (UTC), and by how few."""

import math

from pydantic import Field

from bot.config.model import ModelSettings
from bot.config.table import SettingsTable
from bot.core.commands.people import AskLimits, Reach
from bot.core.verdicts.call import Budget


class LimitSettings(SettingsTable):
    """What one person, one place and one community may have of a day."""

    messages_a_day: int = Field(10, ge=1)
    person_a_day: int = Field(5, ge=0)
    place_a_day: int = Field(30, ge=0)
    answers_person_a_day: int = Field(20, ge=0)
    answers_thread_a_day: int = Field(20, ge=0)
    answers_place_a_day: int = Field(100, ge=0)
    person_usd_a_day: float = Field(0.25, ge=0, allow_inf_nan=False)
    place_usd_a_day: float = Field(0.75, ge=0, allow_inf_nan=False)
    community_usd_a_day: float | None = Field(None, ge=0, allow_inf_nan=False)
    public_person_a_day: int = Field(5, ge=0)
    disputes_person_a_day: int = Field(5, ge=0)
    feedback_person_a_day: int = Field(5, ge=0)
    follows_a_place: int = Field(5, ge=1, le=20)
    follows_a_community: int = Field(50, ge=1)
    categories_a_follow: int = Field(10, ge=1, le=20)

    def budget(self, model: ModelSettings) -> Budget:
        """What a day of calls may take, and of that one community (half, by default) and one person."""
        community = self.community_usd_a_day
        share = model.usd_a_day / 2 if community is None else community
        return Budget(model.tokens_a_day, model.usd_a_day, share, self.person_usd_a_day)

    def ask_limits(self, *, has_model: bool) -> AskLimits:
        """What may be asked for that is not known yet; without a model it costs nothing."""
        money = (self.person_usd_a_day, self.place_usd_a_day) if has_model else (math.inf, math.inf)
        return AskLimits(
            self.person_a_day,
            self.place_a_day,
            *money,
            answers_person=self.answers_person_a_day,
            answers_thread=self.answers_thread_a_day,
            answers_place=self.answers_place_a_day,
        )

    def reach(self, *, direct_follows: bool) -> Reach:
        """How far one person reaches."""
        return Reach(
            public_person=self.public_person_a_day,
            messages=self.messages_a_day,
            disputes_person=self.disputes_person_a_day,
            feedback_person=self.feedback_person_a_day,
            follows=self.follows_a_place,
            community_follows=self.follows_a_community,
            categories=self.categories_a_follow,
            direct_follows=direct_follows,
        )
