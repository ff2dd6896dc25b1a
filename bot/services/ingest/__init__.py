"""Papers come in."""
