"""The documentation is tested: commands, settings, modules and links are those of the project."""

import csv
import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.main import application
from bot.core.command import COMMANDS, parse
from bot.core.gold import gold_from_rows
from bot.core.lens import lens_from_mapping
from bot.core.quiz import Expected, questions_from_rows
from bot.core.scan import scan
from bot.core.verbs import Verb
from bot.core.verdict import Label
from bot.demo.invented import invented_papers
from bot.lenses.load import load_lenses
from bot.store.tables import metadata
from bot.text.split import split

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


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if not verb.is_hidden], ids=lambda verb: verb.name)
def test_every_verb_stands_in_the_readme(verb: Verb) -> None:
    assert f"`{verb.name}" in README


def test_what_the_readme_types_in_the_chat_is_understood() -> None:
    lines = re.findall(r"^you \(admin\) console:main> (.+)$", README, re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        parse(line)


def test_the_lens_of_the_lens_page_is_a_good_one_and_reads_as_the_page_says() -> None:
    page = (ROOT / "docs" / "lenses.md").read_text(encoding="utf-8")
    [written] = re.findall(r"```toml\n(.+?)```", page, re.DOTALL)
    lens = lens_from_mapping(tomllib.loads(written), "docs/lenses.md")
    text = "The price of cupboards rose. A private shelf belongs to Ann. Drawers are expensive."
    labels = {hit.item: hit.label for hit in scan("Shelves", split(text), lens)}
    assert labels == {"price": Label.ADDRESSED, "owner": Label.ADDRESSED}
    other = {hit.item: hit.label for hit in scan("Shelves", split("Drawers are expensive."), lens)}
    assert other == {"price": Label.UNCLEAR, "owner": Label.NOT_APPLICABLE}
    none = {hit.item: hit.label for hit in scan("A private shelf", split("The cost of doing nothing."), lens)}
    assert none == {"price": Label.ABSENT, "owner": Label.ABSENT}


def test_the_privacy_page_names_every_table_that_holds_people() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    people = [table for table in metadata.sorted_tables if {"person", "community"} & set(table.columns.keys())]
    assert {table.name for table in people} == {
        *("votes", "requests", "feedback", "places", "turns", "talks", "disputes")
    }
    for words in (
        "a vote",
        "a request for a verdict",
        "feedback",
        "a command as it came",
        "a follow",
        "settings",
        "a remark",
        "a talk",
        "an objection",
    ):
        assert words in page
    for key in ("privacy.keep_remarks_days", "work.keep_done_days"):
        assert key in page


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
    for name in re.findall(r'"([A-Za-z0-9.-]+)', declared[1]):
        assert name.lower() in pinned or name.lower().replace("-", "_") in pinned, name


def test_the_figures_of_the_hand_check_are_those_of_its_table() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/scan.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "scan.md").read_text(encoding="utf-8")


def test_the_labels_of_eval_cover_30_papers_and_never_contradict_the_sentences_marked_by_hand() -> None:
    with (ROOT / "docs" / "checks" / "items.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (ROOT / "docs" / "checks" / "labels.csv").open(encoding="utf-8", newline="") as file:
        marked = {(row["paper"], row["question"], row["sentence"]): row["label"] for row in csv.DictReader(file)}
    items = [f"{lens.key}.{asked.key}" for lens in load_lenses(None).values() for asked in lens.checklist]
    asked = runpy.run_path(str(ROOT / "docs" / "checks" / "scan.py"))["questions"]()
    assert len({row["paper"] for row in rows}) == 30
    assert [row["item"] for row in rows] == items * 30
    gold_from_rows(rows, "items.csv")
    answered = {(paper, question) for (paper, question, _), label in marked.items() if label == "yes"}
    for row in rows:
        assert 0 < len(row["why"].split()) <= 12
        question = asked[row["item"]]
        if row["label"] == "present":
            assert marked[row["paper"], question, row["sentence"]] == "yes", row
        elif row["label"] != "unclear":
            assert (row["paper"], question) not in answered, row


def test_the_figures_of_the_known_questions_are_what_rules_do_today() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/questions.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "questions.md").read_text(encoding="utf-8")


def test_the_sentences_of_answerable_questions_hold_a_part_of_the_answer() -> None:
    texts = {one.paper.id: one.full for one in invented_papers()}
    with (ROOT / "docs" / "checks" / "questions.csv").open(encoding="utf-8", newline="") as file:
        known = questions_from_rows(csv.DictReader(file), "questions.csv")
    page = (ROOT / "docs" / "checks" / "questions.md").read_text(encoding="utf-8")
    counts = [f"{sum(one.expected is kind for one in known)} `{kind}`" for kind in Expected]
    assert f"{len(known)} questions" in page
    assert all(words in page for words in counts)
    for one in known:
        said = " ".join(texts[one.paper].sentence(number).text for number in sorted(one.sentences)).lower()
        assert bool(one.sentences) is (one.expected is Expected.ANSWERABLE)
        assert all(any(word in said for word in spellings) for spellings in one.answer_words), one.words


def test_the_figures_of_the_injection_check_are_what_the_detector_does_today() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/injection.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "injection.md").read_text(encoding="utf-8")


def test_the_table_of_the_hand_check_is_what_the_scan_says_today(captures: Path) -> None:
    code = "import json, runpy; print(json.dumps(list(runpy.run_path('docs/checks/scan.py')['compare']())))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with (ROOT / "docs" / "checks" / "scan.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in row.items()} for row in json.loads(shown)] == table
