"""What is in deploy/ is held by the linters of its own kind, and names settings that there are."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config.settings import all_keys

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
ELSEWHERE = {"COPECHECK_CONFIG", "COPECHECK_SETTINGS", "COPECHECK_STORE_URL_FILE", "COPECHECK_POSTGRES_PASSWORD_FILE"}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no hadolint among the packages")
def test_the_linter_of_dockerfiles_finds_no_fault() -> None:
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert linter, "pip install -c constraints.txt -e '.[dev]' brings it"
    found = subprocess.run([linter, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "copecheck.service"
    words = (DEPLOY / "copecheck.service").read_text(encoding="utf-8")
    unit.write_text(words.replace("/opt/copecheck/bin/copecheck", "/bin/true"), encoding="utf-8")
    found = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "copecheck.service" not in found.stdout + found.stderr


def test_what_is_set_in_deploy_are_settings() -> None:
    words = "".join((DEPLOY / name).read_text("utf-8") for name in ("Dockerfile", "compose.yaml", "copecheck.service"))
    known = {f"COPECHECK_{key.upper().replace('.', '__')}" for key in all_keys()} | ELSEWHERE
    named = {name.removesuffix("_FILE") if name not in known else name for name in re.findall(r"COPECHECK_\w+", words)}
    assert named
    assert named <= known
