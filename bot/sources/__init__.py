"""Where papers come from: arXiv's feeds, listings and API."""
