"""The documentation is tested: commands, settings, modules and links are those of the project."""

import ast
import csv
import json
import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bot.store.database.tables_turns  # noqa: F401 - its tables are of the same metadata
from bot.cli.tree import COMMANDS as COMMANDS_TYPED
from bot.cli.tree import imported
from bot.core.commands.parser import parse
from bot.core.commands.verbs import COMMANDS, Verb
from bot.core.evaluation.gold import gold_from_rows
from bot.core.evaluation.known_questions import Expected, Source, questions_from_rows, retrieval
from bot.core.papers.feed import Outcome
from bot.core.verdicts.lens_file import lens_from_mapping
from bot.core.verdicts.verdict import Label
from bot.demo.invented import invented_papers, papers_in
from bot.lenses.load import load_lenses
from bot.store.database.tables import metadata
from bot.text.relevance import relevance
from bot.text.scan import scan
from bot.text.split import split
from bot.text.stems import TERMS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TYPED = README + (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
ERRORS_BEGIN = Outcome.ERROR_FEED
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"]


def commands() -> list[str]:
    """Every command a person can type, sub-commands too."""
    names = []
    for name in COMMANDS_TYPED:
        below = getattr(imported(name), "commands", {})
        names += [name, *(f"{name} {one}" for one in below)]
    return names


@pytest.mark.parametrize("name", commands())
def test_every_command_stands_in_the_readme_or_the_page_of_commands(name: str) -> None:
    assert f"`copecheck {name}" in TYPED


@pytest.mark.parametrize("name", COMMANDS_TYPED)
def test_what_help_says_of_a_command_is_the_first_line_of_its_own_help(name: str) -> None:
    assert imported(name).help.splitlines()[0] == COMMANDS_TYPED[name][-1]


def test_every_command_of_the_documents_exists() -> None:
    known = commands()
    for page in PAGES:
        for words in re.findall(r"[`/]copecheck ([a-z]+(?: [a-z]+)?)[` ]", page.read_text(encoding="utf-8")):
            first = words.split()[0]
            assert words in known or first in known or first in {verb.name.split()[0] for verb in COMMANDS}, words


def test_the_readme_is_two_screens() -> None:
    assert len(README.split()) < 900


def check_messages() -> set[str]:
    """The longest fixed part of everything that `check` may find wrong by words of our own."""
    found = {outcome.value for outcome in Outcome if list(Outcome).index(outcome) >= list(Outcome).index(ERRORS_BEGIN)}
    found.discard(Outcome.NEVER_POLLED.value)
    for file in (ROOT / "bot" / "cli" / "settings" / "check.py", *(ROOT / "bot" / "platforms").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        named = {
            target.id: one.value
            for one in tree.body
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                at = {"Problem": 0, "_line": 2}.get(call.func.id)
                bad = at == 0 or (at == 2 and ast.unparse(call.args[1]) == "False")
                if at is not None and bad:
                    words = call.args[at]
                    words = named.get(words.id, words) if isinstance(words, ast.Name) else words
                    parts = [part.value for part in ast.walk(words) if isinstance(part, ast.Constant)]
                    found.add(max((str(part) for part in parts), key=len, default="").strip(" .:("))
    return found


def test_every_message_of_check_stands_with_its_remedy_in_the_faq() -> None:
    page = (ROOT / "docs" / "faq.md").read_text(encoding="utf-8")
    messages = check_messages()
    assert len(messages) > 20
    assert [words for words in sorted(messages) if words not in page] == []


@pytest.mark.parametrize("verb", [verb for verb in COMMANDS if not verb.is_hidden], ids=lambda verb: verb.name)
def test_every_verb_stands_in_the_page_of_commands(verb: Verb) -> None:
    assert f"`{verb.name}" in TYPED


def test_what_the_readme_types_in_the_chat_is_understood() -> None:
    lines = re.findall(r"^you \(admin\) console:main> (.+)$", TYPED, re.MULTILINE)
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
    found = relevance("Shelves for joiners", split(text), lens)
    assert (found.interest, [(one.name, one.word) for one in found.trades]) == (70, [("joinery", "joiners")])
    assert found.telling is not None
    assert found.telling.number == 3
    none = {hit.item: hit.label for hit in scan("A private shelf", split("The cost of doing nothing."), lens)}
    assert none == {"price": Label.ABSENT, "owner": Label.ABSENT}


def test_the_privacy_page_names_every_table_that_holds_people() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    people = [table for table in metadata.sorted_tables if {"person", "community"} & set(table.columns.keys())]
    assert {table.name for table in people} == {
        *("votes", "requests", "feedback", "places", "turns", "talks", "disputes", "payers", "calls", "acts")
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
    for page in PAGES:
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


@pytest.mark.parametrize("name", ["questions.csv", "questions_fields.csv", "questions_reader.csv"])
def test_the_sentences_of_answerable_questions_hold_a_part_of_the_answer(name: str) -> None:
    checks = ROOT / "docs" / "checks"
    texts = {one.paper.id: one.full for one in (*invented_papers(), *papers_in(checks / "texts"))}
    if not (checks / name).exists():
        pytest.skip(f"{name} is not there: it is another reader's")
    with (checks / name).open(encoding="utf-8", newline="") as file:
        known = questions_from_rows(csv.DictReader(file), name)
    page = (ROOT / "docs" / "checks" / "questions.md").read_text(encoding="utf-8")
    counts = [f"{sum(one.expected is kind for one in known)} `{kind}`" for kind in Expected]
    if name != "questions_reader.csv":
        assert all(words in page for words in (str(len(known)), *counts))
    for one in known:
        said = " ".join(texts[one.paper].sentence(number).text for number in sorted(one.sentences)).lower()
        assert bool(one.sentences) is (one.expected is Expected.ANSWERABLE)
        assert all(any(word in said for word in spellings) for spellings in one.answer_words), one.words


@pytest.mark.parametrize("name", ["questions.csv", "questions_fields.csv", "questions_reader.csv"])
def test_what_a_model_is_given_holds_the_right_sentence_of_nine_in_ten(name: str) -> None:
    checks = ROOT / "docs" / "checks"
    if not (checks / name).exists():
        pytest.skip(f"{name} is not there: it is another reader's")
    papers = (*invented_papers(), *papers_in(checks / "texts"))
    with (checks / name).open(encoding="utf-8", newline="") as file:
        known = questions_from_rows(csv.DictReader(file), name)
    given = retrieval(known, {one.paper.id: Source(one.paper, one.full) for one in papers}, TERMS)[-1].any
    assert given.part >= 0.9 * given.of


def test_the_figures_of_the_injection_check_are_what_the_detector_does_today() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/injection.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "injection.md").read_text(encoding="utf-8")


def test_the_figures_of_the_writers_are_those_of_their_table() -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/writers.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "writers.md").read_text(encoding="utf-8")


def test_the_figures_of_the_ranking_are_what_the_rule_does_today(real_captures: Path) -> None:
    code = "import runpy; print(runpy.run_path('docs/checks/ranking.py')['figures'](), end='')"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown in (ROOT / "docs" / "checks" / "ranking.md").read_text(encoding="utf-8")


def test_the_table_of_the_hand_check_is_what_the_scan_says_today(real_captures: Path) -> None:
    code = "import json, runpy; print(json.dumps(list(runpy.run_path('docs/checks/scan.py')['compare']())))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with (ROOT / "docs" / "checks" / "scan.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [{key: str(value) for key, value in row.items()} for row in json.loads(shown)] == table


# -- pictures


def test_the_picture_of_the_readme_is_the_card_as_it_is_drawn_now() -> None:
    drawn = runpy.run_path(str(ROOT / "docs" / "picture.py"))["drawn"]()
    assert (ROOT / "docs" / "card.svg").read_text(encoding="utf-8") == drawn, "python docs/picture.py draws it anew"


def test_the_pictures_of_the_platforms_are_of_the_payloads_that_are_sent_now() -> None:
    shots = runpy.run_path(str(ROOT / "docs" / "shots.py"))
    sent, pages = shots["payloads"](), shots["pages"]()
    words = ("Takes the clerk out of the letter", "Core fallacy", "leaves out 7 of 12", "one lens: discontinuity")
    for name, page in pages.items():
        assert all(one in json.dumps(sent[name], ensure_ascii=False) for one in words)
        assert all(one in page for one in (*words, "Full analysis", "https://arxiv.org/abs/2611.99901"))
        assert "**" not in page
        assert (ROOT / "docs" / f"card-{name}.png").stat().st_size < 200_000
    sealed = (ROOT / "docs" / "card-shots.sha256").read_text(encoding="utf-8").strip()
    assert sealed == shots["seal"](), "PYTHONPATH=. python docs/shots.py takes them anew"


def test_every_file_that_the_map_names_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## The map")[0]
    named = set(re.findall(r"`((?:[\w-]+/)+[\w.-]+\.(?:py|md|toml)|(?:bot|tests|docs)/[\w/]+)`", page))
    assert len(named) > 50
    missing = sorted(name for name in named if not ((ROOT / name).exists() or (ROOT / "bot" / name).exists()))
    assert missing == []


def test_every_test_that_the_table_of_faults_names_is_there() -> None:
    page = (ROOT / "docs" / "checks" / "faults.md").read_text(encoding="utf-8")
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)] == list(range(1, 24))
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page))
    assert len(named) > 80
    known: dict[str, set[str]] = {}
    for file in {file for file, _ in named}:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        known[file] = {one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert sorted(f"{file}::{name}" for file, name in named if name not in known[file]) == []


def test_no_room_holds_more_than_sixteen_modules() -> None:
    for room in (ROOT / "bot").rglob("__init__.py"):
        if "versions" not in room.parts:
            assert len(list(room.parent.glob("*.py"))) <= 16, room.parent
