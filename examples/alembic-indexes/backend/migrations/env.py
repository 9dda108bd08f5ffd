"""Runs the migrations on the database that DATABASE_URL names."""

import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import create_engine, pool

fileConfig(context.config.config_file_name)


def database_url() -> str:
    """The URL, with the driver that requirements.txt installs."""
    _, rest = os.environ["DATABASE_URL"].split("://", 1)
    return f"postgresql+psycopg://{rest}"


def run_online() -> None:
    engine = create_engine(database_url(), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


def run_offline() -> None:
    context.configure(url=database_url(), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
