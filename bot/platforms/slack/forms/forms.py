"""Modals that ask: one input an option of a verb, made from the table of verbs; and back, a submission's values.

An input's block_id is its option's name. The values go through `command_of`, which checks them like typed ones.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.commands.options import Option, OptionKind
from bot.core.commands.parser import find_verb
from bot.core.commands.verbs import COMMANDS, FOLLOW_SETTINGS
from bot.core.errors import CommandError
from bot.core.follows.follow import Follow
from bot.core.papers.paper import ArxivId
from bot.core.posts.post import Place
from bot.platforms.slack.forms.views import Purpose, modal
from bot.platforms.slack.posting.escape import cut, safe
from bot.platforms.slack.posting.limits import (
    CHOICES,
    INPUT_LABEL,
    INPUT_TEXT,
    OPTION_TEXT,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
)
from bot.platforms.slack.posting.rich_blocks import Block, plain

ELEMENT = "value"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NOTHING = ","  # a list that was emptied: `command_of` reads it as no words, and leaves out an empty text
_TYPED = (OptionKind.LIST, OptionKind.CATEGORIES, OptionKind.ZONE, OptionKind.WORDS)
_LISTS = {option.name for verb in COMMANDS for option in verb.options if option.kind is OptionKind.LIST}


def follow_view(
    follow: Follow | None, lenses: Sequence[str], place: str, zone: str = "", warning: str = ""
) -> dict[str, Any]:
    """The settings of a follow, as they stand; without a follow, those of a new one with its categories.

    `zone`: that of who asks, for a new one; `warning`: what they should know of the place.
    """
    verb = find_verb("follow edit" if follow else "follow add")
    categories = next(option for option in verb.options if option.name == "categories")
    told = settings_of(follow) if follow else _usual(lenses, zone)
    options = (categories, *FOLLOW_SETTINGS)
    fitting = [option for option in options if len(told.get(option.name, "")) <= _most(option)]
    blocks = [_note(warning)] if warning else []
    blocks += [input_block(option, told.get(option.name, ""), lenses) for option in fitting]
    blocks += [
        _note(f"{option.name} is too long for a form. Type /copecheck follow edit … {option.name}=…")
        for option in options
        if option not in fitting
    ]
    fixed = {"name": follow.label} if follow else {}
    return modal("Follow settings" if follow else "Follow", Purpose(verb.name, fixed, place), blocks, "Save")


def _usual(lenses: Sequence[str], zone: str) -> dict[str, str]:
    """The settings that a new follow has unless told otherwise."""
    usual = settings_of(Follow("", Place("slack", ""), ()))
    lens = usual["lens"] if usual["lens"] in lenses or not lenses else lenses[0]
    return usual | {"lens": lens} | ({"zone": zone} if zone else {})


def _most(option: Option) -> int:
    return min(option.most, INPUT_TEXT) if option.kind in _TYPED else INPUT_TEXT


def _note(words: str) -> Block:
    """Words that stand in a form: a warning, or what stands for an input that could not hold its value."""
    return {"type": "context", "elements": [plain(words)]}


def feedback_view(place: str) -> dict[str, Any]:
    """Words to the people who run the bot."""
    verb = find_verb("feedback")
    (option,) = (option for option in verb.options if option.kind is OptionKind.WORDS)
    return modal("Feedback", Purpose(verb.name, {}, place), [input_block(option, "", (), is_long=True)], "Send")


def search_view(filters: Mapping[str, str], place: str) -> dict[str, Any]:
    """The words to look for, among what the filters let through."""
    verb = find_verb("search")
    (option,) = (option for option in verb.options if option.kind is OptionKind.WORDS)
    return modal("Search", Purpose(verb.name, filters, place), [input_block(option, "", ())], "Search")


def dispute_view(paper: str, lens: str, place: str, claims: Mapping[str, str]) -> dict[str, Any]:
    """Which claim of that verdict somebody objects to, and why; `claims`: what it claims, by name."""
    verb = find_verb("dispute")
    claim, reason = (option for option in verb.options if option.is_asked)
    offered = _one_of(list(claims), "", is_long=len(claims) > CHOICES, named=claim.named, about=claims)
    blocks = [_input(claim, offered), input_block(reason, "", (), is_long=True)]
    return modal("Object to a claim", Purpose(verb.name, {"paper": paper, "lens": lens}, place), blocks, "Send")


def chooser_view(
    papers: Sequence[ArxivId], lenses: Sequence[str], place: str, titles: Mapping[ArxivId, str]
) -> dict[str, Any]:
    """Which of several papers of a message, by their titles where those are known, and through which lens.

    `ValueError` without a paper.
    """
    ids = list(dict.fromkeys(text for text in map(str, papers) if 0 < len(text) <= OPTION_TEXT))[:OPTIONS]
    if not ids:
        raise ValueError("there is no paper to choose")
    verb = find_verb("verdict")
    options = {option.name: option for option in verb.options}
    named = {str(paper): f"{paper} {title}" for paper, title in titles.items()}
    asked = _one_of(ids, ids[0], is_long=len(ids) > CHOICES, named=named)
    blocks = [_input(options["paper"], asked), input_block(options["lens"], "", lenses)]
    return modal("Verdict on this paper", Purpose(verb.name, {}, place), blocks, "Read it")


def settings_of(follow: Follow) -> dict[str, str]:
    """A follow's settings as one would type them."""
    return {
        "categories": " ".join(follow.categories),
        "lens": follow.lens,
        "mode": follow.mode.value,
        "cards": str(follow.cards),
        "limit": str(follow.limit),
        "threshold": str(follow.threshold),
        "types": ",".join(follow.types),
        "require": ", ".join(follow.require),
        "refuse": ", ".join(follow.refuse),
        "hour": f"{follow.hour:%H:%M}",
        "zone": follow.zone,
        "days": ",".join(DAYS[day] for day in follow.weekdays),
        "report": "on" if follow.report else "off",
        "report_hour": f"{follow.report_hour:%H:%M}",
    }


def submitted(view: Mapping[str, Any]) -> tuple[Purpose, dict[str, str]]:
    """What a submitted view is for, and its values: those of the form, and those it was opened with.

    `ValueError` (also `CommandError`) when the view is not one of ours.
    """
    purpose = Purpose.parse(str(view.get("private_metadata", "")))
    return purpose, {**values_of(view.get("state", {})), **purpose.values}


def values_of(view_state: Mapping[str, Any]) -> dict[str, str]:
    """The values of a submitted view by option, as `command_of` reads them; what was left open is not among them."""
    values = {}
    for name, elements in view_state.get("values", {}).items():
        for element in elements.values():
            value = _value(element) or (NOTHING if name in _LISTS else "")
            if value:
                values[name] = value
    return values


def errors_of(error: CommandError, view: Mapping[str, Any]) -> dict[str, str]:
    """What was wrong, under the input it is about, or under the first one."""
    names = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    named = error.what.partition(":")[0]
    at = named if named in names else next(iter(names), "")
    return {at: cut(safe(f"{error.what} {error.remedy}").replace("`", ""), PLACEHOLDER)} if at else {}


def _value(element: Mapping[str, Any]) -> str:
    """The value of one element of a view's state, by its type."""
    match element.get("type"):
        case "static_select" | "radio_buttons":
            chosen = element.get("selected_option") or {}
            return str(chosen.get("value", ""))
        case "checkboxes":
            return ",".join(str(selected_option["value"]) for selected_option in element.get("selected_options") or ())
        case "timepicker":
            return str(element.get("selected_time") or "")
    return str(element.get("value") or "").strip()


def input_block(option: Option, told: str, lenses: Sequence[str], *, is_long: bool = False) -> Block:
    """The input of one option, with what it is now (`told`, as one would type it)."""
    match option.kind:
        case OptionKind.LENS if lenses:
            fitting = [lens for lens in lenses if len(lens) <= OPTION_VALUE][:OPTIONS]
            return _input(option, _one_of(fitting, told, is_long=True), told)
        case OptionKind.CHOICE:
            is_many = len(option.choices) > CHOICES
            return _input(option, _one_of(option.choices, told, is_long=is_many, named=option.named), told)
        case OptionKind.FLAG:
            return _input(option, _one_of(("on", "off"), told), told)
        case OptionKind.CHOICES:
            return _input(option, _some_of(option.choices, told), told)
        case OptionKind.WEEKDAYS:
            return _input(option, _some_of(DAYS, told), told)
        case OptionKind.HOUR:
            return _input(option, {"type": "timepicker", **({"initial_time": told} if told else {})}, told)
        case OptionKind.NUMBER:
            return _input(option, _number(option, told), told)
    return _input(option, _typed(option, told, is_long=is_long), told)


def _input(option: Option, element: Block, told: str = "") -> Block:
    """An input. What has a value cannot be left empty, which would change nothing; only a list can be emptied."""
    label = option.name.replace("_", " ").capitalize()
    return {
        "type": "input",
        "block_id": option.name,
        "label": plain(label),
        "hint": plain(cut(f"{option.help[:1].upper()}{option.help[1:]}", INPUT_LABEL)),
        "optional": option.kind is OptionKind.LIST or not (option.is_required or told),
        "element": {**element, "action_id": ELEMENT},
    }


def _one_of(
    values: Sequence[str],
    told: str,
    *,
    is_long: bool = False,
    named: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> Block:
    options = [_choice(value, (named or {}).get(value), (about or {}).get(value, "")) for value in values]
    chosen = next(({"initial_option": option} for option in options if option["value"] == told), {})
    return {"type": "static_select" if is_long else "radio_buttons", "options": options, **chosen}


def _some_of(values: Sequence[str], told: str) -> Block:
    options = [_choice(value) for value in values]
    chosen = [option for option in options if option["value"] in told.split(",")]
    return {"type": "checkboxes", "options": options, **({"initial_options": chosen} if chosen else {})}


def _choice(value: str, name: str | None = None, about: str = "") -> Block:
    shown = cut(safe(name or value).strip(), OPTION_TEXT) or "(a name that cannot be seen)"
    more = {"description": plain(cut(safe(about), OPTION_TEXT))} if about else {}
    return {"text": plain(shown), "value": value, **more}


def _number(option: Option, told: str) -> Block:
    bounds = {"min_value": str(option.least), "max_value": str(option.most)}
    initial = {"initial_value": told} if told else {}
    return {"type": "number_input", "is_decimal_allowed": False, **bounds, **initial}


def _typed(option: Option, told: str, *, is_long: bool = False) -> Block:
    text = {"initial_value": told} if told else {}
    sample = {"placeholder": plain(cut(option.sample, PLACEHOLDER))} if option.sample else {}
    most = {"max_length": min(option.most, INPUT_TEXT)}
    return {"type": "plain_text_input", "multiline": is_long, **most, **sample, **text}
