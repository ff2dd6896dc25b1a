"""A database of its own for each test, on the server that COPECHECK_TEST_POSTGRES_URL names.

`.ci/postgres COMMAND` starts such a server for as long as the command runs.
"""

import importlib
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SERVER = os.environ.get("COPECHECK_TEST_POSTGRES_URL")


@asynccontextmanager
async def fresh_database(server: str) -> AsyncIterator[str]:
    """The URL of a new, empty database; it is dropped afterwards, whoever is still connected."""
    name = f"copecheck_{secrets.token_hex(8)}"
    await _command(server, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        await _command(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _command(server: str, statement: str) -> None:
    connection: Any = await importlib.import_module("asyncpg").connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
