"""The one place where a deal changes its stage, with what follows at once: the promised first contact, the partner's
protection, the times, the next step. It keeps how the deal stood before, for a day's undo."""

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.deals import rules, shares, updates
from portal.deals.models import Deal
from portal.deals.rules import Details, Stage
from portal.deals.steps import step_after
from portal.protections import actions as protections
from portal.referrals import actions as referrals
from portal.referrals.rules import Ending
from portal.sla import actions as sla
from portal.sla.queries import today_of
from portal.sla.rules import ClockKind, ClockState

_IN_TOUCH = frozenset({Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL, Stage.WON})
_TIME_OF = {Stage.CONTACTED: "contacted_at", Stage.MEETING: "meeting_at", Stage.PROPOSAL: "proposal_at"}
_CLOSED = frozenset({Stage.WON, Stage.LOST, Stage.CANCELLED, Stage.MERGED})
_KEPT = (
    *("stage", "stage_since", "pipeline", "next_step", "next_step_on", "probability", "reopened"),
    *("contacted_at", "meeting_at", "proposal_at", "closed_at", "won_on", "value_minor"),
    *("lost_reason", "close_note", "parked_until", "parked_from", "parked_because", "merged_into_id"),
)
_KIND = ClockKind.FIRST_CONTACT
_ENDS = {Stage.WON: Ending.DEAL_WON, Stage.LOST: Ending.DEAL_LOST}


def shift(deal: Deal, then: Stage, now: datetime, details: Details) -> None:
    """Put the deal at this stage. Whether it may go there was decided before.

    What reads or writes other rows comes first: the deal is written once, so that its version counts moves."""
    kept = {name: _plain(getattr(deal, name)) for name in _KEPT} | {"moved_at": now.isoformat()}
    if _owes_contact(deal):
        kept["clock"] = sla.kept(deal.ref, _KIND)
        kept["lengthened"] = _lengthen(deal, _follow_clock(deal, then, now))
    was, today = deal.stage, today_of(now)
    _follow_protection(deal, then, now)
    deal.update_due_at = updates.follow(deal, then, now)
    deal.stage, deal.stage_since, deal.pipeline = then, now, rules.pipeline_of(then)
    deal.reopened += was is Stage.LOST and then in rules.OPEN_STAGES
    deal.probability, deal.before = None, kept
    _note_times(deal, then, now)
    _note_details(deal, was, details)
    step = step_after(then, today, details.parked_until)
    deal.next_step, deal.next_step_on = step.text, step.on
    plan(deal, today)


def put_back(deal: Deal, now: datetime) -> None:
    """Put the deal back to how it stood before its last move, as far as that can still be undone."""
    before = dict(deal.before or {})
    moved_at = before.pop("moved_at", None)
    rules.check_undo(datetime.fromisoformat(moved_at) if moved_at else None, now)
    today, clock = today_of(now), before.pop("clock", None)
    if clock is not None:
        sla.put_back(deal.ref, _KIND, clock)
    for partner_id, referral_id, seconds in before.pop("lengthened", []):
        referrals.lengthen_protection(partner_id, referral_id, timedelta(seconds=-seconds))
    _follow_protection(deal, Stage(before["stage"]), now, undone=True)
    deal.update_due_at = updates.follow(deal, Stage(before["stage"]), now)
    for name, value in before.items():
        setattr(deal, name, _typed(name, value))
    deal.before = None
    plan(deal, today)


def plan(deal: Deal, today: date) -> None:
    """From when it counts as stalled, unless somebody touches it, and when its owner is written to."""
    rules.check_next_step(deal.stage, deal.next_step, deal.next_step_on)
    deal.stalls_on = rules.stalls_on(deal.stage, deal.next_step_on, today)
    deal.alert_on = rules.alert_on(deal.stage, deal.stalls_on, deal.parked_until)


def _owes_contact(deal: Deal) -> bool:
    """A promise of first contact still runs or rests. A deal that was lost before it is promised none again."""
    is_open = deal.stage is not Stage.LOST and not deal.reopened
    return deal.referral_id is not None and deal.contacted_at is None and is_open


def _follow_clock(deal: Deal, then: Stage, now: datetime) -> timedelta:
    """The promised first contact: met when they were reached, at rest while the deal is, dropped with a lost one.

    Returns by how much we were late since the deal came to its stage. While it was parked the protection rested, so
    that time is counted already."""
    if then in _IN_TOUCH:
        clock = sla.meet(deal.ref, _KIND, now)
    elif then is Stage.PARKED:
        clock = sla.pause(deal.ref, _KIND, now)
    else:
        (sla.release if then is Stage.LOST else sla.resume)(deal.ref, _KIND, now)
        return timedelta()
    if clock.state is not ClockState.BREACHED or deal.stage is Stage.PARKED:
        return timedelta()
    return now - max(clock.due_at, deal.stage_since)


def _lengthen(deal: Deal, by: timedelta) -> list[tuple[int, int, float]]:
    """Make the protection of each whose deal it is longer. Returns whose, by how many seconds."""
    longer = [(*own, by.total_seconds()) for own in _brought_by(deal)] if by else []
    for partner_id, referral_id, _ in longer:
        referrals.lengthen_protection(partner_id, referral_id, by)
    return longer


def _follow_protection(deal: Deal, then: Stage, now: datetime, *, undone: bool = False) -> None:
    """It ends with the deal, comes back with it, and rests while it is parked."""
    comes_back = undone
    for partner_id, referral_id in _brought_by(deal):
        own = (partner_id, referral_id, now)
        if deal.stage in _ENDS and then in rules.OPEN:  # those who share it come back together, not one by one
            comes_back = protections.return_with_deal(*own, undone=comes_back)
        if then is Stage.PARKED and deal.stage is not Stage.PARKED:
            protections.pause(*own)
        elif deal.stage is Stage.PARKED and then is not Stage.PARKED:
            protections.resume(*own, rested=not undone)
        if then in _ENDS:
            protections.end_with_deal(partner_id, referral_id, _ENDS[then], now)


def _brought_by(deal: Deal) -> list[tuple[int, int]]:
    """The partner who brought it, and those who share it, each with the referral by which; nobody of other channels."""
    if deal.partner_id is None or deal.referral_id is None:
        return []
    return [
        (deal.partner_id, deal.referral_id),
        *((each.partner_id, each.referral_id) for each in shares.joined(deal.id)),
    ]


def follow_restored(deal: Deal, partner_id: int, referral_id: int, now: datetime) -> None:
    """A protection that was revoked holds again: it does what the deal's moves would have done to it meanwhile."""
    if deal.stage is Stage.PARKED:
        protections.pause(partner_id, referral_id, now)
    elif deal.stage in (*_ENDS, Stage.CANCELLED):
        protections.end_with_deal(partner_id, referral_id, _ENDS.get(deal.stage, Ending.DEAL_WON), now)


def _note_times(deal: Deal, then: Stage, now: datetime) -> None:
    if then in _IN_TOUCH and deal.contacted_at is None:
        deal.contacted_at = now
    if (column := _TIME_OF.get(then)) and getattr(deal, column) is None:
        setattr(deal, column, now)
    deal.closed_at = now if then in _CLOSED else None


def _note_details(deal: Deal, was: Stage, details: Details) -> None:
    then = deal.stage
    is_parked = then is Stage.PARKED
    deal.parked_until = details.parked_until if is_parked else None
    deal.parked_from = was if is_parked else None
    deal.parked_because = details.parked_because if is_parked else None
    deal.lost_reason = details.lost_reason if then is Stage.LOST else None
    if then is Stage.WON:
        deal.value_minor, deal.won_on = details.value_minor, details.won_on
    deal.close_note = details.cancel_reason if then is Stage.CANCELLED else ""


def _plain(value: Any) -> Any:
    """As JSON holds it; words of a rule are text already."""
    return value.isoformat() if isinstance(value, date) else value


def _typed(name: str, value: Any) -> Any:
    kind: Any = sa.inspect(Deal).columns[name].type.python_type
    if value is None:
        return None
    return kind.fromisoformat(value) if issubclass(kind, date) else kind(value)
