"""Where lives are played: a program built once for each beginning, and laid out anew from it for each life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import selectinload

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.scope import all_partners
from tests.support import claims, make, sales
from tests.support.databases import Kind
from tests.support.make import NOON

SECOND = timedelta(seconds=1)
BEGINS = NOON + 3 * SECOND
"""After all that the beginnings hold."""


@dataclass(frozen=True)
class Cast:
    """By their ids: whoever plays is read anew for each life."""

    leads: Sequence[int]
    owners: Sequence[int]
    deciders: Sequence[int]
    finance: int


class Stage:
    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._kept: dict[str, Cast] = {}

    def laid_out(self, *, begun: bool) -> Cast:
        """With nothing yet, or with a deal of one partner that another has a claim to."""
        name = "life_begun" if begun else "life"
        if name not in self._kept:
            self._renew("template")
            self._kept[name] = _built(begun=begun)
            self._leave()
            self._kind.keep(name)
        self._renew(name)
        return self._kept[name]

    def _renew(self, name: str) -> None:
        self._leave()
        self._kind.renew(name)

    def _leave(self) -> None:
        """Nobody is connected while a database is copied."""
        db.session.remove()
        db.engine.dispose()
        g.pop("program", None)


def people(ids: Sequence[int]) -> list[User]:
    """As the user of a request is: a rollback does not touch them."""
    wanted = sa.select(User).where(User.id.in_(ids)).options(selectinload(User.grants))
    found = {each.id: each for each in db.session.scalars(all_partners(wanted, "a test"))}
    return [sales.detached(found[each]) for each in ids]


def _built(*, begun: bool) -> Cast:
    sales.program()
    owners = [make.staff(Role.SALES_OWNER, name=f"Owner {n}") for n in range(2)]
    qualifiers = [make.staff(Role.QUALIFIER, name=f"Qualifier {n}") for n in range(2)]
    deciders = [*qualifiers, make.staff(Role.PARTNER_MANAGER, name="Manager")]
    finance = make.staff(Role.FINANCE_MAKER, name="Finance")
    leads = [sales.lead() for _ in range(2)]
    cast = Cast(_ids(leads), _ids(owners), _ids(deciders), finance.id)
    if begun:
        _begin(people(cast.leads), people(cast.deciders)[0])
    return cast


def _begin(leads: Sequence[User], decider: User) -> None:
    first, second = leads
    same: dict[str, Any] = {"company": "Nordlys", "website": "nordlys.example"}
    claims.qualified(first, decider, NOON + SECOND, **same)
    sales.referral(second, NOON + 2 * SECOND, **same)


def _ids(people: Sequence[User]) -> tuple[int, ...]:
    return tuple(each.id for each in people)
