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


@pytest.mark.skipif(sys.platform == "win32", reason="bash")
@pytest.mark.parametrize(("engine", "has_base"), [("docker", True), ("docker", False), ("podman", True), ("", False)])
def test_ci_builds_and_starts_the_image_where_an_engine_answers_and_says_where_none_does(
    tmp_path: Path, engine: str, has_base: bool
) -> None:
    """The engine is a stand-in that writes down what it is asked; a docker whose server is away is none."""
    for name in ("docker", "podman"):
        fails_at = "none" if has_base else "pull"
        asked = f'echo "$@" >> {tmp_path}/asked; test "$1" != {fails_at}'
        answers = asked if name == engine else "exit 1"
        (tmp_path / name).write_text(f"#!/bin/sh\n{answers}\n")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    said = subprocess.run(
        ["bash", ".ci/image"], check=False, cwd=DEPLOY.parent, env=environment, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    if not engine:
        assert "no container engine is here, not built" in said.stderr
        return
    _, pulled, *rest = (tmp_path / "asked").read_text().splitlines()
    assert pulled == "pull -q python:3.11-slim"
    if not has_base:
        assert rest == []
        assert "its base python:3.11-slim cannot be had here, not built" in said.stderr
        return
    built, started = rest
    assert built == "build -q -t copecheck:ci -f deploy/Dockerfile ."
    assert "--read-only" in started
    assert started.endswith("copecheck:ci demo")
