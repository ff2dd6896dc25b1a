"""The page to look inside: plain HTML, made on the server. No script, no form, no link; all of it escaped.

What strangers wrote (titles, reasons, names of channels) reaches it only as text.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from bot.core.hostile.hygiene import clean
from bot.core.jobs.job import Job, JobState, Queue
from bot.core.papers.calendar import IsDeferred, eastern_day
from bot.core.present.connection import closure_words, connection_words, telling
from bot.core.present.status_lines import edition_line, next_post_at, state_words, truth_line
from bot.core.present.waiting import WORK, about_words, late_lines, waits_words
from bot.health.facts import Facts
from bot.services.judging.spend import SCAN_SAYS, budget_words

STYLE = """\
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.8rem 0 .4rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0}
th{font-weight:600}tr+tr td{border-top:1px solid #8884}td{overflow-wrap:anywhere}
.bad{color:#c62828}@media(prefers-color-scheme:dark){.bad{color:#ff8a80}}
p{margin:.3rem 0}.small{opacity:.75}
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
RELOAD_SECONDS = 60
SHOWN_MOST = 400
Cell = str | tuple[str, bool]


def page(facts: Facts, is_deferred: IsDeferred) -> str:
    """The whole page."""
    spent = budget_words(facts.spending, facts.budget) if facts.has_model else SCAN_SAYS
    failed = [(str(job.id), f"{WORK[job.queue]}: {about_words(job)}", (job.reason, True)) for job in facts.failed]
    recent = [(_moment(at), level, words) for at, level, words in facts.recent]
    parts = (
        ("Health", _health(facts)),
        ("Feeds", _feeds(facts)),
        ("Places", _places(facts, is_deferred)),
        (
            "Days",
            [_paragraph(f"{day.follow.label} in {day.follow.place}: {edition_line(day)}") for day in facts.editions],
        ),
        ("Waiting", _waiting(facts)),
        ("Spent today", [_paragraph(f"{spent}.")]),
        ("Failed", [_table(("job", "work", "why"), failed)]),
        ("Last warnings and errors of this process", [_table(("when", "how", "what"), recent)]),
    )
    body = "".join(f"<h2>{_text(title)}</h2>{''.join(lines) or _paragraph('Nothing.')}" for title, lines in parts)
    as_of = _paragraph(f"As of {_moment(facts.now)}. It is only shown here, not changed.", "small")
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>CopeCheck</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="refresh" content="{RELOAD_SECONDS}"><style>{STYLE}</style></head>'
        f"<body><h1>CopeCheck</h1>{as_of}{body}</body></html>"
    )


def _health(facts: Facts) -> list[str]:
    """Store and connections."""
    lines = [_paragraph(f"The store answers: {facts.store}.")]
    for seen in telling(facts.connections, facts.now):
        lines.append(_paragraph(connection_words(seen, facts.now), "" if seen.connection.state.is_good else "bad"))
    return lines


def _feeds(facts: Facts) -> list[str]:
    rows = [
        ((truth_line(feed), feed.failures > 0), _moment(feed.checked_at), _moment(feed.next_check_at))
        for feed in facts.feeds
    ]
    return [_table(("how it is", "last look", "next"), rows)] if rows else []


def _places(facts: Facts, is_deferred: IsDeferred) -> list[str]:
    """Who follows what, when it posts next, and why a place takes nothing."""
    closed = {closure.place: closure_words(closure) for closure in facts.closures}
    today = eastern_day(facts.now)
    rows: list[Sequence[Cell]] = []
    for follow in facts.follows:
        at = next_post_at(follow, facts.now, is_deferred)
        why = closed.pop(str(follow.place), "")
        named = f"{follow.label}: {', '.join(follow.categories)} through {follow.lens}"
        rows.append((str(follow.place), named, state_words(follow, today), _moment(at), (why, True)))
    rows += [(place, "", "", "", (why, True)) for place, why in closed.items()]
    return [_table(("place", "follows", "state", "next post", "why it takes nothing"), rows)] if rows else []


def _waiting(facts: Facts) -> list[str]:
    """What waits, and why."""
    words = waits_words({queue: facts.counts.get((queue, JobState.OPEN), 0) for queue in Queue})
    late = [_paragraph(line, "bad") for line in late_lines(facts.figures.overdue)]
    rows = [
        (WORK[job.queue], about_words(job), _moment(job.added_at), _next(job), str(job.attempt), job.reason)
        for job in facts.waiting
    ]
    if not rows:
        return []
    head = ("work", "about", "since", "next", "tries", "why")
    return [*late, _paragraph(f"{words[0].upper()}{words[1:]}."), _table(head, rows)]


def _next(job: Job) -> str:
    """When it is tried again; what is under way is not."""
    return "under way" if job.is_under_way else _moment(job.due_at)


def _moment(at: datetime | None) -> str:
    """A moment in this machine's time, as the shell shows it."""
    return f"{at.astimezone():%d %b %H:%M %Z}" if at else ""


def _paragraph(words: str, kind: str = "") -> str:
    return f'<p class="{kind}">{_text(words)}</p>' if kind else f"<p>{_text(words)}</p>"


def _table(head: Iterable[str], rows: Sequence[Sequence[Cell]]) -> str:
    if not rows:
        return _paragraph("Nothing.")
    top = "".join(f'<th scope="col">{_text(name)}</th>' for name in head)
    return f"<table><tr>{top}</tr>{''.join(f'<tr>{_cells(row)}</tr>' for row in rows)}</table>"


def _cells(row: Sequence[Cell]) -> str:
    told = [(cell, False) if isinstance(cell, str) else cell for cell in row]
    return "".join(f'<td class="bad">{_text(words)}</td>' if bad else f"<td>{_text(words)}</td>" for words, bad in told)


def _text(words: str) -> str:
    """Any text as text: no markup, no control signs, not without end."""
    shown = clean(words)
    return escape(shown if len(shown) <= SHOWN_MOST else f"{shown[:SHOWN_MOST]}…", quote=True)
