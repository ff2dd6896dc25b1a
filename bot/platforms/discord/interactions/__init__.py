"""Commands, presses and forms."""
