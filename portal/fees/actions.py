from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.agreements.models import Agreement
from portal.agreements.plans import Trigger
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.clock import local_date
from portal.deals import shares
from portal.deals.models import Deal
from portal.deals.rules import Stage
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.fees import engine, rules, years
from portal.fees.engine import Inputs, Result, Share
from portal.fees.events import FeeApproved, FeeBooked, FeeNotDue, FeeVoided
from portal.fees.models import FeeLine
from portal.fees.moves import facts, locked, move
from portal.fees.rules import LineState
from portal.ledger.actions import hold, transfer_all
from portal.ledger.rules import AccountKind, Entry
from portal.money import Money
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import ProtectionState
from portal.refs import new_ref
from portal.scope import all_partners, owned_by
from portal.sla.queries import calendar


def book(deal_id: int, *, partner_id: int, by_id: int | None, now: datetime) -> list[FeeLine]:
    """Book what a won deal of a referral earns this partner, as the agreement of that referral says; of a deal that
    several share, its part.

    Where it earns nothing, no line is booked and FeeNotDue says why."""
    hold(partner_id)  # so that of two deals won at once only one is the first
    won = _won(deal_id, partner_id)
    if won is None:
        return []
    inputs = Inputs(
        event=Trigger.WON,
        deal_ref=won.ref,
        deal_value=Money(won.value_minor, won.currency),
        is_first_deal=_is_first(won),
        won_on=won.won_on,
        again=_taken_back(deal_id, partner_id),
    )
    inputs = replace(inputs, share=_share(won, inputs))
    result = _earned(won, inputs)
    if not result.lines:
        ref = won.ref if inputs.share is None else won.referral_ref
        told = {"ref": ref, "partner_id": partner_id, "deal_id": deal_id, "because": result.note}
        publish(FeeNotDue(by=by_id, at=now, **told))
        return []
    booked = [_line(won, each, inputs, now) for each in result.lines]
    _keep(booked, by_id, now)
    return booked


def book_all(deal_id: int, *, partner_id: int, by_id: int | None, now: datetime) -> None:
    """Book what a won deal earns the partner who brought it, or each of those who share it."""
    paid = paid_for(deal_id, partner_id)
    hold(*paid)
    for each in paid:
        book(deal_id, partner_id=each, by_id=by_id, now=now)


def void_lines_of(deal_id: int, *, partner_id: int, by_id: int | None, now: datetime) -> None:
    """Take back what a deal earned that was cancelled. Raises `Refused` where that is payable already, or further."""
    hold(*paid_for(deal_id, partner_id))
    lines = locked(FeeLine.deal_id == deal_id, FeeLine.state != LineState.VOID)
    rules.check_void(line.state for line in lines)
    move(lines, LineState.VOID, by=None, tell=lambda line: FeeVoided(**facts(line, by_id, now)))
    transfer_all([_entry("void", line) for line in lines], now=now)
    years.add_earned(years.Amount(line.partner_id, -line.amount_minor, line.currency, line.booked_at) for line in lines)


def paid_for(deal_id: int, partner_id: int) -> list[int]:
    """The partners whom a deal pays: the one who brought it, or all who share it."""
    return [each.partner_id for each in shares.of_deal(deal_id)] or [partner_id]


def approve(by: User, line: FeeLine, *, seen_version: int, now: datetime) -> None:
    approve_all(by, {line.ref: seen_version}, now=now)


def approve_all(by: User, seen: Mapping[str, int], *, now: datetime) -> list[FeeLine]:
    """Approve these lines, named with the versions that were looked at: all of them, or none.

    Raises Overtaken where one has changed since, `Refused` where one cannot be approved (yet)."""
    lines = locked(FeeLine.ref.in_(seen))
    if not lines or len(lines) < len(seen):
        raise Refused("Choose at least one fee that waits for approval.")
    if any(line.version != seen[line.ref] for line in lines):
        raise Overtaken
    holding = _holding_days({line.agreement_id for line in lines})
    for line in lines:
        rules.check_approval(line.state, booked_at=line.booked_at, holding_days=holding[line.agreement_id], now=now)
    approved = {"approved_by_id": by.id, "approved_at": now}
    move(lines, LineState.APPROVED, by=by, tell=lambda line: FeeApproved(**facts(line, by.id, now)), **approved)
    return lines


def _won(deal_id: int, partner_id: int) -> sa.Row[Any] | None:
    """The won deal with its referral's agreement and the end of its tail; None for one that no referral led to."""
    credited = sa.and_(Protection.referral_id == Referral.id, Protection.state != ProtectionState.REVOKED)
    wanted = (
        sa.select(
            *(Deal.id, Deal.ref, Deal.value_minor, Deal.currency, Deal.won_on, Deal.domain),
            *(Referral.partner_id, Referral.id.label("referral_id"), Referral.ref.label("referral_ref")),
            *(Agreement.id.label("agreement_id"), Agreement.fee_plan_id, Agreement.terms, Protection.tail_ends_at),
        )
        .select_from(Deal)
        .join(Referral, Referral.id == shares.referral_by_which(partner_id))
        .join(Agreement, Agreement.id == Referral.agreement_id)
        .join(Protection, credited, isouter=True)
        .where(Deal.id == deal_id, Referral.partner_id == partner_id, Deal.stage == Stage.WON)
    )
    return db.session.execute(owned_by(wanted, partner_id)).one_or_none()


def _earned(won: sa.Row[Any], inputs: Inputs) -> Result:
    plan = Terms.from_data(won.terms).plan
    tail_ends_on = local_date(won.tail_ends_at, str(calendar().zone)) if won.tail_ends_at else None
    if because := rules.why_not_due(won.won_on, tail_ends_on):
        return Result(currency=plan.currency, note=because)
    return engine.compute(plan, inputs)


def _share(won: sa.Row[Any], inputs: Inputs) -> Share | None:
    """What part of it this partner has; None where it has all of it."""
    parts = shares.of_deal(won.id)
    place = next((place for place, each in enumerate(parts) if each.referral_id == won.referral_id), None)
    if place is None:
        return None
    plan = Terms.from_data(won.terms).plan
    return engine.share_at(plan, inputs, [each.share_bp for each in parts], place, won.referral_ref)


def _is_first(won: sa.Row[Any]) -> bool:
    """Whether no other deal that this partner brought, or shares, with the same company is won."""
    its = (Deal.partner_id == won.partner_id) | shares.has_share(Deal.id, won.partner_id)
    other = sa.select(Deal.id).where(
        *(its, Deal.domain == won.domain, Deal.domain != ""),
        *(Deal.id != won.id, Deal.stage == Stage.WON),
    )
    return db.session.scalar(owned_by(other.limit(1), won.partner_id)) is None


def _taken_back(deal_id: int, partner_id: int) -> int:
    """How often this deal was booked and taken back: a win that was undone can be booked once more."""
    times = sa.select(sa.func.count(FeeLine.id.distinct())).where(
        FeeLine.partner_id == partner_id, FeeLine.deal_id == deal_id, FeeLine.state == LineState.VOID
    )
    return db.session.scalars(owned_by(times, partner_id)).one()


def _line(won: sa.Row[Any], computed: engine.Line, inputs: Inputs, now: datetime) -> FeeLine:
    return FeeLine(
        ref=new_ref("F", FeeLine.ref),
        partner_id=won.partner_id,
        deal_id=won.id,
        agreement_id=won.agreement_id,
        fee_plan_id=won.fee_plan_id,
        rule=computed.rule.name,
        cause=computed.cause,
        amount_minor=computed.amount.minor,
        currency=computed.amount.currency,
        inputs=inputs.to_data(),
        trace=engine.trace_to_data(computed.trace),
        booked_at=now,
        state=LineState.ACCRUED,
    )


def _keep(lines: list[FeeLine], by_id: int | None, now: datetime) -> None:
    db.session.add_all(lines)
    db.session.flush()
    transfer_all([_entry("accrue", line) for line in lines], now=now)
    years.add_earned(years.Amount(line.partner_id, line.amount_minor, line.currency, now) for line in lines)
    for line in lines:
        publish(FeeBooked(**facts(line, by_id, now)))


def _entry(cause: str, line: FeeLine) -> Entry:
    """A line is booked from the program's fees to what the partner is owed, and taken back the other way."""
    debit, credit = AccountKind.FEES, AccountKind.PAYABLE
    if cause == "void":
        debit, credit = credit, debit
    return Entry(
        key=f"{cause}:{line.ref}",
        partner_id=line.partner_id,
        ref=line.ref,
        debit=debit,
        credit=credit,
        amount_minor=line.amount_minor,
        currency=line.currency,
    )


def _holding_days(agreement_ids: set[int]) -> dict[int, int]:
    frozen = sa.select(Agreement.id, Agreement.terms).where(Agreement.id.in_(agreement_ids))
    found = db.session.execute(all_partners(frozen, "the terms that fees are approved under"))
    return {row.id: Terms.from_data(row.terms).holding_days for row in found}
