"""Formulas in TeX become readable text that keeps their meaning."""
