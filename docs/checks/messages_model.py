"""A server that speaks OpenAI's protocol and says what `messages_verdicts.toml` holds of the papers named there."""

import json
import tomllib
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.openai_server import Asked, FakeOpenAi
from tests.fakes.replies import completion

Json = dict[str, Any]
VERDICTS = tomllib.loads(Path(__file__).with_name("messages_verdicts.toml").read_text(encoding="utf-8"))
ANSWER = {
    "outcome": "answered",
    "paper_says": [
        {"text": "Over 100 people worked with one of four models for about five hours.", "cites": [5]},
        {"text": "94% of them did not notice the sabotage; with a monitor, 56% still took the code.", "cites": [6, 7]},
    ],
    "lens_says": "By this thesis, the figure that is missing is what the watching costs, and who is paid for it.",
}


def server(titles: dict[str, str]) -> FakeOpenAi:
    """The server; `titles`: the id of each paper by its title, since a prompt names no id."""

    async def answer(asked: Asked, _request: web.Request) -> web.StreamResponse:
        return web.json_response(completion(json.dumps(_reply(asked, titles), ensure_ascii=False)))

    made = FakeOpenAi()
    made.always = answer
    return made


def _reply(asked: Asked, titles: dict[str, str]) -> Json:
    if "# Kinds of question" in asked.system:
        most = max(asked.numbers)
        says = [{**one, "cites": [min(number, most) for number in one["cites"]]} for one in ANSWER["paper_says"]]  # type: ignore[attr-defined]
        return {**ANSWER, "paper_says": says}
    if "# Lens: " not in asked.system:
        return {}
    title = asked.paper.partition("\n")[0].removeprefix("Title: ")
    written = VERDICTS[titles[" ".join(title.split())]]
    return _short(asked, written) if asked.short is None else _analysis(asked, written)


def _short(asked: Asked, written: Json) -> Json:
    premises = {one.key: _premise(written.get(one.key)) for one in asked.lens.premises}
    is_outside = not any(key in written for key in premises)
    labels: Json = {item.key: "absent" for item in asked.lens.checklist}
    for label in ("addressed", "unclear"):
        labels |= {key: {"label": label, "cites": cites} for key, cites in written.get(label, {}).items()}
    return {
        "too_little": None,
        "premises": premises,
        "checklist": None if is_outside else labels,
        "core_fallacy": written.get("fallacy"),
        "telling": written.get("telling", []),
        "does": written["does"],
        "headline": written.get("headline", ""),
    }


def _premise(said: Any) -> Any:
    if isinstance(said, list):
        return {"label": "holds", "cites": said}
    if str(said).startswith("unclear"):
        return {"label": "unclear", "cites": [int(str(said).rpartition(" ")[2])]}
    return "does not"


def _analysis(asked: Asked, written: Json) -> Json:
    """What is written of it; where only the short verdict is, an analysis that says no more."""
    short = asked.short or {}
    fallacy = short["core_fallacy"]
    cites = sorted({number for key in ("work", "system") for number in written.get(key, []) if isinstance(number, int)})
    assumed, _, instead = (fallacy or {"line": ""})["line"].partition(". ")
    told = {
        "assumed": written.get("assumed", f"{assumed}."),
        "instead": written.get("instead", instead),
        "cites": fallacy["cites"] if fallacy else [],
    }
    assumption = {
        "proposition": written.get("proposition"),
        "exposure": written.get("exposure"),
        "cites": told["cites"],
    }
    return {
        "disagrees": None,
        "dissection": {"text": written.get("dissection", written["does"]), "cites": cites or [1]},
        "core_fallacy": told if fallacy else None,
        "hidden_assumptions": [assumption] if "proposition" in written else [],
        "social_function": written.get("social", "It speaks to those who build such systems, and gives them figures."),
        "classes": [written["class"]] if "class" in written else [],
        "verdict": written.get("verdict", "What was measured is real, and it is said plainly."),
        "closing": written.get("closing", ""),
    }
