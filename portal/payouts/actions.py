"""A payout run pays many fees at once. One person builds it; another releases it and records it as paid."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.fees import years
from portal.fees.events import FeePaid, FeeScheduled, FeeUnscheduled
from portal.fees.models import FeeLine
from portal.fees.moves import facts, locked, move
from portal.fees.rules import LineState
from portal.ledger.actions import hold, transfer_all
from portal.ledger.rules import AccountKind, Entry
from portal.payouts import queries, rules
from portal.payouts.events import PayoutRunBuilt, PayoutRunCancelled, PayoutRunPaid, PayoutRunReleased, RunEvent
from portal.payouts.models import PayoutLine, PayoutRun
from portal.payouts.rules import RunState
from portal.payouts.standing import WHY, Standing, standing
from portal.refs import new_ref
from portal.scope import all_partners


def build_run(by: User, *, currency: str, now: datetime) -> PayoutRun:
    """Pin what is payable now in a currency to a run. Fees of partners that cannot be paid stay out of it.

    Raises `Refused` where nothing can be paid, saying what keeps it."""
    payable = locked(FeeLine.state == LineState.PAYABLE, FeeLine.currency == currency)
    stands = standing({line.partner_id for line in payable})
    lines = [line for line in payable if not stands[line.partner_id].missing]
    if not lines:
        raise Refused(f"Nothing can be paid in {currency} now. {_what_is_missing(stands)}".rstrip())
    run = PayoutRun(
        ref=new_ref("PR", PayoutRun.ref),
        state=RunState.DRAFT,
        currency=currency,
        total_minor=sum(line.amount_minor for line in lines),
        line_count=len(lines),
        built_by_id=by.id,
        built_at=now,
    )
    db.session.add(run)
    db.session.flush()
    db.session.execute(sa.insert(PayoutLine), [_pinned(run, line, stands[line.partner_id]) for line in lines])
    told: dict[str, Any] = {"run_ref": run.ref}
    move(lines, LineState.SCHEDULED, by=by, tell=lambda line: FeeScheduled(**facts(line, by.id, now), **told))
    publish(PayoutRunBuilt(**_facts(run, by, now)))
    return run


def release(by: User, run: PayoutRun, *, seen_version: int, now: datetime) -> None:
    """Let the run be paid.

    Raises `Refused` for its builder, for whoever approved one of its fees, and where a partner's details changed."""
    _check_may(by, Permission.RELEASE_PAYOUTS)
    run = _held(run, seen_version)
    _check_four_eyes(by, run, "release it")
    _check_details(run)
    _move(run, RunState.RELEASED, PayoutRunReleased(**_facts(run, by, now)), released_by_id=by.id, released_at=now)


def record_paid(by: User, run: PayoutRun, *, seen_version: int, now: datetime) -> None:
    """Record that the bank has paid the run: each of its fees, once.

    Raises `Refused` for the builder of the run and for whoever approved one of its fees."""
    _check_may(by, Permission.RELEASE_PAYOUTS)
    run = _held(run, seen_version)
    _check_four_eyes(by, run, "record it as paid")
    hold(*_partners_of(run))
    lines = _lines_of(run)
    _move(run, RunState.PAID, PayoutRunPaid(**_facts(run, by, now)), paid_by_id=by.id, paid_at=now)
    paid: dict[str, Any] = {"paid_by_id": by.id, "paid_at": now}
    told: dict[str, Any] = {"run_ref": run.ref}
    move(lines, LineState.PAID, by=by, tell=lambda line: FeePaid(**facts(line, by.id, now), **told), **paid)
    transfer_all([_payment(line) for line in lines], now=now)
    years.add_paid(years.Amount(line.partner_id, line.amount_minor, line.currency, now) for line in lines)


def cancel_run(by: User, run: PayoutRun, *, seen_version: int, now: datetime) -> None:
    """Dissolve a run that is not released; its fees are payable as before."""
    _check_may(by, Permission.BUILD_PAYOUTS)
    run = _held(run, seen_version)
    lines = _lines_of(run)
    _move(run, RunState.CANCELLED, PayoutRunCancelled(**_facts(run, by, now)), cancelled_at=now)
    told: dict[str, Any] = {"run_ref": run.ref}
    move(lines, LineState.PAYABLE, by=None, tell=lambda line: FeeUnscheduled(**facts(line, by.id, now), **told))
    freed = sa.update(PayoutLine).where(PayoutLine.run_id == run.id).values(is_live=False)
    db.session.execute(all_partners(freed.execution_options(synchronize_session=False), WHY))


def _move(run: PayoutRun, then: RunState, event: RunEvent, **values: Any) -> None:
    """The one way from a state of a run to the next."""
    rules.check_move(run.state, then)
    run.state = then
    for name, value in values.items():
        setattr(run, name, value)
    db.session.flush()
    publish(event)


def _held(run: PayoutRun, seen_version: int) -> PayoutRun:
    """The run as it stands now, held until the commit. Raises Overtaken where it is not what was looked at."""
    wanted = sa.select(PayoutRun).where(PayoutRun.id == run.id).with_for_update()
    held: PayoutRun = db.session.scalars(wanted.execution_options(populate_existing=True)).one()
    if held.version != seen_version:
        raise Overtaken
    return held


def _partners_of(run: PayoutRun) -> set[int]:
    pinned = sa.select(PayoutLine.partner_id).where(PayoutLine.run_id == run.id).distinct()
    return set(db.session.scalars(all_partners(pinned, WHY)))


def _lines_of(run: PayoutRun) -> list[FeeLine]:
    pinned = sa.select(PayoutLine.fee_line_id).where(PayoutLine.run_id == run.id, PayoutLine.is_live)
    return locked(FeeLine.id.in_(pinned))


def _check_may(by: User, permission: Permission) -> None:
    if not by.may(permission):
        raise Refused("What you do here does not include this step of a payout.")


def _check_four_eyes(by: User, run: PayoutRun, deed: str) -> None:
    approvers = queries.approvers(run.id)
    who_else = queries.who_else(run.id, run.built_by_id) if by.id in (run.built_by_id, *approvers) else ""
    rules.check_four_eyes(
        built_by_id=run.built_by_id, approved_by_ids=approvers, by_id=by.id, deed=deed, who_else=who_else
    )


def _check_details(run: PayoutRun) -> None:
    """What was pinned when the run was built has to hold still: money goes where it was confirmed to go."""
    columns: tuple[Any, ...] = (PayoutLine.partner_id, PayoutLine.payout_details_id)
    pinned = sa.select(*columns).where(PayoutLine.run_id == run.id, PayoutLine.is_live).distinct()
    details = {row.partner_id: row.payout_details_id for row in db.session.execute(all_partners(pinned, WHY))}
    for partner_id, stands in standing(details).items():
        if stands.missing or stands.details_id != details[partner_id]:
            because = stands.missing or "The payout details have changed since."
            raise Refused(f"{stands.partner} is in this run. {because} Cancel the run and build it anew.")


def _what_is_missing(stands: dict[int, Standing]) -> str:
    return " ".join(f"{each.partner}: {each.missing}" for each in stands.values() if each.missing)


def _pinned(run: PayoutRun, line: FeeLine, stands: Standing) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "partner_id": line.partner_id,
        "fee_line_id": line.id,
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "payout_details_id": stands.details_id,
        "is_live": True,
    }


def _payment(line: FeeLine) -> Entry:
    return Entry(
        key=f"pay:{line.ref}",
        partner_id=line.partner_id,
        ref=line.ref,
        debit=AccountKind.PAYABLE,
        credit=AccountKind.CASH,
        amount_minor=line.amount_minor,
        currency=line.currency,
    )


def _facts(run: PayoutRun, by: User, now: datetime) -> dict[str, Any]:
    of_run = {name: getattr(run, name) for name in ("ref", "total_minor", "currency", "line_count")}
    return {**of_run, "by": by.id, "at": now, "run_id": run.id}
