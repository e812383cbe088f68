"""`portal mail receive`, in a process of its own: what cuts the quotes off a mail is loaded nowhere else but in the
worker."""

import sys

import click
from sqlalchemy.exc import OperationalError

from portal import clock, create_app
from portal.config import load_settings
from portal.conversation import receiving
from portal.conversation.rules import MAIL_BYTES_MOST
from portal.errors import Refused


@click.command()
def main() -> None:
    """Take one mail from standard input into its conversation. Exit 1 with one line where it is refused."""
    raw = sys.stdin.buffer.read(MAIL_BYTES_MOST + 1)
    try:
        with create_app(load_settings()).app_context():
            outcome = receiving.receive(raw, now=clock.now())
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except OperationalError as failure:
        raise click.ClickException(f"The database does not answer: {failure.orig}") from failure
    if not outcome.is_done:
        raise click.ClickException(outcome.sentence)
    click.echo(outcome.sentence)


if __name__ == "__main__":
    main(prog_name="portal mail receive")
