"""Work as rows: states and keys."""
