"""A paper's full text, and finding passages in it."""
