"""What the tests of the fake Discord share with those of our platform: the server, and a small world in it."""

from tests.fakes.discord_fixtures import addresses, ann, fake, guild, papers

__all__ = ["addresses", "ann", "fake", "guild", "papers"]
