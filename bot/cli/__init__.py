"""The commands that a person types: results on stdout, progress and logs on stderr."""
