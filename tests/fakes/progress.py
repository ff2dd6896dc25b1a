"""Progress that nobody looks at."""


class Silent:
    """No progress at all."""

    def show(self, name: str, done: int, total: int) -> None:
        """Say nothing."""
