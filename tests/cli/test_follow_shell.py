"""`copecheck follow` from the shell: what it decides is what a channel's admins decide, by the same verbs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.test_chat import DAY, Bot
from tests.fakes.arxiv import FakeArxiv
from tests.fakes.feeds import last_weekdays, redated

DAY_PAPER = "2611.99023"


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    async with FakeArxiv() as fake:
        fake.saved = [redated(DAY.read_bytes(), *last_weekdays(1))]
        yield Bot(tmp_path, fake)


async def test_a_follow_is_previewed_turned_on_posted_paused_and_removed_from_the_shell(bot: Bot) -> None:
    code, out, err = await bot.run("follow", "add", "cs.AI", "--place", "console:main", "--lens", "plain")
    assert code == 0, err
    assert "Preview: cs.AI" in out
    assert out.count("follow on") == 1
    assert "Nothing is posted until it is on: copecheck follow on cs.AI --place console:main" in out
    assert "follow on" not in err
    code, out, err = await bot.run("follow", "on", "cs.AI")
    assert (code, "cs.AI is on. It starts with the next announcement." in out) == (0, True), err
    code, out, err = await bot.run("follow", "now", "cs.AI")
    assert (code, "On its way" in out) == (0, True), err
    assert "copecheck run --once" in err
    _, out, _ = await bot.run("run", "--once")
    assert "36 announced" in out
    _, out, _ = await bot.run("follow", "list")
    assert out.startswith("console:main\n")
    assert "through plain: on" in out
    code, out, err = await bot.run("follow", "edit", "cs.AI", "cards=3", "hour=08:30", "zone=Europe/Berlin")
    assert (code, "at 08:30 Europe/Berlin" in out) == (0, True), err
    _, out, _ = await bot.run("follow", "pause", "cs.AI")
    assert "Paused. copecheck follow on cs.AI --place console:main goes on." in " ".join(out.split())
    code, _, err = await bot.run("follow", "now", "cs.AI")
    assert (code, "Turn it on first: `copecheck follow on cs.AI --place console:main`" in err) == (1, True), err
    _, out, _ = await bot.run("follow", "remove", "cs.AI")
    assert "cs.AI is removed." in out
    _, out, _ = await bot.run("follow", "list")
    assert "Nobody follows anything yet." in out


async def test_what_cannot_be_says_why_and_what_to_do_with_the_exit_code_of_its_kind(bot: Bot) -> None:
    table = '[[follows]]\nname = "ours"\nplace = "console:main"\ncategories = ["cs.AI"]\n'
    (bot.folder / "config.toml").write_text(table, encoding="utf-8")
    for arguments, expected, words in (
        (("pause", "nope"), 2, "There is no follow 'nope'. There are: ours."),
        (("pause", "ours"), 2, 'ours stands in the settings file. Change its table there: "paused = true" pauses it'),
        (("add", "cs.AI", "--place", "main"), 2, "--place: 'main' is not of the form platform:channel. Write a place"),
        (("add", "cs.AJ"), 1, "is no arXiv category; the nearest is"),
        (
            ("add", "cs.AI", "--place", "discord:7"),
            2,
            "--place names discord:7, and discord.token is not set. Set it: a",
        ),
        (("add", "cs.AI", "--place", "matrix:7"), 2, "--place names matrix:7: no such platform. Write a place like"),
        (("add", "cs.AI", "--lens", "nope"), 1, "There is no lens “nope”. There are: discontinuity"),
    ):
        code, _, err = await bot.run("follow", *arguments)
        assert (code, words in err) == (expected, True), err


async def test_a_refusal_names_the_place_of_what_it_tells_one_to_type(bot: Bot) -> None:
    for label, place, more in (("cs.AI", "a", ("--yes",)), ("cs.CY", "a", ()), ("cs.CY", "b", ())):
        await bot.run("follow", "add", label, "--place", f"console:{place}", "--lens", "plain", *more)
    for arguments, words in (
        (("add", "cs.AI", "--lens", "plain"), "`copecheck follow edit cs.AI hour=09:00 --place console:a`"),
        (("add", "cs.CY", "--lens", "plain"), "`copecheck follow on cs.CY --place console:a`"),
        (("now", "cs.CY"), "Turn it on first: `copecheck follow on cs.CY --place console:a`"),
        (("pause", "cs.CY"), "Turn it on: `copecheck follow on cs.CY --place console:a`"),
    ):
        code, _, err = await bot.run("follow", *arguments, "--place", "console:a")
        assert (code, words in err) == (1, True), err


async def test_looking_puts_no_follow_of_the_settings_into_the_store_and_takes_none_out(bot: Bot) -> None:
    """A bot at work goes by its store: it follows what its own settings said when it began."""
    table = '[[follows]]\nname = "ours"\nplace = "console:main"\ncategories = ["cs.AI"]\n'
    settings = bot.folder / "config.toml"
    settings.write_text(table, encoding="utf-8")
    await bot.run("run", "--once")
    settings.write_text(table.replace("ours", "other"), encoding="utf-8")
    looks = (("check",), ("follow", "list"), ("report",), ("status",), ("verdict", DAY_PAPER, "plain"))
    for arguments in looks:
        _, out, err = await bot.run(*arguments)
        if arguments[0] in ("follow", "status", "check"):
            assert "other" in out, (arguments, out, err)
    settings.unlink()
    for arguments in looks:
        await bot.run(*arguments, "--store", "copecheck.db")
    assert "ours" in (await bot.run("follow", "list", "--store", "copecheck.db"))[1]
