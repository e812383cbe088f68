"""Who can be told. Nobody who is disabled is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from portal.auth.models import RoleGrant, User
from portal.auth.rules import Role
from portal.events import Event
from portal.extensions import Kept, db
from portal.formats import DAYS, day_words
from portal.program import the_program
from portal.scope import READER, all_partners, owned_by

LEADS = (Role.PARTNER_ADMIN,)
SIGNERS = (Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY)
PAID = (Role.PARTNER_ADMIN, Role.PARTNER_FINANCE)


@dataclass(frozen=True)
class Reader:
    """A person who is told, with the zone that times are told in."""

    id: int
    name: str
    email: str
    """Empty where the account is nobody's, because its address is another account's."""
    partner_id: int | None
    roles: frozenset[Role]
    zone: ZoneInfo
    now: datetime
    mails: Mapping[str, str] | None = None
    """How soon each kind of message is sent, where that is not at once."""
    stands_in: bool = False
    """One of us, for a company of which nobody is left to tell."""

    def when(self, at: datetime) -> str:
        """`Tue 17 Nov, 10:02 CET` where the reader is: a mail is read anywhere, and shows nothing on hover."""
        local = at.astimezone(self.zone)
        zone = local.strftime("%Z")
        named = zone if zone[0].isalpha() else f"UTC{zone}"
        return f"{DAYS[local.weekday()]} {self.day(local.date())}, {local:%H:%M} {named}"

    def day(self, on: date) -> str:
        """`17 Nov`, with the year where it is not this one."""
        return day_words(on, self.now.astimezone(self.zone).date())

    def day_of(self, at: datetime) -> str:
        return self.day(at.astimezone(self.zone).date())

    def next_step(self, deal: Any) -> str:
        """`Next: Send the offer, by 17 Nov.`; nothing where none is set."""
        by = f", by {self.day(deal.next_step_on)}" if deal.next_step_on else ""
        return f"Next: {deal.next_step}{by}." if deal.next_step else ""


def company(event: Event, roles: Iterable[Role], *, also: Iterable[int] = ()) -> list[Reader]:
    """The people of the event's company who hold one of the roles, and these whatever they hold.

    Where none of them is left, those of us who look after partners."""
    return company_of(partner_of(event), roles, event.at, also=also)


def company_of(partner_id: int, roles: Iterable[Role], now: datetime, *, also: Iterable[int] = ()) -> list[Reader]:
    """The same of a company that the event is not about, but tells something."""
    asked = {"whose": partner_id, "roles": list(roles), "also": list(also)}
    found = _readers(_OF_COMPANY.read(asked), now)
    return found or _in_their_stead(now)


def _in_their_stead(now: datetime) -> list[Reader]:
    return [replace(reader, stands_in=True) for reader in staff(Role.PARTNER_MANAGER, now)]


def company_and_staff(
    event: Event, roles: Iterable[Role], role: Role, *, also: Iterable[int] = ()
) -> tuple[list[Reader], list[Reader]]:
    """Both at once: the people of the event's company, and those of us who hold the role."""
    asked = {"whose": partner_of(event), "roles": list(roles), "also": list(also), "staff_roles": _or_admins(role)}
    found = sorted(_readers(_OF_BOTH.read(asked), event.at), key=lambda reader: reader.id)
    theirs = [reader for reader in found if reader.partner_id is not None]
    ours = [reader for reader in found if reader.partner_id is None]
    return theirs or _in_their_stead(event.at), _holders_of(role, ours)


def partner_of(event: Event) -> int:
    if event.partner_id is None:
        raise ValueError(f"{type(event).__name__} of {event.ref} is about no company")
    return event.partner_id


def companies(partner_ids: Iterable[int], roles: Iterable[Role], now: datetime) -> list[Reader]:
    """The same of many companies at once."""
    holders = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(list(roles)))
    wanted = _PEOPLE.where(User.partner_id.in_(list(partner_ids)), User.id.in_(holders))
    return _readers(db.session.execute(all_partners(wanted, "each is told of its own company only")), now)


def staff(role: Role, now: datetime) -> list[Reader]:
    """Those of us who hold the role; where nobody does, the program admins."""
    return _holders_of(role, _readers(_OF_STAFF.read({"staff_roles": _or_admins(role)}), now))


def _or_admins(role: Role) -> list[Role]:
    return [role, Role.PROGRAM_ADMIN]


def _holders_of(role: Role, found: list[Reader]) -> list[Reader]:
    return [reader for reader in found if role in reader.roles] or found


def person(user_id: int, now: datetime) -> list[Reader]:
    wanted = _PEOPLE.where(User.id == user_id)
    return _readers(db.session.execute(all_partners(wanted, "the person whom the event is about")), now)


_COLUMNS: tuple[Any, ...] = (User.id, User.name, User.email, User.invited_as, User.partner_id, User.time_zone)
_people: Any = (
    sa.select(*_COLUMNS, User.mails, RoleGrant.role)
    .join(RoleGrant, RoleGrant.user_id == User.id)
    .where(User.disabled_at.is_(None))
)
_PEOPLE = _people.order_by(User.id)


def _holding(roles: str) -> Any:
    wanted: sa.BindParameter[Any] = sa.bindparam(roles, type_=RoleGrant.role.type, expanding=True)
    return sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(wanted))


_WHOSE: sa.BindParameter[int] = sa.bindparam("whose")
_ALSO: sa.BindParameter[Any] = sa.bindparam("also", expanding=True)
_of_company = _people.where(
    User.partner_id == _WHOSE,
    User.id.in_(_holding("roles").where(RoleGrant.partner_id == _WHOSE)) | User.id.in_(_ALSO),
)
_of_staff = _people.where(
    User.partner_id.is_(None), User.id.in_(_holding("staff_roles").where(RoleGrant.partner_id.is_(None)))
)
_WHY = "our own people, beside those of the company that an event is about"
_OF_COMPANY = Kept(owned_by(_of_company.order_by(User.id), READER))
_OF_STAFF = Kept(all_partners(_of_staff.order_by(User.id), _WHY))
_OF_BOTH = Kept(all_partners(sa.union_all(_of_company, _of_staff), _WHY))


def _readers(found_rows: Iterable[Any], now: datetime) -> list[Reader]:
    program = the_program()
    usual = program.time_zone if program else "UTC"
    rows = list(found_rows)
    roles: defaultdict[int, set[Role]] = defaultdict(set)
    for row in rows:
        roles[row.id].add(row.role)
    found = {
        row.id: Reader(
            row.id,
            row.name,
            "" if row.invited_as else row.email,
            row.partner_id,
            frozenset(roles[row.id]),
            ZoneInfo(row.time_zone or usual),
            now,
            row.mails,
        )
        for row in rows
    }
    return list(found.values())
