"""Requests to Discord, and what is known of its channels."""
