"""Buttons in a terminal: each gets a number, and a number typed is a press."""

from collections.abc import Sequence

from bot.core.posts.post import Button, Post, PostRef


def pressable(post: Post) -> list[Button]:
    """What can be pressed of a post: the papers of its menu, then its buttons."""
    menu = post.menu
    items = [Button("open", item.label, f"{menu.command} {item.value}") for item in menu.items] if menu else []
    return [*items, *post.buttons]


class Pressable:
    """The buttons that were shown, by number, counted from 1; `last` is the post that was shown last."""

    def __init__(self) -> None:
        self._shown: list[tuple[Button, PostRef | None]] = []
        self.last: PostRef | None = None

    def number(self, buttons: Sequence[Button], ref: PostRef | None = None) -> list[tuple[int, Button]]:
        """Give each button that is a command the next number; `ref`: the post that has them, if it is one."""
        fresh = [button for button in buttons if button.value]
        first = len(self._shown) + 1
        self._shown += [(button, ref) for button in fresh]
        self.last = ref or self.last
        return list(enumerate(fresh, first))

    def press(self, number: int) -> str | None:
        """The command of the button of that number; None when there is none."""
        return self._shown[number - 1][0].value if 1 <= number <= len(self._shown) else None

    def post(self, number: int) -> PostRef | None:
        """The post that has the button of that number; None when there is none, or it was an answer."""
        return self._shown[number - 1][1] if 1 <= number <= len(self._shown) else None
