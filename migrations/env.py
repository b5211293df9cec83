"""Runs the migrations on the connection that `resources/database.py` hands over, in its transaction."""

from alembic import context

from reelineage.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
