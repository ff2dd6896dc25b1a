"""The model analyst against a server that does everything that providers do; no mocked client."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.analyst.verdicts.prompt import examples_of
from bot.core.errors import StoreError
from bot.core.jobs.wait_reason import WaitReason
from bot.core.verdicts.call import CallOutcome, Stage
from bot.core.verdicts.verdict import AnalystKind, BasisKind, Label, PremiseLabel, Verdict, Wait
from tests.analyst.conftest import NOON, Desk, paper
from tests.fakes.openai_server import (
    Answer,
    Asked,
    FakeOpenAi,
    body,
    breaks_off,
    drops,
    good,
    hangs,
    replies,
    says,
    status,
    trickles,
)
from tests.fakes.replies import as_text, completion, good_reply

O = CallOutcome  # noqa: E741


async def test_a_reply_becomes_a_verdict_whose_words_point_at_sentences(desk: Desk) -> None:
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert verdict.short.does == "Trains system number 5 to sort letters."
    assert verdict.short.fallacy is not None
    assert verdict.short.fallacy.evidence[0].words == "Letters are still sorted by hand."
    assert {one.label for one in verdict.premises} == {PremiseLabel.HOLDS}
    assert all(one.evidence for one in verdict.premises)
    assert verdict.first_line is not None
    assert verdict.first_line.words == "Letters are still sorted by hand."
    assert [one.item for one in verdict.findings] == [one.key for one in desk.lens.checklist]
    assert verdict.basis.kind is BasisKind.ABSTRACT
    made = verdict.provenance
    assert (made.analyst, made.model, made.judged_at) == (AnalystKind.MODEL, "fake/model", NOON)
    assert made.prompt_fingerprint
    assert (made.tokens_in, made.tokens_out) == (2600, 700)


async def test_title_first_line_score_and_touch_are_the_programs_whatever_the_model_says(desk: Desk) -> None:
    plain = await desk.verdict(paper(5))
    desk.server.will(replies(title="Another", first_line="Another.", score=3, band="LUCID", interest=99, flags=["x"]))
    other = await desk.verdict(paper(7))
    assert (other.interest, other.flags) == (plain.interest, ())
    assert other.first_line is not None
    assert other.first_line.words == "Letters are still sorted by hand."
    assert other.score == 100


async def test_the_names_of_authors_and_people_never_go_to_a_model(desk: Desk) -> None:
    await desk.verdict(paper(authors="Given Surname, Other Person"))
    sent = json.dumps(desk.server.asked[0].body)
    assert "Surname" not in sent
    assert "Person" not in sent
    assert "2606" not in sent


async def test_the_first_message_is_the_same_bytes_for_every_paper_of_a_lens(desk: Desk) -> None:
    for number in (1, 2, 3):
        await desk.verdict(paper(number, abstract=f"We made {number} things. They work."))
    fronts = {json.dumps(one.body["messages"][0]) for one in desk.server.asked}
    forms = {json.dumps(one.body["response_format"]) for one in desk.server.asked}
    assert (len(fronts), len(forms)) == (1, 1)
    assert len({one.paper for one in desk.server.asked}) == 3


# what models put around and into their JSON


def reply_text(desk: Desk, **changes: Any) -> str:
    return as_text(good_reply(desk.lens) | changes)


WRAPPINGS = {
    "thought": '<think>Let me see {{1, 2}}. {{"does": 1}}</think>\n{}',
    "thought without a beginning": "The paper {{…}} is about post.</think>{}",
    "fence": "```json\n{}\n```",
    "fence without a name": "```\n{}\n```",
    "text around": "Here is the verdict you asked for:\n\n{}\n\nI hope this helps!",
    "byte order mark": "\ufeff{}",
    "one key around": '{{"verdict_object": {}}}',
}


@pytest.mark.parametrize("wrapping", WRAPPINGS.values(), ids=WRAPPINGS)
async def test_what_stands_around_the_object_is_read_past(desk: Desk, wrapping: str) -> None:
    desk.server.will(says(wrapping.format(reply_text(desk))))
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert len(desk.server.asked) == 1


async def test_latex_backslashes_in_the_json_are_meant_as_such(desk: Desk) -> None:
    text = reply_text(desk, does="Trains it with MARK under a fixed budget.").replace(
        "MARK", r"$\beta$-decay, \frac{1}{2}, \nabla f, \theta and \alpha"
    )
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    desk.server.will(says(text))
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert (
        verdict.short.does
        == r"Trains it with $\beta$-decay, \frac{1}{2}, \nabla f, \theta and \alpha under a fixed budget."
    )


# failures: each has a name and leaves no verdict

MOST_TOKENS = "This model's maximum context length is 4096 tokens. Please reduce the length of the messages."
FAILURES: dict[str, tuple[tuple[Answer, ...], list[CallOutcome], str]] = {
    "refusal field": ((says(None, refusal="I cannot judge this."),), [O.REFUSED], "refused to judge"),
    "refusal in words": ((says("I'm sorry, but I can't help with that."),), [O.REFUSED], "refused to judge"),
    "cut off twice": (
        (says('{"does": "Trai', finish="length"), says("", finish="length")),
        [O.TRUNCATED, O.TRUNCATED],
        "max_tokens",
    ),
    "filter by reason": ((says(None, finish="content_filter"),), [O.FILTERED], "content filter"),
    "filter by 400": (
        (status(400, "The response was filtered", error_code="content_filter"),),
        [O.FILTERED],
        "content filter",
    ),
    "filter by 403": ((status(403, "Your input was flagged by moderation"),), [O.FILTERED], "content filter"),
    "401": ((status(401, "No auth credentials found"),), [O.KEY_REFUSED], "the model is stopped"),
    "403": ((status(403, "Country not supported"),), [O.KEY_REFUSED], "the model is stopped"),
    "402": ((status(402, "Insufficient credits"),), [O.UNPAID], "the model is stopped"),
    "429 that means no credit": (
        (status(429, "You exceeded your current quota", error_code="insufficient_quota"),),
        [O.UNPAID],
        "the model is stopped",
    ),
    "unknown model by 404": (
        (status(404, "The model `x` does not exist", error_code="model_not_found"),),
        [O.UNKNOWN_MODEL],
        "knows no model fake/model",
    ),
    "unknown model by 400": ((status(400, "x is not a valid model ID"),), [O.UNKNOWN_MODEL], "knows no model"),
    "429": ((status(429, "slow down"),), [O.RATE_LIMITED], "fewer requests"),
    "500": ((status(500, "boom"),), [O.SERVER_ERROR], "error on its side"),
    "503 with a page": (
        (body("<html>busy</html>", kind="text/html", code=503),),
        [O.SERVER_ERROR],
        "on its side",
    ),
    "dropped": ((drops,), [O.CONNECTION_LOST], "broke off"),
    "broken off": ((breaks_off,), [O.CONNECTION_LOST], "broke off"),
    "no choices": ((body(completion(None) | {"choices": []}),), [O.EMPTY], "empty reply"),
    "choices null": ((body(completion(None) | {"choices": None}),), [O.EMPTY], "empty reply"),
    "a choice without message": ((body({"choices": [{"finish_reason": "stop"}]}),), [O.EMPTY], "empty reply"),
    "choices of nothing": ((body({"choices": [None]}),), [O.EMPTY], "empty reply"),
    "content null": ((says(None, reasoning="I think a lot."),), [O.EMPTY], "empty reply"),
    "content blank": ((says("  \n"),), [O.EMPTY], "empty reply"),
    "finish error": ((says("{}", finish="error"),), [O.SERVER_ERROR], "error on its side"),
    "error with 200": ((body({"error": {"message": "upstream broke"}}),), [O.ERROR_BODY], "error in place"),
    "error 402 with 200": (
        (body({"error": {"message": "no credit", "code": 402}}),),
        [O.UNPAID],
        "the model is stopped",
    ),
    "error 429 with 200": ((body({"error": {"message": "busy", "code": "429"}}),), [O.RATE_LIMITED], "fewer requests"),
    "error 502 with 200": (
        (body({"error": {"message": "bad", "code": 502}, "choices": []}),),
        [O.SERVER_ERROR],
        "on its side",
    ),
    "error in words with 200": ((body({"error": "no"}),), [O.ERROR_BODY], "error in place"),
    "page with 200": ((body("<html><body>Log in</body></html>", kind="text/html"),), [O.NO_API], "check base_url"),
    "text with 200": ((body("ok", kind="text/plain"),), [O.NO_API], "check base_url"),
    "list with 200": ((body([1, 2]),), [O.NO_API], "check base_url"),
    "teapot": ((status(418, "I am a teapot"),), [O.BAD_REQUEST], "refuses the request"),
    "no JSON, twice": ((says("A fine paper."), says("Truly.")), [O.UNFIT, O.UNFIT], "wrote no verdict"),
    "wrong JSON, twice": ((says("{}"), says('{"does": 3}')), [O.UNFIT, O.UNFIT], "wrote no verdict"),
    "too long for it": ((status(400, MOST_TOKENS),) * 3, [O.TOO_LONG], "too long"),
}


@pytest.mark.parametrize(("answers", "outcomes", "words"), FAILURES.values(), ids=FAILURES)
async def test_a_failure_has_a_name_and_leaves_no_verdict(
    desk: Desk, answers: tuple[Answer, ...], outcomes: list[CallOutcome], words: str
) -> None:
    desk.server.will(*answers)
    wait = await desk.wait()
    assert words in wait.reason
    assert wait.seconds >= 1
    assert [one.outcome for one in await desk.rows()] == outcomes
    assert not desk.server._coming or "too long" in words


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_prompt_goes_nowhere_but_where_the_settings_say(desk: Desk, code: int) -> None:
    async with FakeOpenAi() as elsewhere:

        async def sends_on(_asked: object, _request: web.Request) -> web.StreamResponse:
            return web.Response(status=code, headers={"Location": f"{elsewhere.base_url}/chat/completions"})

        desk.server.will(sends_on)
        wait = await desk.wait()
        assert "check base_url" in wait.reason
        assert (len(desk.server.asked), elsewhere.asked) == (1, [])
    assert [row.outcome for row in await desk.rows()] == [O.NO_API]


async def test_a_key_never_stands_in_a_reason_a_row_or_a_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.endpoints = [desk.endpoint(api_key="hush-hush-123")]
    desk.server.will(status(401, "Incorrect API key provided: hush-hush-123"))
    with caplog.at_level(logging.DEBUG, "bot"):
        wait = await desk.wait()
    told = [wait.reason, repr(desk.endpoints), caplog.text, *(one.note for one in await desk.rows())]
    assert not any("hush" in text for text in told)
    assert desk.server.asked[0].headers["Authorization"] == "Bearer hush-hush-123"


async def test_a_placeholder_for_a_key_tears_no_word_of_a_reply(desk: Desk) -> None:
    desk.endpoints = [desk.endpoint(api_key="e")]
    assert "*" not in str((await desk.verdict()).short)


@pytest.mark.parametrize("slow", [hangs, trickles])
async def test_an_answer_that_does_not_come_in_time_is_a_timeout_and_counts_as_paid(desk: Desk, slow: Answer) -> None:
    desk.endpoints = [desk.endpoint(timeout=timedelta(seconds=0.3))]
    desk.server.will(slow)
    assert "in time" in (await desk.wait()).reason
    (row,) = await desk.rows()
    assert row.outcome is O.TIMEOUT
    assert row.usage.tokens_out == desk.endpoints[0].max_tokens


async def test_a_model_that_never_answered_is_left_alone_after_the_time_for_a_first_answer(desk: Desk) -> None:
    desk.endpoints = [desk.endpoint(timeout=timedelta(hours=1), first_answer=timedelta(seconds=0.3))]
    desk.server.will(hangs)
    wait = await desk.wait()
    assert "gave no first answer" in wait.reason
    assert "timeout_seconds" in wait.reason
    (row,) = await desk.rows()
    assert row.outcome is O.SILENT
    assert row.usage.tokens_out == desk.endpoints[0].max_tokens, "it may have been paid for"
    again = await desk.wait(paper(6))
    assert "gave no first answer" in again.reason
    assert len(desk.server.asked) == 1, "one silence is enough"


async def test_a_model_that_answered_before_may_take_its_whole_time(desk: Desk) -> None:
    desk.endpoints = [desk.endpoint(timeout=timedelta(hours=1))]
    desk.server.will(status(500))
    await desk.wait()
    desk.endpoints = [desk.endpoint(timeout=timedelta(hours=1), first_answer=timedelta(seconds=0.2))]

    async def slowly(asked: Asked, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(1)
        return await good(asked, request)

    desk.server.will(slowly)
    await desk.verdict(paper(6))


async def test_a_server_that_is_not_there_is_unreachable(desk: Desk) -> None:
    desk.endpoints = [desk.endpoint(base_url="http://127.0.0.1:1/v1")]
    assert "cannot be reached" in (await desk.wait()).reason
    assert (await desk.rows())[0].outcome is O.UNREACHABLE


@pytest.mark.parametrize(("header", "least", "most"), [("3", 2, 3), ("0.5", 1, 1), ("3600", 3590, 3600)])
async def test_a_429_is_waited_out_as_long_as_the_server_asks(
    desk: Desk, header: str, least: float, most: float
) -> None:
    desk.server.will(status(429, retry_after=header))
    wait = await desk.wait()
    assert least <= wait.seconds <= most
    again = await desk.wait(paper(6))
    assert "fewer requests" in again.reason
    assert len(desk.server.asked) == 1
    desk.skew.forward(seconds=wait.seconds + 1)
    await desk.verdict()


async def test_a_429_with_a_date_is_waited_out_until_then(desk: Desk) -> None:
    desk.server.will(status(429, retry_after="Fri, 31 Dec 2099 23:59:59 GMT"))
    assert (await desk.wait()).seconds == pytest.approx(86_400, abs=5)


async def test_429s_without_a_wish_are_waited_out_longer_each_time(desk: Desk) -> None:
    desk.server.always = status(429)
    waits = []
    for _ in range(12):
        waits.append((await desk.wait()).seconds)
        desk.skew.forward(seconds=waits[-1] + 1)
    assert waits == sorted(waits)
    assert waits[0] < 10
    assert waits[-1] == pytest.approx(600, abs=2)


@pytest.mark.parametrize("code", [401, 402])
async def test_a_refused_key_or_unpaid_bill_stops_the_queue_until_it_is_mended(desk: Desk, code: int) -> None:
    desk.server.always = status(code)
    first = await desk.wait()
    for number in range(10, 30):
        wait = await desk.wait(paper(number))
        assert wait.reason == first.reason
        assert wait.seconds <= 300
    assert len(desk.server.asked) == 1
    desk.skew.forward(minutes=11)
    await desk.wait(paper(30))
    await desk.wait(paper(31))
    assert len(desk.server.asked) == 2, "it is tried again slowly, by one paper"
    desk.server.always = good
    await desk.store.resume_stopped()
    await desk.verdict(paper(31))
    await desk.verdict(paper(32))


async def test_many_server_errors_in_a_row_pause_the_endpoint_and_one_paper_tries_it_again(desk: Desk) -> None:
    desk.server.always = status(500)
    for number in range(10, 20):
        await desk.wait(paper(number))
    assert len(desk.server.asked) == 4
    desk.skew.forward(seconds=30)
    desk.server.always = good
    await desk.verdict(paper(10))
    await desk.verdict(paper(11))


async def test_one_bad_paper_never_stops_the_others(desk: Desk) -> None:
    bad = paper(66)
    desk.server.by_title[bad.title] = status(500)
    for number in range(10, 20):
        assert isinstance(await desk.judge(bad), Wait)
        await desk.verdict(paper(number))
        desk.skew.forward(hours=1)


async def test_the_next_endpoint_is_asked_when_one_fails_and_both_reasons_are_told_when_all_do(desk: Desk) -> None:
    async with FakeOpenAi() as second:
        desk.endpoints.append(desk.endpoint(base_url=second.base_url, model="second", name="the spare"))
        desk.server.always = status(401)
        verdict = await desk.verdict()
        assert verdict.provenance.model == "second"
        second.always = status(500)
        wait = await desk.wait(paper(6))
        assert "refuses the API key" in wait.reason
        assert "the spare reports an error on its side" in wait.reason
        assert wait.why is WaitReason.MODEL_AWAY, "one endpoint may work again"


async def test_a_paper_that_one_endpoint_refuses_goes_to_the_next(desk: Desk) -> None:
    async with FakeOpenAi() as second:
        desk.endpoints.append(desk.endpoint(base_url=second.base_url, model="second"))
        desk.server.will(says(None, finish="content_filter"))
        assert (await desk.verdict()).provenance.model == "second"
        assert (await desk.verdict(paper(6))).provenance.model == "fake/model"


# repair


async def test_one_repair_says_what_is_wrong_and_its_reply_counts(desk: Desk) -> None:
    lost = {"line": "By this thesis, it was the reader.", "cites": [9]}
    desk.server.will(replies(headline="Sorts " * 21, core_fallacy=lost))
    verdict = await desk.verdict()
    first, repair = desk.server.asked
    assert first.body["messages"] == repair.body["messages"][:2]
    told = repair.body["messages"][3]["content"]
    assert '"headline" has 125 characters; at most 120 are allowed: write it shorter.' in told
    assert '"core_fallacy" cites 9; the sentences are 1 to 4' in told
    rows = await desk.rows()
    assert [(one.stage, one.outcome) for one in rows] == [(Stage.FIRST, O.UNFIT), (Stage.REPAIR, O.ANSWERED)]
    assert verdict.provenance.tokens_in == sum(one.usage.tokens_in for one in rows) == 5200


async def test_a_paper_whose_replies_never_fit_is_given_up_for_long_after_three_rounds(desk: Desk) -> None:
    desk.server.always = says("Nice.")
    pauses = []
    for _ in range(6):
        pauses.append((await desk.wait()).seconds)
        desk.skew.forward(seconds=pauses[-1])
    assert len(desk.server.asked) == 6
    assert pauses[:3] == [600, 1200, 2400]
    assert pauses[3:] == [6 * 3600] * 3


async def test_claims_that_point_nowhere_are_dropped_and_counted(desk: Desk) -> None:
    reply = good_reply(desk.lens, addressed=("worker", "limits"))
    reply["checklist"]["worker"]["cites"] = [12]
    reply["checklist"]["pays"] = {"label": "unclear", "cites": [40]}
    reply["premises"]["use"]["cites"] = []
    reply["telling"] = ["limits", "gains"]
    desk.server.will(says(as_text(reply)))
    verdict = await desk.verdict()
    assert len(desk.server.asked) == 1
    assert verdict.dropped_claims == 3
    assert verdict.short is not None
    assert verdict.short.omissions == ("gains",), "what is addressed is no omission"
    assert {one.premise: one.label for one in verdict.premises}["use"] is PremiseLabel.UNCLEAR
    labels = {one.item: one.label for one in verdict.findings}
    assert (labels["worker"], labels["limits"]) == (Label.UNCLEAR, Label.ADDRESSED)
    assert labels["pays"] is Label.ABSENT, "a hint that no sentence gives is none"


async def test_a_fallacy_without_its_sentence_is_mended_or_said_to_be_dropped(desk: Desk) -> None:
    lost = replies(core_fallacy={"line": "Takes it for the delay. By this thesis, it read.", "cites": [99]})
    desk.server.will(lost, lost)
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert verdict.short.fallacy is None
    assert verdict.short.fallacy_dropped
    assert verdict.dropped_claims == 1
    assert "core_fallacy" in desk.server.asked[1].body["messages"][3]["content"]


@pytest.mark.parametrize("nothing", [None, "none", "None.", ""])
async def test_no_fallacy_is_an_honest_outcome(desk: Desk, nothing: str | None) -> None:
    desk.server.will(replies(core_fallacy=nothing))
    verdict = await desk.verdict()
    assert verdict.short is not None
    assert (verdict.short.fallacy, verdict.short.fallacy_dropped) == (None, False)


async def test_words_of_the_worked_example_are_no_verdict_on_a_paper(desk: Desk) -> None:
    desk.server.will(replies(headline=examples_of(desk.lens)[0]["short"]["headline"]))
    await desk.verdict()
    assert "example's words" in desk.server.asked[1].body["messages"][3]["content"]


# forms of replies


@pytest.mark.parametrize(
    ("refused", "form"),
    [
        ((), "strict"),
        (("strict",), "strict-plain"),
        (("strict", "strict-plain"), "json_object"),
        (("strict", "strict-plain", "json_object"), "none"),
    ],
)
async def test_the_forms_are_tried_in_order_and_what_is_refused_is_remembered(
    desk: Desk, refused: tuple[str, ...], form: str
) -> None:
    desk.server.refuses = set(refused)
    await desk.verdict(paper(1))
    await desk.verdict(paper(2))
    assert [one.form for one in desk.server.asked] == [*refused, form, form]
    assert all(one.body["max_tokens"] == 6000 for one in desk.server.asked)
    assert [one.outcome for one in await desk.rows()] == [O.FORMAT_REFUSED] * len(refused) + [O.ANSWERED] * 2
    (state,) = await desk.store.endpoint_states()
    assert state.form.startswith(form)


@pytest.mark.parametrize(
    "refusal",
    [
        status(404, "No endpoints found that can handle the requested parameters."),
        status(404, ""),
        status(400, "Invalid schema for response_format 'verdict': 'maxLength' is not permitted"),
        status(400, "something about your request"),
        status(422, "grammar could not be compiled"),
    ],
)
async def test_a_refusal_of_the_form_is_not_an_unknown_model(desk: Desk, refusal: Answer) -> None:
    desk.server.refuses = {"strict"}
    desk.server.refusal = refusal
    await desk.verdict()
    assert [one.form for one in desk.server.asked] == ["strict", "strict-plain"]


async def test_a_404_to_every_form_is_an_unknown_model_and_a_400_a_refused_request(desk: Desk) -> None:
    desk.server.always = status(404, "Not Found")
    assert "knows no model" in (await desk.wait()).reason
    assert [one.form for one in desk.server.asked] == ["strict", "strict-plain", "json_object", "none"]
    await desk.store.resume_stopped()
    desk.server.always = status(400, "no")
    assert "refuses the request" in (await desk.wait()).reason


async def test_a_model_that_calls_the_limit_by_another_name_is_asked_by_that(desk: Desk) -> None:
    desk.server.old_limit_refused = True
    await desk.verdict(paper(1))
    await desk.verdict(paper(2))
    assert [one.body.get("max_completion_tokens") for one in desk.server.asked] == [None, 6000, 6000]
    assert {one.form for one in desk.server.asked} == {"strict"}


# what was spent is not spent again


async def test_a_bug_after_the_call_leads_to_no_second_call(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.analyst.verdicts.validate as weigh
    from bot.analyst.verdicts.short_reply import read_short as right

    def broken(*_arguments: Any) -> Any:
        raise KeyError("a bug on purpose")

    monkeypatch.setattr(weigh, "read_short", broken)
    for _ in range(5):
        with pytest.raises(KeyError):
            await desk.judge()
    monkeypatch.setattr(weigh, "read_short", right)
    verdict = await desk.verdict()
    assert len(desk.server.asked) == 1
    assert verdict.provenance.tokens_in == 2600


async def test_a_reply_that_comes_while_the_store_is_away_is_kept_when_it_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_reply = desk.store.store_reply
    failures = 0

    async def away_at_first(*told: Any) -> None:
        nonlocal failures
        if failures < 2:
            failures += 1
            raise StoreError("The database is starting.")
        await store_reply(*told)

    monkeypatch.setattr(desk.store, "store_reply", away_at_first)
    await desk.verdict()
    assert (len(desk.server.asked), failures) == (1, 2)


async def test_a_bug_in_reading_the_answer_leads_to_no_second_call(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.analyst.endpoints import caller
    from bot.analyst.endpoints.response import read_answer as right

    def broken(*_arguments: Any) -> Any:
        raise RuntimeError("a bug on purpose")

    monkeypatch.setattr(caller, "read_answer", broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            await desk.judge()
    monkeypatch.setattr(caller, "read_answer", right)
    await desk.verdict()
    assert len(desk.server.asked) == 1


async def test_a_stored_reply_is_used_even_when_its_endpoint_is_closed_or_no_longer_first(desk: Desk) -> None:
    await desk.verdict()
    desk.server.always = status(401)
    assert (await desk.wait(paper(6))).why is WaitReason.MODEL_STOPPED
    async with FakeOpenAi() as second:
        desk.endpoints.insert(0, desk.endpoint(base_url=second.base_url, model="second"))
        again = await desk.verdict()
        assert again.provenance.model == "fake/model"
        assert (len(second.asked), len(desk.server.asked)) == (0, 2)


async def test_after_a_stop_between_first_reply_and_repair_only_the_repair_is_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.server.will(says("No object."), drops)
    assert isinstance(await desk.judge(), Wait)
    verdict = await desk.verdict()
    assert isinstance(verdict, Verdict)
    assert [one.is_repair for one in desk.server.asked] == [False, True, True]


# long and empty texts


async def test_a_text_that_is_too_long_for_an_endpoint_is_read_in_part_and_said_so(desk: Desk) -> None:
    long = paper(8, abstract=" ".join(f"Sentence number {at} says something." for at in range(1, 41)))
    desk.server.will(status(400, MOST_TOKENS))
    verdict = await desk.verdict(long)
    assert [one.sentences for one in desk.server.asked] == [40, 20]
    assert verdict.basis.characters < verdict.basis.of_characters
    assert verdict.basis.reason == "only its first 20 sentences fit the model"
    assert verdict.paper_hash == long.text_hash


async def test_an_over_long_abstract_is_not_sent_whole(desk: Desk) -> None:
    await desk.verdict(paper(8, abstract="This sentence is here to fill the page. " * 4000))
    assert len(desk.server.asked[0].paper) < 30_000
    assert desk.server.asked[0].sentences > 100


async def test_an_answer_without_measure_is_not_read_to_its_end(desk: Desk) -> None:
    desk.server.always = body("x" * 5_000_000)
    assert isinstance(await desk.judge(), Wait)


async def test_half_a_surrogate_pair_in_a_reply_can_be_asked_about_again(desk: Desk) -> None:
    desk.server.will(says("no object, but \ud83d"))
    assert isinstance(await desk.judge(), Verdict)
    assert len(desk.server.asked) == 2


async def test_a_repair_sends_back_no_more_than_a_verdict_can_be(desk: Desk) -> None:
    desk.server.will(says("no object " * 50_000))
    assert isinstance(await desk.judge(), Verdict)
    assert len(json.dumps(desk.server.asked[1].body)) < 60_000


async def test_no_endpoint_is_told_the_organisation_of_the_environment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-provider")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-another-provider")
    assert isinstance(await desk.judge(), Verdict)
    assert "another-provider" not in str(desk.server.asked[-1].headers)
