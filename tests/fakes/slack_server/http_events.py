"""HTTP: signed requests to the bot's address, with retries told in headers; and every way to sign wrongly.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_server.deliveries import Attempt, failed, succeeded
from tests.fakes.slack_server.payloads import VERIFICATION, Payload

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import FakeSlack

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Forgery = Literal[
    "none", "wrong_secret", "changed_body", "old", "future", "no_headers", "garbage", "not_ascii", "no_number", "empty"
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot's server answered."""

    status: int
    text: str
    kind: str

    @property
    def body(self) -> Any:
        """JSON as it is, other text as `{"text": …}`, nothing as None."""
        if self.kind == JSON:
            return json.loads(self.text) if self.text else None
        return {"text": self.text} if self.text else None


def signature(secret: str, timestamp: str, body: str) -> str:
    """Slack's v0 signature."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed(secret: str, body: str, forgery: Forgery = "none") -> dict[str, str]:
    """The two headers, good or forged."""
    now = int(time.time())
    moved = {"old": -3600, "future": 3600}.get(forgery, 0)
    timestamp = str(now + moved)
    good = signature(secret, timestamp, body)
    made: dict[str, tuple[str, str]] = {
        "wrong_secret": (timestamp, signature("another secret", timestamp, body)),
        "changed_body": (timestamp, signature(secret, timestamp, body + " ")),
        "garbage": (timestamp, "v0=zz"),
        "not_ascii": (timestamp, "v0=żółć"),
        "no_number": ("yesterday", good),
        "empty": ("", ""),
    }
    if forgery == "no_headers":
        return {}
    stamp, sign = made.get(forgery, (timestamp, good))
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": sign}


class HttpEvents:
    """Posts to the bot's address."""

    def __init__(self, slack: "FakeSlack") -> None:
        self.slack = slack
        self.session: aiohttp.ClientSession | None = None

    async def attempt(self, kind: str, payload: Payload, retry: int, reason: str) -> Attempt:
        """Send once; a 2xx within the deadline is the acknowledgement."""
        body, content_type = _written(kind, payload)
        headers = {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason} if retry else {}
        sent_at = time.monotonic()
        try:
            async with asyncio.timeout(self.slack.limits.waits.acknowledge):
                reply, given = await self._post(body, content_type, headers)
        except TimeoutError:
            return failed(sent_at, "http_timeout")
        except aiohttp.ClientError:
            return failed(sent_at, "connection_failed")
        if not 200 <= reply.status < 300:
            return failed(sent_at, "no_retry" if given.get("X-Slack-No-Retry") == "1" else "http_error", reply.status)
        return succeeded(sent_at, reply.body, reply.status)

    async def post(self, body: str, content_type: str = JSON, *, forgery: Forgery = "none") -> Reply:
        """Send that very body, signed as asked."""
        reply, _ = await self._post(body, content_type, {}, forgery)
        return reply

    async def verify_url(self) -> Reply:
        """Slack's question when an address is entered: it wants its challenge back."""
        asked = {"token": VERIFICATION, "challenge": "loopback-challenge", "type": "url_verification"}
        return await self.post(json.dumps(asked))

    async def close(self) -> None:
        if self.session is not None:
            await self.session.close()

    async def _post(
        self, body: str, content_type: str, headers: dict[str, str], forgery: Forgery = "none"
    ) -> tuple[Reply, Any]:
        assert self.slack.events_url is not None, "no events_url: where is the bot?"
        if self.session is None:
            self.session = aiohttp.ClientSession()
        sent = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)", **headers}
        sent |= signed(self.slack.signing_secret, body, forgery)
        async with self.session.post(self.slack.events_url, data=body.encode(), headers=sent) as response:
            return Reply(response.status, await response.text(), response.content_type), response.headers


def _written(kind: str, payload: Payload) -> tuple[str, str]:
    if kind == "events_api":
        return json.dumps(payload), JSON
    return urlencode(payload if kind == "slash_commands" else {"payload": json.dumps(payload)}), FORM
