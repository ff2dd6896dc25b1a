"""Replies as a good model would write them, about invented papers, with every part there to be replaced."""

import json
from collections.abc import Sequence
from typing import Any

from bot.core.verdicts.lens import Lens


def good_reply(lens: Lens, *, number: int = 1, addressed: tuple[str, ...] = (), cites: int = 1) -> dict[str, Any]:
    """A short verdict that fits; the items named in `addressed` cite a sentence, the others are absent. `number` varies
    it."""
    reply: dict[str, Any] = {
        "too_little": None,
        "premises": {one.key: {"label": "holds", "cites": [cites]} for one in lens.premises},
        "checklist": {
            asked.key: {"label": "addressed", "cites": [cites]} if asked.key in addressed else "absent"
            for asked in lens.checklist
        },
        "core_fallacy": {
            "cites": [cites],
            "line": "Takes the sorter for the delay. By this thesis, the sorter was the one who read the address.",
        },
        "telling": [asked.key for asked in lens.checklist if asked.key not in addressed][:2],
        "does": f"Trains system number {number} to sort letters.",
        "headline": f"Sorts the post faster and leaves the sorter out, version {number}.",
    }
    if not lens.premises:
        del reply["premises"]
    return reply


def good_analysis(lens: Lens, *, number: int = 1, cites: int = 1, fallacy: bool = True) -> dict[str, Any]:
    """An analysis that fits such a short verdict, one with a fallacy or one without."""
    reply: dict[str, Any] = {
        "disagrees": None,
        "dissection": {
            "text": f"The text reports system {number} and how far it comes. That is work on a plain task, and success "
            "is what it is compared with.",
            "cites": [cites],
        },
        "core_fallacy": {
            "assumed": "The sorter is the delay.",
            "instead": "By this thesis, the sorter was the one who read the address.",
            "cites": [cites],
        }
        if fallacy
        else None,
        "hidden_assumptions": [
            {
                "proposition": "Faster sorting is better post.",
                "exposure": "By this thesis, nobody waited for a letter; the speed answers a question nobody put.",
                "cites": [cites],
            }
        ],
        "social_function": "It turns a round of letters into a figure that can be lowered.",
        "classes": [{"name": one.name, "gloss": "says that it will run more smoothly"} for one in lens.classes[:1]],
        "verdict": f"The measurement is real. What follows from system {number}, by this thesis, is a smaller room.",
        "closing": "The letters arrive; nobody hands them over.",
    }
    if not lens.classes:
        del reply["classes"]
    return reply


def good_answer(cites: Sequence[int] = (1,), **changes: Any) -> dict[str, Any]:
    """An answer that fits, which cites those sentences."""
    says = [{"text": "It sorts letters by the address that stands on them.", "cites": list(cites)}]
    return {"outcome": "answered", "paper_says": says, "lens_says": "The sorter is spoken of as a delay."} | changes


def completion(text: str | None, *, finish: str = "stop", usage: Any = None, **message: Any) -> dict[str, Any]:
    """A body of chat completions around a text."""
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text} | message}],
        "usage": {
            "prompt_tokens": 2600,
            "completion_tokens": 700,
            "total_tokens": 3300,
            "prompt_tokens_details": {"cached_tokens": 2300},
        }
        if usage is None
        else usage,
    }


def as_text(reply: dict[str, Any]) -> str:
    """A reply as a model writes it."""
    return json.dumps(reply, ensure_ascii=False)
