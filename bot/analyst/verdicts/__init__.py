"""A paper and a lens become a verdict."""
