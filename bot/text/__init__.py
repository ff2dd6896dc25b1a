"""Sentences and TeX: raw text made countable and readable."""
