"""Questions and remarks in threads."""
