"""Who is told how a deal goes: qualified, moved, resting, back, still, lost; and of tasks whose day has come."""

from functools import partial
from typing import Any

from portal.deals.events import (
    DealLost,
    DealMoved,
    DealMoveUndone,
    DealOpened,
    DealParked,
    DealReturned,
    DealReturnsSoon,
    DealStalled,
    ShareAgreed,
)
from portal.deals.rules import LABEL, LOST_LABEL, OPEN_STAGES, Stage
from portal.events import reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import deals, tasks
from portal.notifications.readers import LEADS, company, person
from portal.notifications.rules import is_ahead
from portal.notifications.sides import tell_sides
from portal.tasks.events import TaskDue

STEPS = {Stage.CONTACTED: deals.contacted, Stage.MEETING: deals.meeting, Stage.PROPOSAL: deals.proposal}
# A step back that only tidies up is not told, as the step itself was not.
_TOLD = frozenset(Stage) - {Stage.NEW}


@reacts_to(DealOpened)
def deal_opened(event: DealOpened) -> None:
    """Qualifying a referral opens its deal: the partner hears who calls, the owner whom to call."""
    tell_sides(
        event,
        event.deal_id,
        lambda deal, reader: deals.qualified(
            **_who(deal), due=reader.when(deal.due_at), protected_until=reader.day_of(deal.ends_at)
        ),
    )
    if event.referral_ref is not None:
        deal = queries.deal(event.deal_id)
        yours = partial(deals.yours, company=deal.company, partner=deal.partner, contact=deal.contact, ref=deal.ref)
        tell(event, person(event.owner_user_id, event.at), lambda reader: yours(due=reader.when(deal.due_at)))


@reacts_to(DealMoved)
def deal_moved(event: DealMoved) -> None:
    """Steps ahead, a conversation taken up again, a cancellation. Steps back are the owner's bookkeeping."""
    if event.then is Stage.CANCELLED:
        return tell_sides(
            event,
            event.deal_id,
            lambda deal, _: deals.cancelled(company=deal.company, reason=deal.close_note, ref=deal.referral_ref),
        )
    if not is_ahead(event.now, event.then):
        return None
    words = STEPS[event.then] if event.now in OPEN_STAGES else deals.taken_up_again
    return tell_sides(event, event.deal_id, lambda deal, reader: words(**_who(deal), next_step=reader.next_step(deal)))


@reacts_to(DealLost)
def deal_lost(event: DealLost) -> None:
    reason = LOST_LABEL[event.reason]
    tell_sides(
        event,
        event.deal_id,
        lambda deal, _: deals.lost(company=deal.company, reason=reason, ref=deal.referral_ref),
    )


@reacts_to(DealParked)
def deal_parked(event: DealParked) -> None:
    tell_sides(event, event.deal_id, lambda deal, reader: deals.parked(**_who(deal), until=reader.day(event.until_on)))


@reacts_to(DealReturned)
def back_from_nurture(event: DealReturned) -> None:
    deal = queries.deal(event.deal_id)
    mine = deals.back_to_you(company=deal.company, ref=deal.ref)
    tell(event, person(deal.owner_id, event.at), lambda _: mine)
    tell_sides(
        event, event.deal_id, lambda deal, reader: deals.returned(**_who(deal), next_step=reader.next_step(deal))
    )


@reacts_to(DealMoveUndone)
def moved_by_mistake(event: DealMoveUndone) -> None:
    if event.now in _TOLD:
        words = {"now": LABEL[event.now].lower(), "then": LABEL[event.then].lower()}
        tell_sides(event, event.deal_id, lambda deal, _: deals.undone(**_who(deal), **words))


@reacts_to(DealStalled)
def stands_still(event: DealStalled) -> None:
    deal = queries.deal(event.deal_id)
    words = partial(deals.stalled, company=deal.company, next_step=deal.next_step.rstrip(". "), ref=deal.ref)
    tell(event, person(event.owner_user_id, event.at), lambda reader: words(on=reader.day(deal.next_step_on)))


@reacts_to(DealReturnsSoon)
def returns_soon(event: DealReturnsSoon) -> None:
    deal = queries.deal(event.deal_id)
    words = partial(deals.returns_soon, company=deal.company, ref=deal.ref)
    tell(event, person(event.owner_user_id, event.at), lambda reader: words(until=reader.day(event.until_on)))


@reacts_to(TaskDue)
def task_is_due(event: TaskDue) -> None:
    task = queries.task(event.task_id)
    path = f"/staff/deals/{task.deal_ref}" if task.deal_ref else "/staff/tasks/"
    told = tasks.due(title=task.title, company=task.company or "", path=path)
    tell(event, person(event.owner_user_id, event.at), lambda _: told)


@reacts_to(ShareAgreed)
def share_agreed(event: ShareAgreed) -> None:
    """Each partner of its own share; what the others have, it never hears."""
    deal = queries.deal(event.deal_id, event.partner_id)
    told = deals.shared(company=deal.company, owner=deal.owner, percent=event.percent, ref=deal.referral_ref)
    tell(event, company(event, LEADS, also=[deal.by_id]), lambda _: told)


def _who(deal: Any) -> dict[str, str]:
    return {"company": deal.company, "owner": deal.owner, "contact": deal.contact, "ref": deal.referral_ref}
