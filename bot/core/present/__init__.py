"""Values become posts."""
