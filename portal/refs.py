"""Public references: random, short, readable aloud; never a sequence."""

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import db
from portal.scope import all_partners

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that sounds or looks alike: no 0 O 1 I L U
LENGTH = 6


def random_ref(letter: str) -> str:
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_ref(letter: str, column: InstrumentedAttribute[Any]) -> str:
    """A reference such as `R-7F3KQ2` that no row of the column's table has yet.

    One in 700 is taken at a million rows, so it is looked up; the unique key settles the rare race."""
    while True:
        ref = random_ref(letter)
        if db.session.scalar(all_partners(select(column).where(column == ref), "is this reference taken")) is None:
            return ref
