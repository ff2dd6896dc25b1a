"""The independent check of every request by Discord's own schemas, where they stand beside the checkout."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

CHECK = Path(__file__).resolve().parents[4] / "shared" / "schemas" / "check.py"


@cache
def load_check() -> ModuleType | None:
    """The checking module, or None where it or jsonschema is absent."""
    if not CHECK.is_file() or importlib.util.find_spec("jsonschema") is None:
        return None
    spec = importlib.util.spec_from_file_location("discord_schema_check", CHECK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def faults_of(method: str, path: str, body: Any) -> list[str]:
    """What is wrong with a request by the schemas; nothing where there are none."""
    check = load_check()
    if check is None:
        return []
    found: list[str] = check.discord_traffic(method, path, _without_extras(path, body))
    for message, is_edit in _messages_in(method, path, body):
        found += check.discord_message_rules(message, edit=is_edit)
    return [f"{method} {path}: {fault}" for fault in found]


def answer_faults(method: str, path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer of this server by the same schemas."""
    check = load_check()
    if check is None or not 200 <= status < 300 or body is None:
        return []
    template = check.find_path(path)
    if template is None or method.lower() not in check.SPEC["paths"][template]:
        return []
    answers = check.SPEC["paths"][template][method.lower()]["responses"]
    if str(status) not in answers:
        return [f"{method} {path} answered {status}, which is none of {list(answers)}"]
    found = check.discord_response(method, template, body, str(status))
    return [f"{method} {path} answered wrongly: {fault}" for fault in found]


def _without_extras(path: str, body: Any) -> Any:
    """What discord.py sends beyond the schema and Discord does not heed: `type` with a forum post, all of an attachment
    that is kept, the numbers of components (the check takes every id for a snowflake)."""
    if path.endswith("/threads") and isinstance(body, dict) and "message" in body:
        body = {name: value for name, value in body.items() if name != "type"}
    return _reduced(body)


def _reduced(part: Any) -> Any:
    if isinstance(part, list):
        return [_reduced(one) for one in part]
    if not isinstance(part, dict):
        return part
    if "proxy_url" in part and "filename" in part:
        part = {name: part[name] for name in ("id", "filename", "description") if name in part}
    is_component = isinstance(part.get("type"), int) and isinstance(part.get("id"), int)
    return {name: _reduced(value) for name, value in part.items() if name != "id" or not is_component}


def _messages_in(method: str, path: str, body: Any) -> list[tuple[dict[str, Any], bool]]:
    if not isinstance(body, dict):
        return []
    if path.endswith("/callback"):
        return [(body["data"], body["type"] == 7)] if body.get("type") in (4, 7) and body.get("data") else []
    if path.endswith("/threads"):
        return [(body["message"], False)] if "message" in body else []
    if method == "PATCH" and "/messages/" in path:
        return [(body, True)]
    is_new = method == "POST" and (path.endswith("/messages") or path.startswith("/webhooks/"))
    return [(body, False)] if is_new else []
