"""Pages that show a payload of ours much as Discord and Slack show it: for the README's pictures, and to be read."""

import html
import re
from typing import Any

Json = dict[str, Any]

PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px; font: 15px/1.45 "Noto Sans", "DejaVu Sans", sans-serif; }}
.who {{ font-weight: 600; margin-bottom: 4px; }} .who small {{ font-weight: 400; opacity: .6; margin-left: 6px; }}
.app {{ background: #5865f2; color: #fff; border-radius: 3px; font-size: 10px; padding: 1px 4px; margin-left: 4px; }}
.card {{ padding: 12px 16px; border-radius: 6px; }} blockquote {{ margin: 4px 0; padding-left: 10px; }}
.small {{ font-size: 12px; opacity: .75; }} a {{ text-decoration: none; }}
button, .menu {{ font: inherit; font-size: 13px; padding: 5px 14px; margin: 10px 8px 0 0; border-radius: 6px; }}
.menu {{ display: inline-block; min-width: 55%; }} .menu small {{ display: block; opacity: .7; }}
.discord {{ background: #313338; color: #dbdee1; }} .discord a {{ color: #00a8fc; }}
.discord .card {{ background: #2b2d31; border-left: 4px solid {colour}; }}
.discord blockquote {{ border-left: 4px solid #4e5058; }}
.discord button {{ background: #4e5058; color: #fff; border: 0; }} .discord .menu {{ background: #1e1f22; }}
.slack {{ background: #fff; color: #1d1c1d; }} .slack a {{ color: #1264a3; }}
.slack .app {{ background: #ddd; color: #555; }}
.slack blockquote {{ border-left: 4px solid #ddd; }}
.slack button, .slack .menu {{ background: #fff; color: #1d1c1d; border: 1px solid #bbb; }}
.slack button {{ font-weight: 600; }}
</style><body class="{name}"><div class="who">CopeCheck<span class="app">APP</span><small>09:00</small></div>{body}
"""
_LINES = (("> ", "blockquote"), ("-# ", "small"), ("### ", "h4"), ("## ", "h3"), ("- ", "li"))


def page_of(name: str, payload: Json) -> str:
    """The page of a message's payload, as `discord` or `slack` shows it; a form of either is shown like a message."""
    if name == "discord":
        return _discord_page(payload)
    blocks = payload.get("blocks") or [{"type": "section", "text": {"text": payload.get("text", "")}}]
    ends = [{"type": "button", "text": payload[key]} for key in ("submit", "close") if payload.get(key)]
    body = "".join((_heading(payload), *map(_block, blocks), *map(_element, ends)))
    return PAGE.format(name="slack", colour="#fff", body=body)


def _heading(payload: Json) -> str:
    """The title of a form; nothing of a message."""
    title = payload.get("title") or ""
    return f"<h3>{html.escape(title['text'] if isinstance(title, dict) else title)}</h3>" if title else ""


def _discord_page(payload: Json) -> str:
    plain = [{"type": 10, "content": payload["content"]}] if payload.get("content") else []
    parts = [*plain, *payload.get("components", ())]
    colour = next((f"#{part['accent_color']:06x}" for part in parts if part.get("accent_color") is not None), "#4e5058")
    body = _heading(payload) + "".join(f'<div class="card">{_component(part)}</div>' for part in parts)
    return PAGE.format(name="discord", colour=colour, body=body)


# -- Discord: components, and the marks that it knows


def _component(part: Json) -> str:
    if part["type"] == 10:
        return "".join(map(_marked, part["content"].split("\n")))
    if part["type"] == 2:
        return f"<button>{html.escape(part.get('label') or '…')}</button>"
    if part["type"] == 3:
        options = [(option["label"], option.get("description", "")) for option in part["options"]]
        return _menu(part.get("placeholder", ""), options)
    if part["type"] == 4:
        return f"{_named(part.get('label', ''))}{_opened(html.escape(part.get('value', '')))}"
    if part["type"] == 18:
        small = f'<div class="small">{html.escape(part.get("description") or "")}</div>'
        return f"{_named(part['label'])}{small}{_component(part['component'])}"
    if part["type"] == 14:
        return "<hr>"
    inside = "".join(map(_component, part.get("components", ())))
    return f"<div>{inside}{_component(part['accessory']) if part.get('accessory') else ''}</div>"


def _named(label: str) -> str:
    return f"<div>{html.escape(label)}</div>"


def _menu(placeholder: str, options: list[tuple[str, str]]) -> str:
    rows = "".join(f"<div>{html.escape(label)}<small>{html.escape(about)}</small></div>" for label, about in options)
    return f'<div class="menu">{html.escape(placeholder)} ▾</div>{_opened(rows) if rows else ""}'


def _opened(rows: str) -> str:
    return f'<div class="menu">{rows}</div>'


def _marked(line: str) -> str:
    kind, line = next(((tag, line[len(mark) :]) for mark, tag in _LINES if line.startswith(mark)), ("div", line))
    text = html.escape(line, quote=False)
    text = re.sub(r"\[(.+?)\]\((?:&lt;)?(https?://[^\s)&]+)(?:&gt;)?\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"(?<!\\)\*(.+?)(?<!\\)\*", r"<i>\1</i>", text)
    text = re.sub(r"(?<!\\)`(.+?)(?<!\\)`", r"<code>\1</code>", text)
    text = re.sub(r"\\(?=[^\s])", "", text)
    return f'<div class="small">{text}</div>' if kind == "small" else f"<{kind}>{text or '&nbsp;'}</{kind}>"


# -- Slack: blocks


def _block(block: Json) -> str:
    kind = block["type"]
    if kind == "rich_text":
        return "".join(map(_part, block["elements"]))
    if kind == "context":
        return f'<div class="small">{_lines(block)}</div>'
    if kind == "actions":
        return f"<div>{''.join(map(_element, block['elements']))}</div>"
    if kind == "input":
        hint = f'<div class="small">{html.escape((block.get("hint") or {}).get("text", ""))}</div>'
        return f"{_named(block['label']['text'])}{_element(block['element'])}{hint}"
    if kind == "header":
        return f"<h3>{html.escape(block['text']['text'])}</h3>"
    if kind == "divider":
        return "<hr>"
    if kind == "data_visualization":
        return f"<pre>{html.escape(str(block.get('alt_text') or block.get('title') or 'a chart'))}</pre>"
    beside = _element(block["accessory"]) if block.get("accessory") else ""
    return f"<div>{html.escape(str((block.get('text') or {}).get('text', '')))}</div>{beside}"


def _lines(context: Json) -> str:
    return html.escape(" ".join(part.get("text", "") for part in context["elements"])).replace("\n", "<br>")


def _element(part: Json) -> str:
    if part["type"] == "button":
        return f"<button>{html.escape(part['text']['text'])}</button>"
    placeholder = (part.get("placeholder") or {}).get("text", "")
    options = part.get("options") or [option for group in part.get("option_groups", ()) for option in group["options"]]
    named = [(option["text"]["text"], (option.get("description") or {}).get("text", "")) for option in options]
    return _menu(placeholder or str(part.get("initial_value", "")), named)


def _part(part: Json) -> str:
    if part["type"] == "rich_text_list":
        return f"<ul>{''.join(f'<li>{_spans(row)}</li>' for row in part['elements'])}</ul>"
    tag = {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}.get(part["type"], "div")
    return f"<{tag}>{_spans(part)}</{tag}>"


def _spans(part: Json) -> str:
    return "".join(map(_span, part["elements"]))


def _span(span: Json) -> str:
    text = html.escape(str(span.get("text") or span.get("url") or "")).replace("\n", "<br>")
    for style, tag in (("bold", "b"), ("italic", "i"), ("code", "code")):
        if (span.get("style") or {}).get(style):
            text = f"<{tag}>{text}</{tag}>"
    return f'<a href="{html.escape(span["url"])}">{text}</a>' if span["type"] == "link" else text
