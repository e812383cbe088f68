"""What of each row goes into a file: what its reader sees in the list and on its page, and no more."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.readers import for_readers, values_of
from portal.countries import COUNTRIES
from portal.deals import queries as deals
from portal.deals.lists import Wanted as DealsWanted
from portal.deals.models import Deal
from portal.deals.rules import CHANNEL_LABEL, LOST_LABEL, PIPELINE_LABEL
from portal.deals.rules import LABEL as STAGE_LABEL
from portal.deals.shares import is_deal_of
from portal.fees import queries as fees
from portal.narrowing import everything
from portal.partners.models import Partner
from portal.referrals import queries as referrals
from portal.referrals.lists import Wanted, choice_of
from portal.referrals.models import Referral
from portal.referrals.rules import FAR, LABEL
from portal.tables import Cell, amount_cell, time_cell

MOST = 100_000
"""Rows of one file; more than that is asked for by part."""
CUT = f"Cut here: a file holds {MOST:,} rows. Narrow the list to have the rest."
Rows = Iterator[Sequence[Cell]]
_ABOUT = ("Reference", "Company", "Domain", "Country", "Contact", "Job title", "Mail address", "State")
_TIMES = ("Received", "Answer due", "Decided")
OWN_REFERRALS = (*_ABOUT, *_TIMES, "Introduced by", "Deal", "Fee", "Currency")
REFERRALS = (*_ABOUT, *_TIMES, "Partner", "Introduced by", "Deal")
DEALS = (
    *("Reference", "Company", "Domain", "Channel", "Pipeline", "Stage", "At this stage since", "Owner", "Partner"),
    *("Next step", "Next step on", "Parked until", "Expected value", "Value", "Currency", "Won on", "Closed"),
    *("Lost because", "Created"),
)
_r = Referral
_REFERRAL_COLUMNS: tuple[Any, ...] = (
    *(_r.id, _r.ref, _r.company, _r.domain, _r.country, _r.contact_name, _r.contact_title, _r.contact_email),
    *(
        _r.status,
        _r.received_at,
        _r.due_at,
        _r.decided_at,
        User.name.label("sender"),
        Partner.name.label("partner"),
    ),
    *(Deal.id.label("deal_id"), Deal.stage),
)
_REFERRAL: sa.Select[Any] = (
    sa.select(*_REFERRAL_COLUMNS)
    .join(User, User.id == Referral.by_id)
    .join(Partner, Partner.id == Referral.partner_id)
    .outerjoin(Deal, is_deal_of(Referral.id))
)
_DEAL_COLUMNS: tuple[Any, ...] = (
    *(Deal.id, Deal.ref, Deal.company, Deal.domain, Deal.channel, Deal.pipeline, Deal.stage, Deal.stage_since),
    *(Deal.next_step, Deal.next_step_on, Deal.parked_until, Deal.expected_minor, Deal.value_minor, Deal.currency),
    *(Deal.won_on, Deal.closed_at, Deal.lost_reason, Deal.created_at, Deal.stalls_on),
    *(User.name.label("owner"), Partner.name.label("partner")),
)
_DEAL: sa.Select[Any] = (
    sa.select(*_DEAL_COLUMNS).join(User, User.id == Deal.owner_id).outerjoin(Partner, Partner.id == Deal.partner_id)
)
_referrals = for_readers(lambda reader: referrals.seen_by(reader, _REFERRAL))
_deals = for_readers(lambda reader: deals.seen_by(reader, _DEAL))


def own_referrals(reader: User, wanted: Wanted, zone: ZoneInfo) -> Rows:
    """For a partner's people, with what each pays them."""
    for some in _introduced(reader, wanted):
        paid = fees.lines_of_deals(reader, [row.deal_id for row in some if row.deal_id])
        for row in some:
            lines = [line for line in paid.get(row.deal_id, ()) if line.state != "void"]
            currency = lines[0].currency if lines else ""
            fee = amount_cell(sum(line.amount_minor for line in lines), currency) if lines else None
            yield (*_referral(row, zone), row.sender, _stage(row), fee, currency)


def all_referrals(reader: User, wanted: Wanted, zone: ZoneInfo) -> Rows:
    for some in _introduced(reader, wanted):
        for row in some:
            yield (*_referral(row, zone), row.partner, row.sender, _stage(row))


def all_deals(reader: User, wanted: DealsWanted, zone: ZoneInfo) -> Rows:
    for some in everything(_deals(reader), wanted.choice, most=MOST, given=values_of(reader)):
        for row in some:
            yield _deal(row, zone)


def with_end(rows: Iterable[Sequence[Cell]]) -> Rows:
    """The same, and a line that says so where the file is full."""
    count = 0
    for row in rows:
        count += 1
        yield row
    if count >= MOST:
        yield (CUT,)


def _introduced(reader: User, wanted: Wanted) -> Iterator[Sequence[Any]]:
    return everything(_referrals(reader), choice_of(reader, wanted), most=MOST, given=values_of(reader))


def _referral(row: Any, zone: ZoneInfo) -> tuple[Cell, ...]:
    about = (row.contact_name, row.contact_title, row.contact_email, LABEL[row.status])
    due = row.due_at if row.due_at < FAR else None
    times = [time_cell(at, zone) for at in (row.received_at, due, row.decided_at)]
    return (row.ref, row.company, row.domain, COUNTRIES.get(row.country, row.country), *about, *times)


def _stage(row: Any) -> str:
    return STAGE_LABEL[row.stage] if row.stage else ""


def _deal(row: Any, zone: ZoneInfo) -> tuple[Cell, ...]:
    named = (CHANNEL_LABEL[row.channel], PIPELINE_LABEL[row.pipeline], STAGE_LABEL[row.stage])
    days = [each.isoformat() if each else "" for each in (row.next_step_on, row.parked_until)]
    amounts = [amount_cell(each, row.currency) for each in (row.expected_minor, row.value_minor)]
    return (
        *(row.ref, row.company, row.domain, *named, time_cell(row.stage_since, zone), row.owner, row.partner or ""),
        *(row.next_step, *days, *amounts, row.currency, row.won_on.isoformat() if row.won_on else ""),
        *(time_cell(row.closed_at, zone), LOST_LABEL[row.lost_reason] if row.lost_reason else ""),
        time_cell(row.created_at, zone),
    )
