"""`copecheck eval` as a person types it: the cost before it starts, the scan beside, tables, files, and going on."""

import asyncio
import csv
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.cli.test_commands import copecheck, environment
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import invent
from tests.fakes.openai_server import FakeOpenAi

CAPTURED = Path(__file__).resolve().parents[2] / "docs" / "checks" / "questions_captured.csv"
CONFIG = """
[[model.endpoints]]
base_url = "{model}"
model = "fake/model"
name = "the fake"
price_in = 1.0
price_out = 10.0
[[model.endpoints]]
base_url = "{model}"
model = "fake/a-second-model-with-a-long-name"
[model]
at_once = 2
"""
SMALL = ("eval", "--papers", "3", "--runs", "2", "--endpoint", "the fake")


class Stand:
    """A folder with settings that name a model on loopback."""

    def __init__(self, folder: Path, server: FakeOpenAi) -> None:
        self.folder, self.server = folder, server
        (folder / "config.toml").write_text(CONFIG.format(model=server.base_url))

    async def run(self, *arguments: str, **more: str) -> tuple[int, str, str]:
        done = await asyncio.to_thread(copecheck, self.folder, *arguments, **more)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, " ".join(done.stderr.split())


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with FakeOpenAi() as server:
        yield Stand(tmp_path, server)


async def test_the_cost_is_shown_and_nothing_is_asked_until_somebody_wants_it(stand: Stand) -> None:
    code, said, told = await stand.run(*SMALL)
    assert code == 1
    assert (said, stand.server.asked) == ("", [])
    assert "the fake: 6 and 3 analyses take about 0.07 USD and 30,900 tokens (2,600 + 400 a verdict assumed" in told
    assert "the fake: a day of 331 verdicts and 5 analyses takes about 2.23 USD" in told
    assert "today 0.00 of 1.00 USD" in told
    assert "Add --yes to start" in told
    code, said, told = await stand.run(*SMALL, "--yes")
    assert code == 0, told
    assert len(stand.server.asked) == 6 + 3, "and the analyses of the first run"
    assert told.index("6 and 3 analyses take about") < told.index("The day's budget holds")


async def test_the_table_has_the_scan_beside_the_model_and_fits_80_columns(stand: Stand) -> None:
    code, said, _ = await stand.run("eval", "--papers", "3", "--runs", "2", "--lens", "plain", "--yes")
    assert code == 0
    assert max(len(line) for line in said.splitlines()) <= 80
    (head,) = [line for line in said.splitlines() if "scan" in line]
    assert head.index("scan") < head.index("the fake")
    rows = {line[:24].strip(): line[24:].split() for line in said.splitlines()}
    assert rows["papers × runs"] == ["3", "×", "1", "3", "×", "2", "3", "×", "2"]
    assert rows["fits at once"] == ["by", "rule", "100%", "(6/6)", "100%", "(6/6)"]
    assert rows["supported, by hand"] == ["not", "measured"] * 3
    assert rows["labels right, by hand"] == ["not", "measured"] * 3
    assert rows["runs agree (alpha)"][:3] == ["by", "rule:", "always"]
    assert rows["cost, USD"] == ["0.0000", "0.0576", "0.0000"]
    assert len(stand.server.asked) == 12 + 6


async def test_a_second_start_asks_nobody_and_writes_the_same_figures(stand: Stand) -> None:
    first = await stand.run(*SMALL, "--yes", "--json", "one.json", "--store", "eval.db")
    second = await stand.run(*SMALL, "--json", "two.json", "--store", "eval.db")
    assert (first[0], second[0]) == (0, 0)
    assert len(stand.server.asked) == 9
    assert "are to be asked for" not in second[2]
    one, two = (json.loads((stand.folder / name).read_text()) for name in ("one.json", "two.json"))
    assert one == two
    assert (one["runs"], len(one["papers"]), one["missing"]) == (2, 3, 0)
    assert one["models"] == {"the fake": "fake/model"}
    scan, model = one["figures"]
    assert (scan["judge"], model["judge"], model["replies"]) == ("scan", "the fake", 6)
    assert model["usage"]["tokens_in"] == 6 * 2600
    assert model["usage"]["usd"] == pytest.approx(6 * 0.0096)
    assert model["agreement"]["alpha"] == 1.0, "the fake says the same in both runs"
    read = [row for row in one["readings"] if row["judge"] == "the fake"]
    scores = sorted(row["score"] for row in read)
    assert (model["scores"]["lowest"], model["scores"]["highest"]) == (scores[0], scores[-1])
    assert len(read[0]["labels"]) == 14


async def test_what_ctrl_c_stops_goes_on_where_it_was(stand: Stand) -> None:
    stand.server.delay = 0.2
    command = [sys.executable, "-m", "bot", *SMALL, "--yes"]
    process = await asyncio.to_thread(
        subprocess.Popen,
        command,
        cwd=stand.folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(stand.server.asked) < 2:
        assert process.poll() is None
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, told = await asyncio.to_thread(process.communicate)
    assert process.returncode == 130, told
    assert said == ""
    assert len(stand.server.asked) < 6
    code, said, told = await stand.run(*SMALL, "--yes")
    assert code == 0, told
    assert len(stand.server.asked) == 9, "nothing is paid for twice"


async def test_replies_that_are_missing_are_said_and_end_with_3(stand: Stand) -> None:
    stand.server.takes_key = "another"
    code, said, told = await stand.run(*SMALL, "--yes")
    assert code == 3
    assert "refuses the API key" in told
    assert "6 replies are missing" in told
    assert "scan" in said
    stand.server.takes_key = None
    code, _, _ = await stand.run(*SMALL, "--yes")
    assert code == 0, "a start tries again what a person had to mend"


async def test_a_sample_is_written_and_its_answers_become_the_support_rate(stand: Stand) -> None:
    code, _, told = await stand.run(*SMALL, "--yes", "--sample", "sample.csv")
    assert code == 0
    assert "write yes or no" in told
    file = stand.folder / "sample.csv"
    with file.open(newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert list(rows[0])[:6] == ["paper", "lens", "run", "part", "sentence", "supported"]
    mine = [row for row in rows if row["judge"] == "the fake"]
    for row in mine[:4]:
        row["supported"] = "yes"
    mine[4]["supported"] = "no"
    with file.open("w", newline="") as opened:
        table = csv.DictWriter(opened, rows[0])
        table.writeheader()
        table.writerows(rows)
    code, said, _ = await stand.run(*SMALL, "--support", "sample.csv")
    assert code == 0
    (line,) = [line for line in said.splitlines() if "supported, by hand" in line]
    assert line.split()[-4:] == ["not", "measured", "80%", "(4/5)"]


async def test_labels_of_a_file_give_accuracy_beside_the_share_of_always_absent(stand: Stand) -> None:
    _, _, _ = await stand.run(*SMALL, "--yes", "--json", "first.json")
    first = json.loads((stand.folder / "first.json").read_text())
    paper = first["papers"][0]
    (said,) = [
        row["labels"] for row in first["readings"] if (row["judge"], row["run"], row["paper"]) == ("the fake", 1, paper)
    ]
    labels = [
        "paper,item,label",
        f"{paper},discontinuity.worker,{'present' if said['worker'] == 'addressed' else 'absent'}",
    ]
    labels += [f"{paper},discontinuity.price,not_applicable"]
    (stand.folder / "labels.csv").write_text("\n".join(labels))
    code, shown, told = await stand.run(*SMALL, "--labels", "labels.csv", "--yes")
    assert code == 0, told
    assert "1 of them labelled by hand" in told
    assert "Labels right, by item" in shown
    (line,) = [line for line in shown.splitlines() if "labels right, by hand" in line]
    assert line.split()[-2:] == ["50%", "(2/4)"]


async def test_the_labelled_papers_are_fetched_from_arxiv(stand: Stand) -> None:
    papers = [invent(number) for number in (1, 2)]
    rows = ["paper,item,label", *(f"{paper.id},discontinuity.limits,absent" for paper in papers)]
    (stand.folder / "labels.csv").write_text("\n".join(rows))
    async with FakeArxiv() as arxiv:
        arxiv.announce(date(2026, 6, 2), papers)
        addresses = {"COPECHECK_ARXIV__FEED_URL": arxiv.url, "COPECHECK_ARXIV__SITE_URL": arxiv.url}
        addresses |= {"COPECHECK_ARXIV__API_URL": arxiv.api_url, "COPECHECK_ARXIV__REQUEST_GAP_SECONDS": "0"}
        code, _, told = await stand.run(*SMALL, "--labelled", "--labels", "labels.csv", "--yes", **addresses)
    assert code == 0, told
    assert "2 of 2 papers, 2 of them labelled by hand" in told
    assert len(stand.server.asked) == 4 + 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--endpoint", "nobody"), "There is no endpoint 'nobody' in the settings. There are: the fake,"),
        (("--lens", "nothing"), "There is no lens 'nothing'. There are: discontinuity"),
        (("--labels", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("--feed", "nowhere.xml"), "nowhere.xml cannot be read"),
        (("--support", "config.toml"), "is no row of a sample"),
        (("--sample", "config.toml"), "config.toml is already there"),
        (("--json", "nowhere/eval.json"), "its folder is not there"),
        (("--labelled", "--labels", "empty.csv"), "No paper is labelled for these lenses"),
    ],
)
async def test_what_is_not_there_is_named_before_anything_is_asked(
    stand: Stand, arguments: tuple[str, ...], words: str
) -> None:
    (stand.folder / "empty.csv").write_text("paper,item,label\n")
    code, _, told = await stand.run("eval", "--yes", *arguments)
    assert code == 2
    assert words in told
    assert stand.server.asked == []


async def test_without_a_model_the_scan_alone_is_measured(tmp_path: Path) -> None:
    done = await asyncio.to_thread(copecheck, tmp_path, "eval", "--papers", "2")
    assert done.returncode == 0
    assert "the scan alone is measured" in " ".join(done.stderr.split())
    assert "by rule" in done.stdout


# -- questions with known answers --------------------------------------------------------------------------------------

QUIZ = ("eval", "--questions", "--endpoint", "the fake")
FILES = ("questions.csv", "questions_fields.csv", "questions_reader.csv")
CHECKS = Path(__file__).resolve().parents[2] / "docs" / "checks"


async def test_questions_show_retrieval_quotations_and_each_model_within_80_columns(stand: Stand) -> None:
    code, said, told = await stand.run(*QUIZ)
    assert (code, said, stand.server.asked) == (1, "", []), "the cost is shown before anything is asked"
    every = sum(len((CHECKS / name).read_text().splitlines()) - 1 for name in FILES if (CHECKS / name).exists())
    assert f"the fake: {every} questions are to be asked" in told
    assert "captured abstracts are left out" in told
    arguments = (*QUIZ, "--yes", "--json", "one.json", "--store", "quiz.db")
    code, said, told = await stand.run(*arguments, COPECHECK_MODEL__USD_A_DAY="9")
    assert code == 0, told
    assert len(stand.server.asked) == every
    assert max(len(line) for line in said.splitlines()) <= 80
    first = said.partition("Several fields")[0]
    rows = {line[:28].strip(): line[28:].split() for line in first.splitlines()}
    assert rows["questions"] == ["57", "57"]
    assert rows["no use after repair"][-1] == "0"
    assert rows["claims with a sentence"][-2:] == ["100%", "(57/57)"]
    assert rows["unanswerable, declined"][-2:] == ["0%", "(0/12)"], "the fake declines nothing"
    assert rows["tokens in + out"][-3:] == ["148,200", "+", "39,900"]
    code, said, _ = await stand.run(*QUIZ, "--json", "two.json", "--store", "quiz.db")
    assert code == 0
    assert len(stand.server.asked) == every, "nothing is paid for twice"
    one, two = (json.loads((stand.folder / name).read_text()) for name in ("one.json", "two.json"))
    assert one == two
    half, *_ = one["halves"]
    assert half["read"] == "0.75"
    assert len(half["answers"]) == 114


async def test_questions_about_captured_abstracts_are_asked_where_they_and_the_feeds_are(
    stand: Stand, real_captures: Path
) -> None:
    file = CAPTURED
    if not file.exists():
        pytest.skip("the questions about captured abstracts are not in this checkout")
    arguments = (*QUIZ, "--captures", str(real_captures), "--yes", "--json", "one.json")
    code, said, told = await stand.run(*arguments, COPECHECK_MODEL__USD_A_DAY="5")
    assert code == 0, told
    assert "Captured abstracts: answers" in said
    halves = json.loads((stand.folder / "one.json").read_text())["halves"]
    assert [half["read"] for half in halves][-2:] == ["0.75", "1.00"]
    assert halves[-1]["figures"][0]["retrieved"]["share"] == 1.0, "an abstract is read whole"


async def test_a_model_that_is_away_leaves_its_questions_for_the_next_start(stand: Stand) -> None:
    stand.server.takes_key = "another"
    code, _, told = await stand.run(*QUIZ, "--yes")
    assert code == 3
    every = sum(len((CHECKS / name).read_text().splitlines()) - 1 for name in FILES if (CHECKS / name).exists())
    assert f"{every} replies are missing" in told
