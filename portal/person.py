"""`portal person …`, in a process of its own: it draws PDFs and reaches into the mails, which no other command does."""

from pathlib import Path
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal import clock, create_app
from portal.config import load_settings
from portal.errors import Refused
from portal.pdf import typesetter
from portal.privacy import orders
from portal.privacy.rules import Reason


class Clearly(click.Group):
    """A refusal, or a database that is not there, is one line and exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except OperationalError as failure:
            raise click.ClickException(f"The database does not answer: {failure.orig}") from failure


def app() -> Flask:
    return create_app(load_settings())


@click.group(cls=Clearly)
def main() -> None:
    """What is held of a person."""


@main.command()
@click.argument("email")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-file", "released", multiple=True, metavar="REF", help="A file that was looked at; once for each.")
@click.option("--by", default="", metavar="EMAIL", help="Who looked at them.")
def export(email: str, file: Path, released: tuple[str, ...], by: str) -> None:
    """Write everything that is held of a person into a zip: PDFs, tables, data."""
    with app().app_context():
        said = orders.export_person(email, file, clock.now(), typesetter.render, released=released, by=by)
        click.echo(said)


@main.command()
@click.argument("email")
@click.option("--reason", type=click.Choice([str(reason) for reason in Reason]), required=True)
def erase(email: str, reason: str) -> None:
    """Erase a person from rows, files, mails and free space. It cannot be undone."""
    with app().app_context():
        click.echo(orders.erase_person(email, Reason(reason), clock.now()))


if __name__ == "__main__":
    main(prog_name="portal person")
