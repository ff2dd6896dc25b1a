"""What every test shares: no network but loopback, and the folder of captures where it is present."""

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.fakes.captures import write_captures

_CONNECT = socket.socket.connect


# The same examples in each run: what fails is what was changed. `--hypothesis-profile=default` looks for new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise RuntimeError(f"a test tried to reach {host}: tests may only talk to loopback")
    _CONNECT(self, address)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded_connect)
    for name in list(os.environ):
        if name.startswith("COPECHECK_") and not name.startswith("COPECHECK_TEST_"):
            monkeypatch.delenv(name)


CAPTURES = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_captures() -> Path:
    """The captures of arXiv beside the checkout (`../shared/data`), or a skip that says so."""
    if not CAPTURES.is_dir():
        pytest.skip("the captures (../shared/data) are not beside this checkout")
    return CAPTURES


@pytest.fixture(scope="session", params=["captured", "invented"])
def captures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What arXiv sends, as files: once the captures, where they are, and once their invented twin, everywhere."""
    if request.param == "invented":
        return write_captures(tmp_path_factory.mktemp("captures"))
    found: Path = request.getfixturevalue("real_captures")
    return found
