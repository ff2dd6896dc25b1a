"""Draws the README's pictures of a card on Discord and on Slack, docs/card-*.png: `PYTHONPATH=. python docs/shots.py`.

The payloads are those that are sent; the pages that show them are ours. It wants `chromium` on the path.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.core.posts.post import Place, PostKey, PostKind
from bot.core.present.card import card
from bot.core.present.paper_view import PaperView
from bot.demo.load import written_example
from bot.lenses.load import load_lenses
from bot.platforms.discord.posting.markup import message_payload as discord_payload
from bot.platforms.slack.posting.blocks import message_payload as slack_payload
from bot.text.tex import readable
from docs.pages import page_of

SITE = "https://arxiv.org"
WIDTH, HEIGHT = {"discord": 640, "slack": 680}, {"discord": 480, "slack": 470}


def payloads() -> dict[str, dict[str, Any]]:
    """The written example's card as each platform is sent it."""
    lens = load_lenses(None)["discontinuity"]
    example = written_example(lens)
    post = card(PaperView(example.paper, example.verdict, lens, "cs.AI", example.day, readable))
    sent = {
        name: PostKey(Place(name, "main"), PostKind.CARD, str(example.paper.id), lens.key)
        for name in ("discord", "slack")
    }
    return {
        "discord": discord_payload(post, sent["discord"], site_url=SITE, link=lambda _: None),
        "slack": slack_payload(post, sent["slack"], site_url=SITE, link=lambda _: None),
    }


def pages() -> dict[str, str]:
    """The page of each platform, made from its payload."""
    return {name: page_of(name, payload) for name, payload in payloads().items()}


def seal() -> str:
    """SHA-256 (hex) of all pages: tells whether the pictures were taken of these."""
    return hashlib.sha256("".join(pages().values()).encode()).hexdigest()


def shoot(page: str, shot: Path, width: int, height: int) -> None:
    """Take a picture of a page in a real browser."""
    browser = shutil.which("chromium") or sys.exit("chromium is not on the path")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        size = f"--window-size={width},{height}"
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", size, f"--screenshot={shot}")
        subprocess.run([browser, *options, file.as_uri()], check=True, capture_output=True, timeout=120)


def main() -> None:
    """Take a picture of each page, and write down of which."""
    for name, page in pages().items():
        shoot(page, Path(__file__).with_name(f"card-{name}.png"), WIDTH[name], HEIGHT[name])
    Path(__file__).with_name("card-shots.sha256").write_text(f"{seal()}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
