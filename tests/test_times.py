"""The daily round has the tests that take least, and every one that nobody has measured."""

from tests.times import ROOT, left_out, measured


def test_the_longest_are_left_out_and_what_was_not_measured_is_run() -> None:
    times = {"quick": 1.0, "longer": 5.0, "longest": 60.0, "also quick": 1.0}
    assert left_out(times, 7.0) == {"longest"}
    assert left_out(times, 1.0) == {"quick", "longer", "longest"}
    assert left_out({}, 0.0) == set()


def test_every_file_that_was_measured_is_there() -> None:
    assert [file for file in measured() if not (ROOT / file).exists()] == [], "python -m tests --measure"
