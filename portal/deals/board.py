"""The board: for each stage how many deals there are, what they come to, and the first of them by their next step."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.deals import queries
from portal.deals.models import Deal, DealTotal
from portal.deals.rules import OPEN_STAGES, Stage
from portal.deals.shares import OTHERS
from portal.extensions import db
from portal.money import round_half_up
from portal.partners.models import Partner

FIRST = 8
"""Cards of a column; the rest is in the list."""
PARKED_FIRST = 24


class Sum(NamedTuple):
    stage: Stage
    currency: str
    number: int
    expected_minor: int
    weighted_minor: int


_CARD: tuple[Any, ...] = (
    *(Deal.id, Deal.ref, Deal.version, Deal.company, Deal.channel, Deal.stage, Deal.owner_id, Deal.next_step),
    *(Deal.next_step_on, Deal.stalls_on, Deal.parked_until, Deal.parked_because, Deal.parked_from),
    *(Deal.expected_minor, Deal.currency, Deal.probability, Deal.expected_close_on),
)


def _cards(place: Any, stages: Sequence[Stage], of_each: int, *, of_owner: bool) -> sa.Select[Any]:
    """The first so many of each stage: each is one look into an index, whose order is the one that is asked for."""
    own = [Deal.owner_id == sa.bindparam("owner_id")] if of_owner else []
    first = [
        sa.select(Deal.id).where(Deal.stage == stage, *own).order_by(place, Deal.id).limit(of_each) for stage in stages
    ]
    few = aliased(sa.union_all(*(sa.select(each.subquery()) for each in first)).subquery())
    cards: sa.Select[Any] = (
        sa.select(*_CARD, Partner.name.label("partner"), User.name.label("owner"), OTHERS)
        .join(few, few.c.id == Deal.id)
        .outerjoin(Partner, Partner.id == Deal.partner_id)
        .join(User, User.id == Deal.owner_id)
    )
    return cards


_CORE = {own: _cards(Deal.next_step_on, OPEN_STAGES, FIRST, of_owner=own) for own in (True, False)}
_NURTURE = {own: _cards(Deal.parked_until, [Stage.PARKED], PARKED_FIRST, of_owner=own) for own in (True, False)}


def core(user: User, owner_id: int | None) -> dict[Stage, list[Any]]:
    """The first cards of each open stage."""
    found: dict[Stage, list[Any]] = {stage: [] for stage in OPEN_STAGES}
    for row in sorted(_read(user, _CORE, owner_id), key=lambda row: (row.next_step_on, row.id)):
        found[row.stage].append(row)
    return found


def nurture(user: User, owner_id: int | None) -> Sequence[Any]:
    """The parked deals that come back first."""
    return sorted(_read(user, _NURTURE, owner_id), key=lambda row: (row.parked_until, row.id))


def _read(user: User, statements: dict[bool, sa.Select[Any]], owner_id: int | None) -> Sequence[Any]:
    of_owner = owner_id is not None
    wanted = queries.seen_by(user, statements[of_owner])
    return db.session.execute(wanted, {"owner_id": owner_id} if of_owner else {}).all()


def sums(owner_id: int | None) -> list[Sum]:
    """What the open deals of each stage come to, in each currency."""
    added = (sa.func.sum(DealTotal.number), sa.func.sum(DealTotal.expected_minor), sa.func.sum(DealTotal.weighted))
    wanted = sa.select(DealTotal.stage, DealTotal.currency, *added).group_by(DealTotal.stage, DealTotal.currency)
    if owner_id is not None:
        wanted = wanted.where(DealTotal.owner_id == owner_id)
    rows = db.session.execute(wanted.order_by(DealTotal.currency))
    return [
        Sum(stage, currency, int(number), int(expected), weighted_minor(int(weighted)))
        for stage, currency, number, expected, weighted in rows
        if number
    ]


def weighted_minor(weighted: int) -> int:
    """From minor units times per cent, rounded once."""
    return round_half_up(Fraction(weighted, 100))
