"""Connections, tables, and what every repository shares."""
