"""How much a follower of a lens wants to see a text, whose work it touches, and its most telling sentence: by rule."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.papers.sentence import Sentence
from bot.core.verdicts.lens import Lens
from bot.core.verdicts.scoring import bounded
from bot.core.verdicts.verdict import TouchedTrade
from bot.text.beginnings import beginnings_in, beginnings_of, possible, ways_of
from bot.text.cues import Cues, CueText, compile_cues, matches_in_time
from bot.text.telling import worth
from bot.text.words import counted, points_of, stems_in, words_of

TITLE_SHARE = 1.5
PASSING_SHARE = 0.5
SENTENCE_SHARE = 0.25
NAMED_MOST, NAME_MOST = 5, 60


@dataclass(frozen=True, slots=True)
class Relevance:
    """What the rules found: the interest (0-100), the trades touched, and the sentence that says most.

    `counted`: the words of title and text that raised the interest most, those that raised it more first.
    """

    interest: int
    trades: tuple[TouchedTrade, ...]
    telling: Sentence | None
    counted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """The points of a text, how many of them are in each of its sentences, the trades that it touches, and each gain
    with the words that it is for."""

    points: float
    wanted: list[float]
    trades: tuple[TouchedTrade, ...]
    raised: list[tuple[float, str]]


def relevance(title: str, sentences: Sequence[Sentence], lens: Lens) -> Relevance:
    """What a title and its sentences are to a follower of the lens."""
    texts = tuple(CueText(sentence.text) for sentence in sentences)
    found = weighed(CueText(title), texts, lens)
    best = worth(texts, found.wanted)
    telling = sentences[best.index(max(best))] if best else None
    return Relevance(bounded(round(found.points)), found.trades, telling, _most_raised(found.raised))


def weighed(title: CueText, sentences: Sequence[CueText], lens: Lens) -> Weighed:
    """What a title and its sentences have of what a follower of the lens wants.

    A cue counts once, half as much again where the title has it, and a word twice. A trade that neither the title nor
    a second sentence names is an example more often than whose work it is: it counts half, and is not told.
    """
    texts = (title, *sentences)
    whole = CueText.of_all(texts)
    raised, wanted = cue_points(whole, texts, lens)
    named = touched_trades(whole, texts, lens)
    if named:
        plainest, share, _ = max(named, key=lambda item: item[1])
        raised.append((lens.rank.trade * share, plainest.word))
    for _, _, places in named:
        for place in places:
            wanted[place] += lens.rank.trade * SENTENCE_SHARE
    weights = points_of(lens.interest_words)
    stems = stems_in([text.small for text in texts])
    worths = {stem: weights[stem] * times for stem, times in counted(stems).items() if stem in weights}
    points = lens.rank.start + sum(gain for gain, _ in raised) + sum(worths.values())
    words = words_of([text.small for text in texts], {stem for stem, gain in worths.items() if gain > 0})
    raised += [(worths[stem], word) for stem, word in words.items()]
    for place, found in enumerate(stems):
        wanted[place] += sum(weights.get(stem, 0.0) for stem in found)
    told = tuple(trade for trade, share, _ in named if share > PASSING_SHARE)
    return Weighed(points, wanted[1:], told, raised)


def cue_points(whole: CueText, texts: Sequence[CueText], lens: Lens) -> tuple[list[tuple[float, str]], list[float]]:
    """What each of the lens's cues that is found gives a text, the title being its first part, with the words that it
    is found by; and what is wanted in each part."""
    raised: list[tuple[float, str]] = []
    wanted = [0.0] * len(texts)
    begun = beginnings_in(whole.small)
    for cue in lens.interest:
        cues = compile_cues((cue.cue,))
        places = _places(cues, possible(ways_of(cue.cue), begun), whole, texts)
        if places:
            words = cues.found(texts[places[0]]) or "" if cue.weight > 0 else ""
            raised.append((cue.weight * (TITLE_SHARE if 0 in places else 1), words))
        for place in places:
            wanted[place] += max(cue.weight, 0)
    return raised, wanted


def _most_raised(raised: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    """The words that gave most, each once, none within another."""
    found: list[str] = []
    for gain, words in sorted(raised, key=lambda item: -item[0]):
        words = words.strip()
        if gain > 0 and 0 < len(words) <= NAME_MOST and not any(_overlap(words, other) for other in found):
            found.append(words)
            if len(found) == NAMED_MOST:
                break
    return tuple(found)


def _overlap(words: str, other: str) -> bool:
    return words.lower() in other.lower() or other.lower() in words.lower()


def touched_trades(
    whole: CueText, texts: Sequence[CueText], lens: Lens
) -> list[tuple[TouchedTrade, float, Sequence[int]]]:
    """Those that are named, with how plainly and where; the plainest first, the title's before all."""
    found: list[tuple[TouchedTrade, float, Sequence[int]]] = []
    begun = beginnings_in(whole.small)
    for trade in lens.trades:
        words = compile_cues(tuple(map(_as_word, trade.words)))
        places = _places(words, possible(_words_of(trade.words), begun), whole, texts)
        if places:
            share = 1.0 if 0 in places or len(places) > 1 else PASSING_SHARE
            word = words.found(texts[places[0]]) or trade.name
            found.append((TouchedTrade(trade.name, word), share, places))
    return sorted(found, key=lambda item: (0 not in item[2], -len(item[2])))


def _as_word(expression: str) -> str:
    return rf"\b(?:{expression})\b"


@lru_cache(maxsize=512)
def _words_of(expressions: tuple[str, ...]) -> tuple[tuple[frozenset[str], str], ...]:
    """A trade's words, each behind what a text must begin a word with to have it: most texts have none of that."""
    return tuple((beginnings_of(expression), _as_word(expression)) for expression in expressions)


def _places(cues: Cues, ways: Iterable[str], whole: CueText, texts: Sequence[CueText]) -> list[int]:
    """In which of the texts a cue is found, given the ways in which it may be found in all of them together; most are
    found nowhere, which a look for those says."""
    if not any(matches_in_time(compile_cues((way,)), whole) for way in ways):
        return []
    return [at for at, text in enumerate(texts) if matches_in_time(cues, text)]
