"""Deals that look like one with the same company: what can be merged with it, which way, or why not."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.auth.models import User
from portal.deals import queries, rules
from portal.deals.models import Deal
from portal.deals.rules import CHANNEL_LABEL, LABEL, Stage
from portal.errors import Refused
from portal.extensions import db
from portal.formats import money
from portal.lookalikes.likeness import LIKELY, Company
from portal.lookalikes.queries import Asked, find
from portal.partners.models import Partner
from portal.referrals.models import Referral

MOST = 8
_Brought = aliased(Referral)


class Candidate(NamedTuple):
    ref: str
    company: str
    about: str
    alike: str
    goes: bool
    """It can be taken out as a duplicate of the deal that is looked at."""
    takes: bool
    """The other way round: it stays, and the deal that is looked at can go."""
    why_not: str


def likely(user: User, deal: Deal) -> list[Candidate]:
    """The likest first: those of other channels by their own names, those of a referral by what it is found by."""
    found = {each.ref: each for each in find(Asked(Company(deal.company, deal.domain)), but=[deal.ref], least=LIKELY)}
    rows = _deals(user, deal, list(found)) if found else ()
    may_move = queries.moved_by(user)
    alike = [(found.get(row.ref) or found[row.referral_ref], row) for row in rows]
    alike.sort(key=lambda pair: (-pair[0].score, pair[1].id))
    return [_candidate(deal, row, f"{name.score} of 100, {name.reason}", may_move) for name, row in alike[:MOST]]


def _deals(user: User, deal: Deal, refs: Sequence[str]) -> Sequence[Any]:
    wanted = (
        queries.visible_to(user, Deal.id, Deal.ref, Deal.company, Deal.stage, Deal.channel, Deal.owner_id)
        .add_columns(Deal.expected_minor, Deal.currency)
        .add_columns(Deal.partner_id, _Brought.ref.label("referral_ref"))
        .add_columns(Partner.name.label("partner"), User.name.label("owner"))
        .join(User, User.id == Deal.owner_id)
        .outerjoin(Partner, Partner.id == Deal.partner_id)
        .outerjoin(_Brought, _Brought.id == Deal.referral_id)
    )
    named = Deal.ref.in_(refs) | Deal.referral_id.in_(sa.select(Referral.id).where(Referral.ref.in_(refs)))
    return db.session.execute(wanted.where(named, Deal.id != deal.id, Deal.stage != Stage.MERGED)).all()


def _candidate(deal: Deal, row: Any, alike: str, may_move: Callable[[Any], bool]) -> Candidate:
    why_not = "" if may_move(row) else f"It is {row.owner}'s: only who owns both merges them."
    why_not = why_not or _refusal(row, deal)
    takes = bool(why_not) and may_move(row) and not _refusal(deal, row)
    about = f"{LABEL[row.stage]} · {row.partner or CHANNEL_LABEL[row.channel]} · {row.owner}"
    if row.expected_minor is not None:
        about += f" · {money(row.expected_minor, row.currency)} expected"
    return Candidate(row.ref, row.company, about, alike, not why_not, takes, why_not)


def _refusal(loser: Any, winner: Any) -> str:
    try:
        rules.check_merge(loser.stage, winner.stage, is_of_partner=loser.partner_id is not None)
    except Refused as refusal:
        return str(refusal)
    return ""
