"""The short form of the soak: attackers of ten kinds in one server, and the other one served as if they were not."""

from pathlib import Path

from tests.soak import soak

pytest_plugins = ("tests.fakes.discord_fixtures",)


async def test_ten_attackers_in_one_server_neither_delay_nor_spend_what_is_anothers(
    addresses: None, tmp_path: Path
) -> None:
    findings = await soak(tmp_path, 10)
    findings.hold(times=4)
