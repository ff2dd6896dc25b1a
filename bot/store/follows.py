"""Follows: those of the settings file and those that commands made live together and are told apart."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from bot.core.errors import StoreError
from bot.core.follow import Follow, Origin
from bot.store.codec import dumps, loads
from bot.store.rows import whole
from bot.store.tables import follows
from bot.store.verdicts import VerdictRows


class FollowRows(VerdictRows):
    """The part of the store that follows live in."""

    @whole
    async def sync_follows(self, wanted: Sequence[Follow]) -> None:
        """The follows of the settings file, by name: added, changed, or (when gone from the file) removed."""
        async with self._database.write() as connection:
            await self._database.lock(connection, "follows")
            rows = (await connection.execute(select(follows.c.name, follows.c.origin, follows.c.body))).all()
            origins = {row.name: Origin(row.origin) for row in rows}
            for follow in wanted:
                if origins.get(follow.name) is Origin.COMMAND:
                    remedy = "Rename the one in the settings."
                    raise StoreError(f"A follow named {follow.name!r} was made by a command already.", remedy)
            named = {follow.name: dumps(follow) for follow in wanted}
            gone = [name for name, origin in origins.items() if origin is Origin.SETTINGS and name not in named]
            if gone:
                await connection.execute(delete(follows).where(follows.c.name.in_(gone)))
            present = {row.name: row.body for row in rows}
            for follow in wanted:
                if present.get(follow.name) != named[follow.name]:
                    row = {"name": follow.name, "origin": follow.origin, "place": str(follow.place)}
                    await self._put(connection, follows, row | {"body": named[follow.name]})

    @whole
    async def follows(self) -> Sequence[Follow]:
        """All follows, of the settings and of commands, by name; paused ones too."""
        async with self._database.read() as connection:
            bodies = (await connection.execute(select(follows.c.body).order_by(follows.c.name))).scalars().all()
        return [loads(body, Follow) for body in bodies]
