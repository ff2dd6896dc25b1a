"""The lenses that ship, and how a lens file is read."""
