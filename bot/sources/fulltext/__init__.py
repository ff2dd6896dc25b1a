"""A paper's full text from arXiv's HTML or PDF."""
