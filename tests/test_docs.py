"""The documentation is tested: commands, settings, modules and links are those of the project."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.main import application

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """Every command a person can type, sub-commands too."""
    root = get_command(application)
    names = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        names += [name, *(f"{name} {one}" for one in below)]
    return names


@pytest.mark.parametrize("name", commands())
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert f"`copecheck {name}" in README


def test_every_command_of_the_readme_exists() -> None:
    for words in re.findall(r"`copecheck ([a-z]+(?: [a-z]+)?)", README):
        known = commands()
        assert words in known or words.split()[0] in known, words


@pytest.mark.parametrize("mark", ["demo", "tests"])
def test_each_of_the_two_commands_is_one_line_under_its_mark(mark: str) -> None:
    found = re.search(rf"<!-- command: {mark} -->\n```sh\n([^\n]+)\n```", README)
    assert found is not None
    assert found[1].startswith("python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt")


def test_ci_runs_the_readmes_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- command: tests -->" in script
    assert ".ci/postgres" in script


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page}: {target}"


def test_the_architecture_page_lists_every_module() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, "-c", "import runpy; print(runpy.run_path('docs/modules.py')['table'](), end='')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout in page, "run `python docs/modules.py`"


def test_the_constraints_name_versions_and_no_addresses() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[\w.+]+", line), line


def test_every_dependency_is_pinned() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = re.search(r"^dependencies = \[(.*?)\n\]", project, re.MULTILINE | re.DOTALL)
    assert declared is not None
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    for name in re.findall(r'"([A-Za-z0-9-]+)', declared[1]):
        assert name.lower() in pinned or name.lower().replace("-", "_") in pinned, name


def test_the_figures_of_the_hand_check_are_those_of_its_table() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/scan.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "scan.md").read_text(encoding="utf-8")


def test_the_table_of_the_hand_check_is_what_the_scan_says_today(captures: Path) -> None:
    code = "import json, runpy; print(json.dumps(list(runpy.run_path('docs/checks/scan.py')['compare']())))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with (ROOT / "docs" / "checks" / "scan.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in row.items()} for row in json.loads(shown)] == table
