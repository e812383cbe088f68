from portal.deals.events import DealHandedOver, DealLost, DealMoved, DealMoveUndone, DealParked, DealReturned
from portal.deals.rules import Stage, nurture_steps
from portal.events import reacts_to
from portal.sla.queries import today_of
from portal.tasks import actions, queries


@reacts_to(DealParked)
def stay_in_touch(event: DealParked) -> None:
    if event.with_steps:
        steps = nurture_steps(today_of(event.at), event.until_on)
        actions.keep_in_touch(event.by, event.deal_id, queries.owner_of(event.deal_id), steps, event.at)


@reacts_to(DealReturned)
def back_from_nurture(event: DealReturned) -> None:
    actions.drop_nurture(event.deal_id, event.at)


@reacts_to(DealMoved)
def moved_out_of_nurture(event: DealMoved) -> None:
    if event.now is Stage.PARKED:
        actions.drop_nurture(event.deal_id, event.at)


@reacts_to(DealLost)
def lost_in_nurture(event: DealLost) -> None:
    if event.was_parked:
        actions.drop_nurture(event.deal_id, event.at)


@reacts_to(DealMoveUndone)
def parked_by_mistake(event: DealMoveUndone) -> None:
    if event.now is Stage.PARKED:
        actions.drop_nurture(event.deal_id, event.at)


@reacts_to(DealHandedOver)
def go_along(event: DealHandedOver) -> None:
    actions.pass_on(event.by, event.deal_id, event.before_user_id, event.owner_user_id, event.at)
