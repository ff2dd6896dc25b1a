"""The raw body of an answer -> the model's text and what it took, or a named outcome. Nothing of it is believed.

Providers answer 200 with an error, with a web page, without choices, with a reason in `finish_reason`; the openai
package hands all of it on. Sources: OpenAI's and OpenRouter's API references for chat completions.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.analyst.endpoints.endpoint import CHARACTERS_A_TOKEN, Endpoint
from bot.core.verdicts.call import CallOutcome, Usage

BY_CODE = {
    401: CallOutcome.KEY_REFUSED,
    402: CallOutcome.UNPAID,
    403: CallOutcome.KEY_REFUSED,
    404: CallOutcome.UNKNOWN_MODEL,
    405: CallOutcome.NO_API,
    408: CallOutcome.TIMEOUT,
    429: CallOutcome.RATE_LIMITED,
}
_REFUSAL = re.compile(
    r"^\W*(?:i[’']?m (?:very |really )?sorry|sorry,"
    r"|i (?:can[’']?t|cannot|can not|won[’']?t|will not|am unable|must decline)"
    r"|as an ai\b|i apologi[sz]e|unfortunately,? i )",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ModelResponse:
    """What a body came to. `usage` None: the provider did not say, or it is no answer of an API."""

    outcome: CallOutcome
    text: str = ""
    note: str = ""
    usage: Usage | None = None
    cut_off: bool = False


def read_answer(body: str, endpoint: Endpoint, characters: int) -> ModelResponse:
    """Read a body; `characters` of prompt were sent, for providers that do not count."""
    try:
        body = body.lstrip("\ufeff \t\r\n")
        events = [] if body.startswith("{") else _events(body)
        parsed = _of_stream(events) if events else json.loads(body)
    except (ValueError, RecursionError):
        return ModelResponse(
            CallOutcome.NO_API, note="a page came, not an API's answer" if "<" in body[:200] else "no JSON"
        )
    if not isinstance(parsed, dict):
        return ModelResponse(CallOutcome.NO_API, note="no JSON object")
    error = parsed.get("error")
    choices = parsed.get("choices")
    if error and not choices:
        return _of_error(error)
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return ModelResponse(CallOutcome.EMPTY, note="no choices", usage=_usage(parsed, endpoint, characters, ""))
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    text = _content(message.get("content"))
    usage = _usage(
        parsed, endpoint, characters, text + _content(message.get("reasoning") or message.get("reasoning_content"))
    )
    return _of_choice(choice, message, text, usage)


def _events(body: str) -> list[str]:
    """The data of each event of a stream; none where it is no stream. Comments and names of events are passed over.

    Lines end as the format has it: other signs that end a line may stand within a JSON text.
    """
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.removeprefix("data:").strip() for line in lines if line.startswith("data:")]


def _of_stream(events: Sequence[str]) -> dict[str, Any]:
    """A stream of events, which some servers send unasked, put together as one answer."""
    pieces: list[str] = []
    whole: dict[str, Any] = {}
    reason: Any = None
    for told in events:
        event = json.loads(told) if told != "[DONE]" else {}
        event = event if isinstance(event, dict) else {}
        whole |= {name: event[name] for name in ("usage", "error") if event.get(name)}
        choices = event.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        delta = choice.get("delta") or choice.get("message")
        pieces.append(_content(delta.get("content")) if isinstance(delta, dict) else "")
        reason = choice.get("finish_reason") or reason
    text = "".join(pieces)
    if text or reason:
        whole["choices"] = [{"message": {"content": text}, "finish_reason": reason or "length"}]
    return whole


def _of_choice(choice: dict[str, Any], message: dict[str, Any], text: str, usage: Usage) -> ModelResponse:
    reason = choice.get("finish_reason")
    if message.get("refusal"):
        return ModelResponse(CallOutcome.REFUSED, note=_content(message["refusal"])[:200], usage=usage)
    if reason == "content_filter":
        return ModelResponse(CallOutcome.FILTERED, note="the provider's content filter", usage=usage)
    if reason == "error" or choice.get("error"):
        inner = choice.get("error")
        note = _words(inner) if inner else "the provider ended it with an error"
        return ModelResponse(CallOutcome.SERVER_ERROR, note=note, usage=usage)
    if not text.strip():
        cut = reason == "length"
        return ModelResponse(CallOutcome.TRUNCATED if cut else CallOutcome.EMPTY, usage=usage, cut_off=cut)
    if "{" not in text and _REFUSAL.match(text):
        return ModelResponse(CallOutcome.REFUSED, note=text[:200], usage=usage)
    return ModelResponse(CallOutcome.ANSWERED, text, usage=usage, cut_off=reason == "length")


def _of_error(error: Any) -> ModelResponse:
    """An `error` where an answer should be, sorted by its own code."""
    code = error.get("code") if isinstance(error, dict) else None
    is_number = isinstance(code, int) or (isinstance(code, str) and re.fullmatch(r"[0-9]{1,5}", code) is not None)
    number = int(code) if is_number and code is not None else 0
    note = _words(error)
    if number == 403 or (number == 400 and "context" in note.lower()):
        return ModelResponse(sorted_fault(number, "", note), note=note)
    if number >= 500:
        return ModelResponse(CallOutcome.SERVER_ERROR, note=note)
    return ModelResponse(BY_CODE.get(number, CallOutcome.ERROR_BODY), note=note)


_TOO_LONG = re.compile(
    r"context[ _-]?(?:length|window|size)|maximum context|too (?:many tokens|long)|exceeds? the (?:available )?context"
    r"|prompt is too long|reduce the length|input length",
    re.IGNORECASE,
)
_FILTER = re.compile(
    r"content[ _-]?(?:filter|policy|management)|moderation|flagged|data_inspection|inappropriate|safety system"
    r"|responsible ai|content risk|sensitive",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"insufficient[ _]?(?:quota|credit|balance|funds)|billing|out of credit|payment", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model_not_found|model_not_available|no such model|unknown model|invalid model"
    r"|model [^.]{0,80}(?:not found|does not exist|not exist|is not available|not supported|not a valid)"
    r"|not a valid model",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"response_?format|json_?schema|json_?object|json mode|structured[ _]output|\bschema\b|\bstrict\b|grammar|maxlength"
    r"|maxitems|\$ref|anyof|requested parameters|guided|unsupported parameter|max_completion_tokens",
    re.IGNORECASE,
)


def sorted_fault(status: int, code: str, words: str) -> CallOutcome:
    """A refusal with a status -> its outcome, by its code and words where the status leaves it open."""
    told = f"{code} {words}"
    if status in (400, 403, 413, 422) and _TOO_LONG.search(told):
        return CallOutcome.TOO_LONG
    if status == 413:
        return CallOutcome.TOO_LONG
    if status in (400, 403, 451) and _FILTER.search(told):
        return CallOutcome.FILTERED
    if status == 429 and _CREDIT.search(told):
        return CallOutcome.UNPAID
    if status in (400, 404, 422) and _FORM.search(told):
        return CallOutcome.FORMAT_REFUSED
    if status in (400, 404, 422):
        # A 404 without words may mean that nobody serves this model in this form: the caller tries the easier ones.
        return CallOutcome.UNKNOWN_MODEL if _NO_MODEL.search(told) else CallOutcome.FORMAT_REFUSED
    if status >= 500:
        return CallOutcome.SERVER_ERROR
    return CallOutcome.NO_API if status < 400 else BY_CODE.get(status, CallOutcome.BAD_REQUEST)


def _content(value: Any) -> str:
    """A message's content: a text, or a list of parts of which the texts count."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # halves of surrogate pairs can be stored nowhere
    if isinstance(value, list):
        texts = [part.get("text") for part in value if isinstance(part, dict)]
        return _content("".join(text for text in texts if isinstance(text, str)))
    return ""


def _words(error: Any) -> str:
    """An error's own words, short, in one line."""
    if isinstance(error, dict):
        error = error.get("message") or error.get("code") or error.get("type") or "an error without words"
    return " ".join(str(error).split())[:300]


def _usage(body: dict[str, Any], endpoint: Endpoint, characters: int, text: str) -> Usage:
    """What the provider says it took; what it does not say is counted from the characters and the price."""
    told = body.get("usage")
    told = told if isinstance(told, dict) else {}
    details = told.get("prompt_tokens_details")
    details = details if isinstance(details, dict) else {}
    tokens_in = _count(told.get("prompt_tokens"), characters // CHARACTERS_A_TOKEN)
    tokens_out = _count(told.get("completion_tokens"), len(text) // CHARACTERS_A_TOKEN)
    cached = min(_count(details.get("cached_tokens"), 0), tokens_in)
    usd = _with_upstream(told)
    if isinstance(usd, int | float) and not isinstance(usd, bool) and 0 <= usd < 1000:
        return Usage(tokens_in, tokens_out, cached, float(usd))
    return Usage(tokens_in, tokens_out, cached, endpoint.price.of(tokens_in, tokens_out))


def _with_upstream(told: dict[str, Any]) -> Any:
    """The cost that is told; with one's own key OpenRouter tells what the provider takes apart from its own share."""
    usd, details = told.get("cost"), told.get("cost_details")
    upstream = details.get("upstream_inference_cost") if isinstance(details, dict) and told.get("is_byok") else None
    both = [
        number
        for number in (usd, upstream)
        if isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < 1000
    ]
    return sum(both) if both and usd is not None else usd


def _count(value: Any, otherwise: int) -> int:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2_000_000
    return value if is_count else otherwise
