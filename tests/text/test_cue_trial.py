"""A lens's cues on trial: none may be slow on any line, and one that matches everything is named."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.lenses import load
from bot.lenses.load import load_lenses
from bot.text.cue_trial import cues_of, try_cues

SENTENCES = ("We count the shelves of nurses.", "They are many, and some of them are long.", "Nobody asks.")
ENDLESS = r"(\w+\s?)+$"


def test_a_cue_without_end_is_slow_though_honest_sentences_do_not_show_it() -> None:
    assert try_cues([ENDLESS, r"\bnurses?\b"], ["nurses"]).slow == (ENDLESS,)


def test_a_cue_that_matches_everything_is_named() -> None:
    trial = try_cues([r"\w", r"\bnurses?\b"], SENTENCES)
    assert (trial.slow, trial.greedy) == ((), (r"\w",))


@pytest.mark.parametrize("key", ["discontinuity", "reproducibility", "plain"])
def test_no_cue_of_a_shipped_lens_is_slow_or_matches_everything(key: str) -> None:
    trial = try_cues(cues_of(load_lenses(None)[key]), SENTENCES)
    assert (trial.slow, trial.greedy) == ((), ())


def checked(folder: Path, first_cue: str, key: str) -> tuple[int, str]:
    """What `lens check` says of the plain lens with one more cue and another key."""
    text = (Path(load.__file__).parent / "plain.toml").read_text(encoding="utf-8")
    text = text.replace("cues = [", f"cues = ['{first_cue}', " if first_cue else "cues = [", 1)
    text = text.replace('key = "plain"', f'key = "{key}"', 1)
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "bot", "lens", "check", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, " ".join(f"{done.stdout} {done.stderr}".split())


def test_lens_check_refuses_a_slow_cue_and_names_it(tmp_path: Path) -> None:
    code, said = checked(tmp_path, ENDLESS, "own")
    assert code == 2
    assert "cues that take too long on some texts" in said


def test_lens_check_warns_of_a_cue_that_matches_everything_and_of_a_shipped_lens_replaced(tmp_path: Path) -> None:
    code, said = checked(tmp_path, r"\w", "plain")
    assert code == 0
    assert "matches nearly every sentence" in said
    assert "takes the place of the shipped lens plain" in said
    assert "Warning" not in checked(tmp_path, "", "own")[1]
