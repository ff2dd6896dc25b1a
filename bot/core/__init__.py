"""The words and the rules: pure functions and frozen values, no I/O, no clock."""
