"""The English words of an instruction to a model or a reviewer, as few as are certain.

The expressions stand in `english.toml`. Each asks for an order *and* for an aim that an honest text does not have: the
praise of this very paper, silence on its weaknesses, or the undoing of the reader's orders. An order alone is none:
proofs say "let us set it to zero", appendices hold prompts, and a study is "rated highly".
"""

import re

from bot.core.words import read_words


def _written_out() -> dict[str, str]:
    """Every expression by its name, with those that it names in their places."""
    whole: dict[str, str] = {}
    for name, words in read_words(__package__, "english.toml").items():
        for known, meant in whole.items():
            words = words.replace(f"@{known}@", meant)
        whole[name] = words.replace("\n", "")
    return whole


_WORDS = _written_out()
THIS = _WORDS["this"]
PRAISE_ORDER = re.compile(_WORDS["praise_order"])
UNDO_ORDER = re.compile(_WORDS["undo_order"])
DEMAND = re.compile(_WORDS["demand"])
SPOKEN_TO = re.compile(_WORDS["spoken_to"])
WHEN_JUDGING = re.compile(_WORDS["when_judging"])
CALL = re.compile(_WORDS["call"])
CALLED_AIM = re.compile(_WORDS["called_aim"])
MARK = re.compile(_WORDS["mark"])
MODELS = re.compile(_WORDS["models"])
HEADS = re.compile(_WORDS["heads"])
POLITE = re.compile(_WORDS["polite"])
REPORTS = re.compile(_WORDS["reports"])
ABOUT = re.compile(_WORDS["about"])
POINTS_BACK = re.compile(_WORDS["points_back"])
HINT = re.compile(_WORDS["hint"])
TOLD_OF = re.compile(_WORDS["told_of"])
