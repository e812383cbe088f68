"""What is missing or unsafe in this installation, a sentence each. Looks only; changes nothing."""

from contextvars import copy_context

from sqlalchemy.engine import Engine

from portal.config import Settings
from portal.database import set_only_reads
from portal.doctor import database, installation
from portal.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "findings"]


def findings(settings: Settings, engine: Engine) -> list[Finding]:
    """Every check, in the order to be read."""
    return copy_context().run(_all, settings, engine)


def _all(settings: Settings, engine: Engine) -> list[Finding]:
    set_only_reads(True)  # so that a doctor's visit waits for no writer
    return [
        installation.python(),
        installation.home(settings),
        installation.free_space(settings),
        installation.secret_key(settings),
        installation.field_keys(settings),
        installation.public_url(settings),
        installation.second_factors(settings),
        installation.mail(settings),
        installation.files(settings),
        installation.pdfs(),
        *database.answers(settings, engine),
    ]
