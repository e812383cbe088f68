"""Who is told that a promise is near or missed, how a deal stands, and who owns it from here on."""

from collections.abc import Callable
from functools import partial
from typing import Any

from portal.auth.rules import Role
from portal.deals.events import DealHandedOver, DealsHandedOver, DealUpdateGiven
from portal.events import Event, reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import Message, promises
from portal.notifications.readers import LEADS, Reader, company, person, staff
from portal.notifications.sides import tell_sides
from portal.routing.queries import away
from portal.routing.rules import taker
from portal.sla.events import ClockBreached, ClockNearlyDue
from portal.sla.rules import ClockKind

OUR_TEAM = "Our team"


@reacts_to(ClockNearlyDue)
def promise_is_near(event: ClockNearlyDue) -> None:
    if event.kind in promises.WHAT and (about := queries.promised_to(event.ref)):
        said = {"what": promises.WHAT[event.kind], "company": about.company, "partner": about.partner}
        words = partial(promises.near, **said, path=about.path)
        tell(event, _who_owes(event, about), lambda reader: words(due=reader.when(event.due_at)))


@reacts_to(ClockBreached)
def promise_is_missed(event: ClockBreached) -> None:
    """Whoever owes it, those who look after partners, and the partner: each once."""
    if event.kind not in promises.WHAT or (about := queries.promised_to(event.ref)) is None:
        return None
    due_at = queries.missed_at(event.ref, event.kind)
    owed: dict[str, Any] = {"what": promises.WHAT[event.kind], "is_answer": event.kind is not ClockKind.PERIODIC_UPDATE}
    ours = {reader.id: reader for reader in _who_owes(event, about)}
    ours |= {reader.id: reader for reader in staff(Role.PARTNER_MANAGER, event.at)}
    who = f"{about.owner} owns the deal." if about.owner else ""
    words = partial(
        promises.missed_by_us, company=about.company, partner=about.partner, who=who, path=about.path, **owed
    )
    tell(event, ours.values(), lambda reader: words(due=reader.when(due_at)))
    late: Callable[..., Message] = partial(promises.missed, who=about.owner or OUR_TEAM, **owed)
    if event.ref == about.deal_ref:
        return tell_sides(event, about.deal_id, lambda deal, reader: late(**_own(deal), due=reader.when(due_at)))
    return tell(event, company(event, LEADS, also=[about.by_id]), lambda to: late(**_own(about), due=to.when(due_at)))


@reacts_to(DealUpdateGiven)
def deal_stands(event: DealUpdateGiven) -> None:
    text, by = queries.update_text(event.update_id), queries.name_of(event.by)
    tell_sides(event, event.deal_id, lambda deal, _: promises.update(**_own(deal), owner=by, text=text))


@reacts_to(DealHandedOver)
def deal_handed_over(event: DealHandedOver) -> None:
    deal = queries.deal(event.deal_id)
    tell_sides(
        event,
        event.deal_id,
        lambda theirs, _: promises.looked_after(
            **_own(theirs), owner=theirs.owner, contact=theirs.contact or theirs.company
        ),
    )
    if event.is_one_of_many:
        return
    path, before = f"/staff/deals/{deal.ref}", queries.name_of(event.before_user_id)
    yours = partial(promises.handed_to_you, company=deal.company, before=before, path=path)
    tell(event, person(event.owner_user_id, event.at), lambda reader: yours(next_step=reader.next_step(deal)))
    gone = promises.handed_on(company=deal.company, owner=deal.owner, path=path)
    tell(event, person(event.before_user_id, event.at), lambda _: gone)


@reacts_to(DealsHandedOver)
def deals_handed_over(event: DealsHandedOver) -> None:
    told = promises.many_to_you(
        number=event.number, before=queries.name_of(event.from_user_id), path="/staff/deals/board"
    )
    tell(event, person(event.owner_user_id, event.at), lambda _: told)


def _who_owes(event: Event, about: Any) -> list[Reader]:
    """The owner of the deal, or who stands in for them; before there is a deal, whoever decides on referrals."""
    if about.owner_id is None:
        return staff(Role.QUALIFIER, event.at)
    here = taker(about.owner_id, away(event.at))
    return person(about.owner_id if here is None else here, event.at)


def _own(about: Any) -> dict[str, str]:
    """What the reader calls it, and where they find it."""
    return {"company": about.company, "ref": about.referral_ref}
