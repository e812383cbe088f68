"""Emergency access is told to all who answer for people and money, whoever caused it, and to the person who gets it."""

from collections.abc import Callable
from functools import partial

from portal.auth.rules import Role
from portal.emergency.events import (
    EmergencyAsked,
    EmergencyEnded,
    EmergencyGranted,
    EmergencyLapsed,
    EmergencyRefused,
    OfEmergency,
)
from portal.events import reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import Message
from portal.notifications.messages import emergency as words
from portal.notifications.readers import Reader, person, staff

TOLD = (Role.PROGRAM_ADMIN, Role.AUDITOR, Role.FINANCE_MAKER, Role.FINANCE_APPROVER)


@reacts_to(EmergencyAsked)
def asked(event: EmergencyAsked) -> None:
    grant = queries.emergency(event.grant_id)
    told = words.asked(**_who(event), hours=event.hours, reason=grant.reason, who=grant.who)
    _tell_all(event, lambda _: told)


@reacts_to(EmergencyGranted)
def granted(event: EmergencyGranted) -> None:
    grant, who = queries.emergency(event.grant_id), _who(event)
    _tell_all(event, lambda reader: words.granted(**who, until=reader.when(grant.ends_at), reason=grant.reason))


@reacts_to(EmergencyRefused)
def refused(event: EmergencyRefused) -> None:
    told = words.refused(**_who(event))
    _tell_all(event, lambda _: told)


@reacts_to(EmergencyLapsed)
def lapsed(event: EmergencyLapsed) -> None:
    """Whoever asked, and whoever was to get it: the others had a day to confirm it."""
    grant = queries.emergency(event.grant_id)
    asker, name = queries.name_of(grant.asked_by_id), queries.name_of(event.user_user_id)
    told = partial(words.lapsed, ref=event.ref, name=name, role=event.role, who=grant.who)
    readers = [*person(grant.asked_by_id, event.at), *person(event.user_user_id, event.at)]
    tell(
        event,
        {reader.id: reader for reader in readers}.values(),
        lambda reader: told(asker="" if reader.id == grant.asked_by_id else asker),
    )


@reacts_to(EmergencyEnded)
def ended(event: EmergencyEnded) -> None:
    told = words.ended(**_who(event))
    _tell_all(event, lambda _: told)


def _tell_all(event: OfEmergency, message: Callable[[Reader], Message]) -> None:
    readers = [reader for role in TOLD for reader in staff(role, event.at)] + person(event.user_user_id, event.at)
    tell(event, {reader.id: reader for reader in readers}.values(), message, receipt=True)


def _who(event: OfEmergency) -> dict[str, str]:
    names = {"by": queries.name_of(event.by), "name": queries.name_of(event.user_user_id)}
    return names | {"ref": event.ref, "role": event.role}
