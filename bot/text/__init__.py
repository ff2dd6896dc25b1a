"""Sentences, TeX and cues: raw text made countable, readable and searchable by a lens."""
