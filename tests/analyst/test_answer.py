"""Bodies of answers and headers of refusals: what is counted where a provider does not say."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.analyst.endpoints.endpoint import Endpoint
from bot.analyst.endpoints.response import read_answer, sorted_fault
from bot.core.jobs.backoff import retry_after
from bot.core.verdicts.call import CallOutcome, Price, Usage
from tests.fakes.replies import completion

PAID = Endpoint("https://example.org/v1", "m", price=Price(1.0, 10.0))


def about(usd: float) -> Any:
    return pytest.approx(usd)


def usage_of(told: Any, text: str = "x" * 300) -> Usage | None:
    return read_answer(json.dumps(completion(text, usage=told)), PAID, 3000).usage


def test_the_providers_own_cost_comes_before_the_price_of_the_settings() -> None:
    told = {"prompt_tokens": 1000, "completion_tokens": 100, "prompt_tokens_details": {"cached_tokens": 900}}
    assert usage_of(told | {"cost": 0.5}) == Usage(1000, 100, 900, 0.5)
    assert usage_of(told | {"cost": 0}) == Usage(1000, 100, 900, 0.0)
    assert usage_of(told) == Usage(1000, 100, 900, about(0.002))


@pytest.mark.parametrize("cost", [-1, float("nan"), float("inf"), "0.1", True, None, 1e9, [1]])
def test_a_cost_that_is_none_is_not_believed(cost: Any) -> None:
    told = {"prompt_tokens": 1000, "completion_tokens": 100, "cost": cost}
    assert usage_of(told) == Usage(1000, 100, 0, about(0.002))


@pytest.mark.parametrize(
    "told", [{}, {"prompt_tokens": None}, {"prompt_tokens": -5, "completion_tokens": "9"}, "n/a", []]
)
def test_where_nothing_is_counted_we_count_by_characters(told: Any) -> None:
    assert usage_of(told) == Usage(1000, 100, 0, about(0.002))


def test_content_in_parts_is_one_text_and_cached_tokens_are_at_most_all() -> None:
    parts = [{"type": "text", "text": "{"}, {"type": "image"}, {"type": "text", "text": "}"}, "no"]
    answer = read_answer(json.dumps(completion("") | {"choices": [{"message": {"content": parts}}]}), PAID, 10)
    assert (answer.outcome, answer.text) == (CallOutcome.ANSWERED, "{}")
    many = {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 99}}
    assert (usage_of(many) or Usage()).tokens_cached == 10


@pytest.mark.parametrize(
    ("status", "code", "words", "outcome"),
    [
        (400, "", "This model's maximum context length is 8192 tokens", CallOutcome.TOO_LONG),
        (413, "", "", CallOutcome.TOO_LONG),
        (400, "content_filter", "", CallOutcome.FILTERED),
        (400, "", "data_inspection_failed", CallOutcome.FILTERED),
        (429, "insufficient_quota", "You exceeded your current quota", CallOutcome.UNPAID),
        (429, "", "Too many requests", CallOutcome.RATE_LIMITED),
        (404, "", 'model "x" not found, try pulling it first', CallOutcome.UNKNOWN_MODEL),
        (404, "", "No endpoints found that can handle the requested parameters", CallOutcome.FORMAT_REFUSED),
        (400, "", "json_schema is not supported by this model", CallOutcome.FORMAT_REFUSED),
        (400, "", "Unsupported parameter: 'max_tokens'", CallOutcome.FORMAT_REFUSED),
        (529, "", "overloaded", CallOutcome.SERVER_ERROR),
        (405, "", "method not allowed", CallOutcome.NO_API),
        (409, "", "conflict", CallOutcome.BAD_REQUEST),
    ],
)
def test_a_refusal_is_sorted_by_status_code_and_words(status: int, code: str, words: str, outcome: CallOutcome) -> None:
    assert sorted_fault(status, code, words) is outcome


NOW = datetime(2026, 6, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.25", 0.25),
        ("-3", None),
        ("999999", 86_400),
        ("Tue, 02 Jun 2026 12:00:30 GMT", 30),
        ("Tue, 02 Jun 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("nan", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, timedelta(days=1), NOW) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_cost_or_code_that_no_number_holds_is_not_believed() -> None:
    told = {"prompt_tokens": 1000, "completion_tokens": 100, "cost": 10**400}
    assert usage_of(told) == Usage(1000, 100, 0, about(0.002))
    for code in ("²", "4" * 5000, [1], True):
        answer = read_answer(json.dumps({"error": {"code": code, "message": "no"}}), PAID, 10)
        assert answer.outcome is not CallOutcome.ANSWERED


def test_the_cost_with_ones_own_key_counts_what_the_provider_takes() -> None:
    told = {"prompt_tokens": 10, "completion_tokens": 10, "cost": 0.01, "is_byok": True}
    used = usage_of(told | {"cost_details": {"upstream_inference_cost": 0.2}})
    assert used is not None
    assert used.usd == pytest.approx(0.21)


def test_a_stream_that_nobody_asked_for_is_read_as_one_answer() -> None:
    events = [
        {"choices": [{"delta": {"content": '{"a": '}}]},
        {"choices": [{"delta": {"content": "1}"}, "finish_reason": "stop"}]},
        {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3, "cost": 0.5}},
    ]
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    answer = read_answer(body, PAID, 10)
    assert (answer.outcome, answer.text, answer.cut_off) == (CallOutcome.ANSWERED, '{"a": 1}', False)
    assert answer.usage == Usage(7, 3, 0, 0.5)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", [": waiting for a provider\n\n", "event: message\nid: 1\n", "retry: 10\n\n", "\n\n"])
def test_a_stream_is_read_whatever_lines_of_its_format_stand_around_its_data(before: str, line_end: str) -> None:
    words = "one\u2028two\x85three\x0cfour"
    event = {"choices": [{"delta": {"content": words}, "finish_reason": "stop"}]}
    data = json.dumps(event, ensure_ascii=False)
    body = f"{before}data: {data}\n\n{before}data: [DONE]\n\n".replace("\n", line_end)
    answer = read_answer(body, PAID, 10)
    assert (answer.outcome, answer.text) == (CallOutcome.ANSWERED, words)


@pytest.mark.parametrize("body", [": hello", "event: message\n\n", "data: hello", "<pre>\ndata: 1 of 2\n</pre>"])
def test_what_only_looks_like_a_stream_is_no_answer_of_an_api(body: str) -> None:
    assert read_answer(body, PAID, 10).outcome is CallOutcome.NO_API


def test_a_byte_order_mark_and_half_a_surrogate_pair_are_no_harm() -> None:
    body = "\ufeff" + json.dumps(completion("words \ud83d end"))
    answer = read_answer(body, PAID, 10)
    assert answer.outcome is CallOutcome.ANSWERED
    answer.text.encode("utf-8")
