"""Alembic's entry: runs the revisions in the transaction that `crawler.store` hands over."""

from alembic import context

from crawler.store.migrate import VERSION_TABLE
from crawler.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite's too, since its transaction is begun by hand
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
