"""Buttons in a terminal: each gets a number, and a number typed is a press."""

from collections.abc import Sequence

from bot.core.post import Button


class Pressable:
    """The buttons that were shown, by number, counted from 1."""

    def __init__(self) -> None:
        self._shown: list[Button] = []

    def number(self, buttons: Sequence[Button]) -> list[tuple[int, Button]]:
        """Give each button that is a command the next number."""
        fresh = [button for button in buttons if button.value]
        first = len(self._shown) + 1
        self._shown += fresh
        return list(enumerate(fresh, first))

    def press(self, number: int) -> str | None:
        """The command of the button of that number; None when there is none."""
        return self._shown[number - 1].value if 1 <= number <= len(self._shown) else None
