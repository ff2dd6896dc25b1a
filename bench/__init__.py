"""The benchmarks: `python -m bench` prints ratios measured in one run, and says which bound each is held to."""
