"""How the single words of `discontinuity` were weighed: `python docs/checks/fit_interest.py [CAPTURES] [--write]`.

What the cues and trades of the lens give is kept as it is. To it comes what each word is expected to be worth
(`word_groups.toml`, set before any mark was looked at), corrected by ridge regression towards the order of the readers
`c`, `d` and `e`. `a` and `b` are held out: they are compared, never fitted. With --write the table goes into the lens.
"""

import csv
import json
import re
import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.core.papers.paper import collapse
from bot.lenses.load import load_lenses
from bot.text.cues import CueText
from bot.text.relevance import cue_points, touched_trades
from bot.text.split import split
from bot.text.stems import stem
from bot.text.words import counted, stems_in

HERE = Path(__file__).resolve().parent
CAPTURES = HERE.parents[2] / "shared" / "data" / "metadata" / "cs.AI_week_2026-06-01_to_06-05.jsonl"
LENS = HERE.parents[1] / "bot" / "lenses" / "discontinuity.toml"
MARK = "# Single words, by what each is worth"
LEAST_TEXTS = 8  # a word of fewer texts keeps what is expected of it
MIDDLE, SPREAD = 35.0, 20.0  # points of interest of the middle of the readers' order, and of its standard deviation
OF_WORD, OF_GROUP, RIDGE = 1 / 11, 0.04, 2.0
LEVEL = 0.2  # how far a level of relevance counts beside the place in the order
STEP = 0.5  # weights are written in such steps; what rounds to nothing is left out
FOLDS = 10
LITTLE_WORDS = """
a an and are as at be been both but by can each for from has have how in into is it its may more most no not
of on one only or other our over same should so such than that the their them then there these they this those
through to two under up upon use used using via was we were what when where whether which while who with
within without you also all any about across after against among because before between further however
moreover thus yet
"""
LITTLE = frozenset(LITTLE_WORDS.split())
Matrix = np.ndarray


@dataclass(frozen=True)
class Texts:
    """What was read of each paper: what cues and trades give, and how often each stem counts."""

    names: list[str]
    given: Matrix
    stems: list[dict[str, int]]
    spelled: dict[str, str]

    def at(self, wanted: list[str]) -> list[int]:
        place = {name: at for at, name in enumerate(self.names)}
        return [place[name] for name in wanted]


def read_marks() -> dict[str, dict[str, list[tuple[float, int]]]]:
    """Set -> paper -> score and relevance of each who read it; of the week the sets are its readers."""
    marks: dict[str, dict[str, list[tuple[float, int]]]] = defaultdict(lambda: defaultdict(list))
    with (HERE / "ranking.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["reader"] if row["set"] == "week" else row["set"]
            marks[name][row["paper"]].append((float(row["score"]), int(row["relevance"])))
    return marks


def read_texts(captures: Path, names: list[str]) -> Texts:
    """The papers through the lens as it stands, without its words."""
    lens = load_lenses(None)["discontinuity"]
    rows = {row["id"]: row for row in map(json.loads, captures.read_text(encoding="utf-8").splitlines())}
    given, stems, spelled = [], [], defaultdict(Counter)
    for name in names:
        sentences = split(collapse(rows[name]["abstract"]))
        texts = [CueText(collapse(rows[name]["title"])), *(CueText(one.text) for one in sentences)]
        whole = CueText.of_all(texts)
        points = sum(gain for gain, _ in cue_points(whole, texts, lens)[0])
        trades = touched_trades(whole, texts, lens)
        given.append(points + lens.rank.trade * max((share for _, share, _ in trades), default=0.0))
        stems.append(counted(stems_in([text.small for text in texts])))
        for word in re.findall(r"[a-z]+(?:-[a-z]+)*", whole.small):
            spelled[stem(word)][word] += 1
    return Texts(names, np.array(given), stems, {one: words.most_common(1)[0][0] for one, words in spelled.items()})


def read_groups() -> tuple[list[tuple[float, dict[str, str]]], frozenset[str]]:
    """What a word of each group is expected to be worth, and its words by their stems; and the stems that say nothing,
    since they have several senses."""
    table = tomllib.loads((HERE / "word_groups.toml").read_text(encoding="utf-8"))
    ambiguous = frozenset(map(stem, table["ambiguous"].split()))
    groups = [
        (one["expected"], {stem(word): word for word in reversed(one["words"].split())}) for one in table["groups"]
    ]
    return [(worth, {one: words[one] for one in words if one not in ambiguous}) for worth, words in groups], ambiguous


def wanted_of(marks: dict[str, list[tuple[float, int]]]) -> dict[str, float]:
    """The place of each paper in the readers' order (0 to 1), with a share of its level of relevance."""
    mean = {name: np.mean(rows, axis=0) for name, rows in marks.items()}
    scores = np.array([one[0] for one in mean.values()])
    places = [(np.sum(scores < one) + np.sum(scores <= one) + 1) / 2 / len(scores) for one in scores]
    return {name: place + LEVEL * one[1] / 3 for place, (name, one) in zip(places, mean.items(), strict=True)}


@dataclass(frozen=True)
class Fit:
    """What each stem is worth, and what every text has."""

    start: float
    points: dict[str, float]

    def interests(self, texts: Texts) -> Matrix:
        words = [sum(self.points.get(one, 0.0) * times for one, times in found.items()) for found in texts.stems]
        return self.start + texts.given + np.array(words)

    def rounded(self, step: float) -> "Fit":
        points = {one: round(weight / step) * step for one, weight in self.points.items()}
        return Fit(self.start, {one: weight for one, weight in points.items() if weight})


class Fitter:
    """Ridge regression of the readers' order on words and groups, beside what is given."""

    def __init__(self, texts: Texts, trained: list[int]) -> None:
        self.texts = texts
        self.groups, self.ambiguous = read_groups()
        often = Counter(one for at in trained for one in texts.stems[at])
        most = 0.6 * len(trained)
        self.words = sorted(one for one, count in often.items() if LEAST_TEXTS <= count <= most and self._says(one))
        self.expected: dict[str, float] = defaultdict(float)
        for worth, words in self.groups:
            for one in words:
                self.expected[one] += worth
        single = np.array([[found.get(one, 0) for one in self.words] for found in texts.stems], float) * OF_WORD
        groups = np.array(
            [[sum(found.get(one, 0) for one in words) for _, words in self.groups] for found in texts.stems]
        )
        self.features = np.hstack([single, groups * OF_GROUP])
        prior = [sum(self.expected.get(one, 0.0) * times for one, times in found.items()) for found in texts.stems]
        self.offset = texts.given + np.array(prior)

    def _says(self, one: str) -> bool:
        return len(one) > 2 and one not in self.ambiguous and self.texts.spelled.get(one, one) not in LITTLE

    def fit(self, trained: list[int], wanted: Matrix) -> Fit:
        goal = MIDDLE + SPREAD * (wanted - wanted.mean()) / wanted.std()
        rows = self.features[trained]
        middle, rest = rows.mean(axis=0), goal - self.offset[trained]
        centred = rows - middle
        dual = np.linalg.solve(centred @ centred.T + RIDGE * np.eye(len(trained)), rest - rest.mean())
        weights = centred.T @ dual
        points = defaultdict(float, self.expected)
        for one, weight in zip(self.words, weights, strict=False):
            points[one] += weight * OF_WORD
        for (_, words), weight in zip(self.groups, weights[len(self.words) :], strict=True):
            for one in words:
                points[one] += weight * OF_GROUP
        return Fit(rest.mean() - middle @ weights, dict(points))


def in_order(wanted: Matrix, given: Matrix) -> float:
    """The share of the pairs that `wanted` puts apart which `given` puts in the same order; a tie is half."""
    one, two = np.triu_indices(len(wanted), 1)
    apart, way = np.sign(wanted[one] - wanted[two]), np.sign(given[one] - given[two])
    return float(((apart * way)[apart != 0] + 1).mean() / 2)


def agreement(marks: dict[str, list[tuple[float, int]]], interests: dict[str, float]) -> tuple[float, float]:
    """Pairs in the readers' order by scores, and by levels of relevance."""
    mean = np.array([np.mean(rows, axis=0) for rows in marks.values()])
    given = np.array([interests[name] for name in marks])
    return in_order(mean[:, 0], given), in_order(mean[:, 1], given)


def say(line: str) -> None:
    """A line of the figures."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Fit, print the figures, and put the table into the lens where it is asked for."""
    asked = [one for one in sys.argv[1:] if not one.startswith("-")]
    marks = read_marks()
    thirds = [name for name in marks if name in "cde"]
    texts = read_texts(Path(asked[0]) if asked else CAPTURES, [paper for rows in marks.values() for paper in rows])
    wanted = {paper: worth for name in thirds for paper, worth in wanted_of(marks[name]).items()}
    trained = texts.at(list(wanted))
    fitter, goal = Fitter(texts, trained), np.array(list(wanted.values()))
    whole = fitter.fit(trained, goal)
    folds = np.random.default_rng(0).permutation(len(trained))

    def crossed(step: float) -> tuple[float, float]:
        left: dict[str, float] = {}
        for fold in range(FOLDS):
            out = set(folds[fold::FOLDS].tolist())
            stay = [at for at in range(len(trained)) if at not in out]
            part = fitter.fit([trained[at] for at in stay], goal[stay])
            found = (part.rounded(step) if step else part).interests(texts)
            left |= {texts.names[trained[at]]: found[trained[at]] for at in out}
        return tuple(np.mean([agreement(marks[name], left) for name in thirds], axis=0))  # type: ignore[return-value]

    say("| steps of | words | pairs by scores, cross-validated | by levels |\n|---|---|---|---|")
    for step in (0.0, 0.25, 0.5, 1.0, 1.5):
        table = whole.rounded(step) if step else whole
        scores, levels = crossed(step)
        say(f"| {step or 'none'} | {len(table.points)} | {scores:.3f} | {levels:.3f} |")
    say(f"\nstart {whole.start:.1f}; interests {np.percentile(whole.interests(texts), [1, 10, 50, 90, 99]).round()}")
    if "--held-out" in sys.argv:
        found = dict(zip(texts.names, np.clip(whole.rounded(STEP).interests(texts).round(), 0, 100), strict=True))
        for name in ("day", "mix"):
            scores, levels = agreement(marks[name], found)
            say(f"{name} held out: pairs by scores {scores:.3f}, by levels {levels:.3f}")
    if "--write" in sys.argv:
        write(whole.rounded(STEP), texts.spelled, fitter)


def words_by_weight(table: Fit, spelled: dict[str, str], fitter: Fitter) -> dict[float, list[str]]:
    """The words as the lens file has them."""
    named = {one: word for _, words in fitter.groups for one, word in words.items()}
    by_weight: dict[float, list[str]] = defaultdict(list)
    for one, weight in table.points.items():
        word = named.get(one) or spelled.get(one, one)
        if stem(word) == one:
            by_weight[weight].append(word)
    return by_weight


def write(table: Fit, spelled: dict[str, str], fitter: Fitter) -> None:
    """The table at the end of the lens file, heaviest words first."""
    by_weight = words_by_weight(table, spelled, fitter)
    before = LENS.read_text(encoding="utf-8").partition(MARK)[0].rstrip()
    lines = [before, "", f"{MARK} (docs/checks/fit_interest.py): once, twice where the title has it, in any ending."]
    for weight in sorted(by_weight, reverse=True):
        lines += ["[[interest_words]]", f"weight = {weight:g}", 'words = """', *_wrapped(sorted(by_weight[weight])), ""]
    text = re.sub(r"(?m)^start = -?\d+", f"start = {round(table.start)}", "\n".join(lines).rstrip() + "\n", count=1)
    LENS.write_text(text, encoding="utf-8")


def _wrapped(words: list[str]) -> list[str]:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > 116:
            lines.append("")
        lines[-1] += word + " "
    return [*(f"{line.rstrip()} \\" for line in lines[:-1]), f'{lines[-1].rstrip()}"""']


if __name__ == "__main__":
    main()
