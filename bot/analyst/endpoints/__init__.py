"""Endpoints that speak OpenAI's protocol are called."""
