"""Who judges a paper through a lens."""
