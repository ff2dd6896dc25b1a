"""What Alembic runs: the revisions, on the connection that the store hands over, in its transaction."""

from alembic import context

from bot.store.database.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
