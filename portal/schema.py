"""Migrations, for the command line and for developers: `flask --app portal.schema db revision --autogenerate`.

A module of its own, because Alembic costs every process that imports it 10 MB, and a web process never migrates."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask_migrate import Migrate
from flask_migrate import upgrade as bring_up
from sqlalchemy import Connection

from portal import create_app as create_portal
from portal.config import load_settings
from portal.extensions import db
from portal.prechecks.filling import fill_index

FOLDER = Path(__file__).parent / "migrations"


def with_migrations(app: Flask) -> Flask:
    """The app, ready for Flask-Migrate's commands."""
    Migrate(app, db, directory=str(FOLDER))
    return app


def upgrade(app: Flask) -> None:
    """Bring the database of the app up to date."""
    with with_migrations(app).app_context():
        bring_up()
        fill_index()


def upgrade_on(connection: Connection, revision: str = "head") -> None:
    """Bring the database of this connection to a revision, within its transaction. The app has its migrations."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def knows(revision: str) -> bool:
    """Whether it is one of this program's revisions."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config


def create_app() -> Flask:
    return with_migrations(create_portal(load_settings()))
