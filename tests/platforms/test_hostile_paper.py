"""While a hostile paper is read others are acknowledged: the process that listens reads nothing itself."""

from pathlib import Path

import pytest

from tests.fakes import latexml
from tests.fakes.feeds import invent_day
from tests.platforms.slack_bench import TRANSPORTS, until
from tests.platforms.slack_whole import whole

ACKNOWLEDGED_SECONDS = 3.0  # Slack's own limit
FORMULAS = "".join(
    f'<div class="ltx_para"><p class="ltx_p"><math alttext="{"{" * 40}\\foo{at}{"}" * 40}"></math></p></div>'
    for at in range(6000)
)
BRACKETS = f'<div class="ltx_para"><p class="ltx_p">{chr(92)}[{(chr(92) + "[") * 40_000}</p></div>'
QUOTES = f'<div class="ltx_para"><p class="ltx_p">{"“a " * 30_000}{"![" * 30_000}</p></div>'


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("page", [FORMULAS, BRACKETS, QUOTES], ids=["formulas", "brackets", "quotes"])
async def test_commands_are_acknowledged_while_a_hostile_paper_is_read(
    tmp_path: Path, transport: str, page: str
) -> None:
    async with whole(tmp_path, transport, text={"seconds": 6}) as here:
        paper = str(invent_day(12)[0].id)
        for name in (paper, *(f"{paper}v{version}" for version in range(1, 4))):
            here.arxiv.pages[name] = latexml.page(page, id=paper)
        asked = await here.slack.slash("carol", "papers", "/copecheck", f"ask what is it about? paper={paper}")
        assert asked.acknowledged
        await until(lambda: here.arxiv.count("html") > 0)
        for _ in range(8):
            told = await here.slack.slash("bob", "papers", "/copecheck", "help")
            assert told.waited is not None
            assert told.waited < ACKNOWLEDGED_SECONDS
        await until(lambda: here.arxiv.count("pdf") > 0 or here.slack.seen("papers"))
