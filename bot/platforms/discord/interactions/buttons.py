"""Buttons of every message that was ever posted: what they do stands in their custom id, so nothing is remembered."""

import re
from typing import Any, Protocol, Self, cast

import discord

from bot.platforms.discord.posting.markup import TAG

OURS = re.compile(rf"{TAG}\|(?P<digest>[0-9a-f]{{0,25}})\|(?P<value>.+)")


class Pressed(Protocol):
    """A client that hears presses."""

    async def press(self, heard: discord.Interaction[Any], value: str) -> None:
        """A button of ours was pressed; `value` is the command that it is."""


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template=OURS):
    """Any button of ours. Nothing in here can fail: discord.py would only log it, and the person would see nothing."""

    def __init__(self, item: discord.ui.Button[Any], value: str) -> None:
        super().__init__(item)
        self._value = value

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that the custom id tells of."""
        return cls(cast("discord.ui.Button[Any]", item), match["value"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press on."""
        await cast("Pressed", interaction.client).press(interaction, self._value)
