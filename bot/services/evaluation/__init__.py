"""Judges and answerers are measured."""
