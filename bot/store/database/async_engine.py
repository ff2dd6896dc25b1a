"""SQLAlchemy's asynchronous engine alone: its package brings sessions along, and with them the whole ORM.

Nobody here uses them, and they cost every process 8 MB and 0.06 s. Whoever imports the package itself later gets it
whole, with these same classes.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any

PACKAGE = "sqlalchemy.ext.asyncio"


def _import_engine() -> Any:
    spec = None if PACKAGE in sys.modules else find_spec(PACKAGE)
    if spec is None:
        return import_module(f"{PACKAGE}.engine")
    sys.modules[PACKAGE] = module_from_spec(spec)  # where its modules lie; what it imports itself is not run
    try:
        return import_module(f"{PACKAGE}.engine")
    finally:
        del sys.modules[PACKAGE]


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
else:
    _engine = _import_engine()
    AsyncConnection, AsyncEngine = _engine.AsyncConnection, _engine.AsyncEngine
    create_async_engine = _engine.create_async_engine

__all__ = ["AsyncConnection", "AsyncEngine", "create_async_engine"]
