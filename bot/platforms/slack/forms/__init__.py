"""Modals and App Home."""
