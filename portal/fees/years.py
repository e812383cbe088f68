"""What a partner earned and was paid in a year, kept as a copy so that a page need not add up its lines."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from portal.extensions import db, insert_into
from portal.fees.models import FeeYear
from portal.fees.rules import year_of


class Amount(NamedTuple):
    partner_id: int
    minor: int
    currency: str
    at: datetime


def add_earned(amounts: Iterable[Amount]) -> None:
    _add(amounts, "earned_minor", "paid_minor")


def add_paid(amounts: Iterable[Amount]) -> None:
    _add(amounts, "paid_minor", "earned_minor")


def _add(amounts: Iterable[Amount], column: str, other: str) -> None:
    """Added in the database, so that of two who add at once neither is lost."""
    sums: defaultdict[tuple[int, int, str], int] = defaultdict(int)
    for each in amounts:
        sums[each.partner_id, year_of(each.at), each.currency] += each.minor
    for (partner_id, year, currency), minor in sorted(sums.items()):
        values = {"partner_id": partner_id, "year": year, "currency": currency, column: minor, other: 0}
        kept = insert_into(FeeYear).values(values)
        more = {column: getattr(FeeYear, column) + minor}
        db.session.execute(kept.on_conflict_do_update(index_elements=sa.inspect(FeeYear).primary_key, set_=more))
