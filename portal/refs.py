"""Public references: random, short, readable aloud; never a sequence."""

import secrets
from functools import cache
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.extensions import Kept
from portal.scope import all_partners
from portal.several import each_of

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that sounds or looks alike: no 0 O 1 I L U
LENGTH = 6


def random_ref(letter: str) -> str:
    return f"{letter}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_ref(letter: str, column: InstrumentedAttribute[Any]) -> str:
    """A reference such as `R-7F3KQ2` that no row of the column's table has yet.

    One in 700 is taken at a million rows, so it is looked up; the unique key settles the rare race."""
    (ref,) = new_refs(letter, column, 1)
    return ref


def new_refs(letter: str, column: InstrumentedAttribute[Any], count: int) -> list[str]:
    """The same for many rows; one look-up for all of them."""
    refs: set[str] = set()
    while len(refs) < count:
        fresh = {random_ref(letter) for _ in range(count - len(refs))}
        refs |= fresh - set(_taken(column).read({"refs": list(fresh)}).scalars())
    return sorted(refs)


@cache
def _taken(column: InstrumentedAttribute[Any]) -> Kept:
    asked = each_of(column, "refs")
    taken = select(asked.c.value).where(exists().where(column == asked.c.value))
    return Kept(all_partners(taken, "is this reference taken"))
