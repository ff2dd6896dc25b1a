"""CopeCheck: arXiv's new papers, judged through a lens, where a community already talks."""

__version__ = "0.2.0"
