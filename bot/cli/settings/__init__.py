"""`copecheck init` and `copecheck check`."""
