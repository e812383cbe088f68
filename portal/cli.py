"""The command line. Exit codes: 0 done, 1 refused or failed with one clear line, 2 wrong use."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal import clock, create_app
from portal.auth import factors
from portal.auth import queries as people
from portal.auth.rules import STAFF_ROLES, Role
from portal.backup import age, making, restoring
from portal.config import load_settings
from portal.doctor import Level, findings, installation, unsafe
from portal.errors import Refused
from portal.extensions import db
from portal.formats import counted
from portal.proof import broken
from portal.schema import upgrade
from portal.seeds import deal_files, demo, invite, referral_files, scale, setup

P = ParamSpec("P")


def clearly(command: Callable[P, None]) -> Callable[P, None]:
    """A refusal, or a database that is not there, is one line and exit 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refused as refusal:
            raise click.ClickException(str(refusal)) from refusal
        except OperationalError as failure:
            raise click.ClickException(f"The database does not answer: {failure.orig}") from failure

    return run


def app() -> Flask:
    settings = load_settings()
    if installation.unfinished(settings).exists():
        raise Refused(installation.restored(settings).sentence)
    return create_app(settings)


@click.group()
def main() -> None:
    """A partner portal that you run yourself."""


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
@clearly
def serve(port: int) -> None:
    """Serve the portal. With the embedded database it runs the worker too."""
    settings = load_settings()
    made = create_app(settings)
    with made.app_context():
        reasons = unsafe(settings, db.engine)
        db.engine.dispose()
    if reasons:
        raise Refused("Not started. " + " ".join(reasons))
    os.execv(sys.executable, [sys.executable, "-m", "portal.serve", str(port)])  # noqa: S606  (it imports less)


@main.command()
def worker() -> None:
    """Run one job process: it renders, seals and sends."""
    os.execv(sys.executable, [sys.executable, "-m", "portal.worker"])  # noqa: S606  (its imports stay out of here)


@main.command()
@clearly
def migrate() -> None:
    """Bring the database up to date."""
    upgrade(app())


@main.command()
@clearly
def doctor() -> None:
    """Say what is missing or unsafe."""
    settings = load_settings()
    made = create_app(settings)
    with made.app_context():
        found = findings(settings, db.engine)
    for each in found:
        click.echo(f"{each.level:4}  {each.sentence}")
    sys.exit(any(each.level is Level.BAD for each in found))


@main.command()
@clearly
def verify() -> None:
    """Check every invariant of the stored data; exit 1 naming each row that breaks one."""
    count = 0
    with app().app_context():
        for sentence in broken():
            count += 1
            click.echo(sentence)
    if count:
        raise Refused(f"{count} broken.")
    click.echo("Everything holds.")


@main.command("backup-key")
@clearly
def backup_key() -> None:
    """Make the key that backups are sealed for, once. Prints its secret half, which is kept nowhere here."""
    settings = load_settings()
    secret = age.new_pair(settings)
    click.echo(secret)
    click.echo(
        "Keep this line in a file away from this machine: without it no backup opens. It is not shown again.", err=True
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@clearly
def backup(file: Path) -> None:
    """Write the database and the stored files into one sealed FILE, while the portal runs."""
    settings = load_settings()
    with app().app_context():
        made = making.make(file.absolute(), settings, clock.now())
    click.echo(f"{counted(made.rows, 'row')} and {counted(made.files, 'file')} in {made.size / 2**20:.1f} MiB: {file}")
    if made.damaged:
        raise Refused(f"Not in it, because they are damaged: {', '.join(made.damaged)}. The rest is.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--identity",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="What `portal backup-key` printed, in a file.",
)
@click.option(
    "--erasures",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The list of who was erased (erasures.jsonl of the old home).",
)
@clearly
def restore(file: Path, identity: Path, erasures: Path | None) -> None:
    """Put the backup FILE back into an empty home, then check every invariant."""
    settings = load_settings()
    back = restoring.restore(settings, file, age.identity(identity), erasures=erasures, now=clock.now())
    for sentence in restoring.told(back):
        click.echo(sentence)
    for sentence in back.broken:
        click.echo(sentence)
    if back.broken:
        raise Refused(f"Everything is back, and {len(back.broken)} broken.")
    click.echo("Everything holds.")


@main.group()
def seed() -> None:
    """Programs to try the portal with."""


@seed.command("demo")
@clearly
def seed_demo() -> None:
    """A believable program, once; a second time changes nothing."""
    with app().app_context():
        click.echo(demo.seed(clock.now()))


@seed.command("scale")
@click.option("--referrals", type=click.IntRange(1_000, 5_000_000), required=True)
@clearly
def seed_scale(referrals: int) -> None:
    """A large program for measuring, on top of the demo."""
    with app().app_context():
        click.echo(scale.seed(clock.now(), referrals))


@main.command("setup")
@click.option("--name", prompt="What the portal is called (Lumen partners)")
@click.option("--company", prompt="Your company's legal name")
@click.option("--currency", prompt="Currency of the fees", default="EUR")
@click.option("--time-zone", prompt="Time zone", default="Europe/Berlin")
@click.option("--hours", prompt="Working hours, Monday to Friday", default="09:00-17:00")
@click.option("--country", prompt="Countries you sell in (DE,AT,CH)")
@click.option("--percent", prompt="What a first deal pays a partner, in percent", default="10")
@click.option("--law", prompt="Law that governs your agreements", default="Germany")
@click.option("--admin-email", prompt="Your own mail address, as first admin")
@click.option("--admin-name", prompt="Your name")
@clearly
def set_up(**answers: str) -> None:
    """The first start of a real program: asks, or takes options."""
    with app().app_context():
        click.echo(setup.set_up(clock.now(), setup.Answers(**answers)))


@main.group("import")
def import_() -> None:
    """Records from a file, each row once, with a report beside it."""


@import_.command("deals")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", help="Whose deals they become where the file names no owner.")
@clearly
def import_deals(file: Path, email: str | None) -> None:
    """Deals of other channels. A second time adds only what is new."""
    with app().app_context():
        report = file.with_name(f"{file.stem}.report.csv")
        click.echo(deal_files.take_in(file.read_bytes(), file.name, report, email, clock.now()))


@import_.command("referrals")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", required=True, help="Whose referrals they are: P-…")
@click.option("--by", "email", help="Who of the partner introduced them; else the first who may.")
@click.option("--consent", is_flag=True, help="Each contact knows that their data is passed on, and agrees.")
@clearly
def import_referrals(file: Path, partner: str, email: str | None, consent: bool) -> None:
    """Referrals of a partner, up to 200. A second time sends only what is new."""
    with app().app_context():
        report = file.with_name(f"{file.stem}.report.csv")
        told: dict[str, Any] = {"partner": partner, "by": email, "consent": consent, "now": clock.now()}
        click.echo(referral_files.take_in(file.read_bytes(), file.name, report, **told))


@main.group("mail")
def mail_() -> None:
    """Mails that come in."""


@mail_.command("receive")
def receive_mail() -> None:
    """Take one mail from standard input into its conversation, as a mail server hands it over."""
    os.execv(sys.executable, [sys.executable, "-m", "portal.mail_in"])  # noqa: S606  (its imports stay out of here)


@main.group()
def user() -> None:
    """The people of the program."""


@user.command("invite")
@click.argument("email")
@click.option("--name", default="")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in STAFF_ROLES]))
@clearly
def user_invite(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Invite a colleague; prints the link, which works once."""
    with app().app_context():
        click.echo(invite.invite_staff(email, name, frozenset(Role(role) for role in roles), clock.now()))


@user.command("reset-factors")
@click.argument("email")
@clearly
def user_reset_factors(email: str) -> None:
    """Remove the second factors of somebody who lost them all. They are told by mail."""
    with app().app_context():
        person = people.by_email(email)
        if person is None:
            raise Refused(f"Nobody has the address {email}.")
        factors.reset(None, person, now=clock.now())
        db.session.commit()
        click.echo(f"{person.name} signs in with the password, and can set up a second factor again.")


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def person(words: tuple[str, ...]) -> None:
    """What is held of a person: `export EMAIL FILE`, `erase EMAIL --reason …`."""
    command = [sys.executable, "-m", "portal.person", *words]
    os.execv(sys.executable, command)  # noqa: S606  (its imports stay out of here)


if __name__ == "__main__":
    main()
