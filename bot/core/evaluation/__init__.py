"""Measuring judges: trials, gold labels, agreement, support."""
