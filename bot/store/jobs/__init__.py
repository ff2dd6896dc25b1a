"""Jobs, and calls of models."""
