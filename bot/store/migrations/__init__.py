"""Alembic's migrations: every change of the tables, in order."""
