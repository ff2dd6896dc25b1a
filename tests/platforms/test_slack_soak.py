"""The short form of the soak on Slack: ten kinds of attackers in a workspace; its own channel, and a server of Discord
beside it, are served as if they were not."""

from pathlib import Path

from tests.soak_slack import soak

pytest_plugins = ("tests.fakes.discord_fixtures",)


async def test_ten_attackers_in_a_workspace_neither_delay_nor_spend_what_is_anothers(
    addresses: None, tmp_path: Path
) -> None:
    findings = await soak(tmp_path, 10)
    findings.hold(times=4)
