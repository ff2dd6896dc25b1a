"""`copecheck eval`."""
