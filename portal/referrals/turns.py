"""What a submission has to know once it is its turn, in one statement: it runs with each of them."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.extensions import Kept
from portal.referrals.models import Referral
from portal.referrals.queries import standing
from portal.refs import new_ref, random_ref
from portal.scope import READER, owned_by
from portal.sla.business_time import Calendar
from portal.sla.queries import PROMISED, promise_of
from portal.sla.rules import ClockKind


class Turn(NamedTuple):
    introduced: str | None
    """The reference under which this partner has introduced the company already."""
    ref: str
    """What the new one is called."""
    promised: tuple[int, Calendar]
    """The working minutes of a first answer, and in which calendar they count."""


def begin(partner_id: int, domain: str) -> Turn:
    """For whoever has waited for the turn, and sees by now all that was written before."""
    ref, kind = random_ref("R"), ClockKind.FIRST_ANSWER
    row: Any = _AT_ITS_TURN.read({"kind": kind, "whose": partner_id, "domain": domain, "ref": ref}).one()
    return Turn(row.introduced, new_ref("R", Referral.ref) if row.is_taken else ref, promise_of(kind, row))


_AT_ITS_TURN = Kept(
    owned_by(
        PROMISED.add_columns(
            standing(sa.bindparam("whose"), sa.bindparam("domain")).label("introduced"),
            sa.exists().where(Referral.ref == sa.bindparam("ref")).label("is_taken"),
        ),
        READER,
    )
)
