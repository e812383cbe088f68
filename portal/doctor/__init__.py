"""What is missing or unsafe in this installation, a sentence each. Looks only; changes nothing."""

from contextvars import copy_context

from sqlalchemy.engine import Engine

from portal.config import Settings
from portal.database import set_only_reads
from portal.doctor import database, installation
from portal.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "findings", "unsafe"]


def findings(settings: Settings, engine: Engine) -> list[Finding]:
    """Every check, in the order to be read."""
    return copy_context().run(_all, settings, engine)


def unsafe(settings: Settings, engine: Engine) -> list[str]:
    """Why the portal must not be served like this. What a running portal gets over, like a full disk or a mail
    server that is down, is no reason."""
    found = copy_context().run(_needed, settings, engine)
    return [each.sentence for each in found if each.level is Level.BAD]


def _needed(settings: Settings, engine: Engine) -> list[Finding]:
    set_only_reads(True)  # so that a doctor's visit waits for no writer
    return [
        installation.home(settings),
        installation.restored(settings),
        installation.secret_key(settings),
        installation.field_keys(settings),
        installation.public_url(settings),
        installation.proxies(settings),
        installation.second_factors(settings),
        installation.files(settings),
        *database.answers(engine),
    ]


def _all(settings: Settings, engine: Engine) -> list[Finding]:
    return [
        installation.python(),
        installation.free_space(settings),
        installation.mail(settings),
        installation.pdfs(),
        *_needed(settings, engine),
        *database.waiting(settings, engine),
    ]
