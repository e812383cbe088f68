from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import clock
from portal.auth.models import RoleGrant, User
from portal.auth.rules import STAFF_ROLES, Role
from portal.extensions import Kept, db
from portal.partners.models import Partner
from portal.routing.models import Absence, RoutingMember, RoutingRule, WorkLimit
from portal.routing.rules import Away, Conditions, Facts, Member, Person, Rule, covered_by, taker
from portal.routing.words import label, spoken_in
from portal.scope import all_partners
from portal.sla.queries import ZONE, day_in

_DAY = timedelta(days=1)
_OURS = "names of our own people"


@dataclass(frozen=True)
class Named:
    """A person in a list."""

    id: int
    ref: str
    name: str
    person: Person


@dataclass(frozen=True)
class Listed:
    """A rule with what its page shows of it."""

    ref: str
    version: int
    is_on: bool
    rule: Rule
    partner: str
    names: Mapping[int, str]


def listed() -> list[Listed]:
    """All rules in their order, those that are switched off too."""
    rule, member = RoutingRule, RoutingMember
    wanted = (
        sa.select(rule, member.user_id, member.weight, member.credit, User.name, Partner.name.label("partner"))
        .join(member, member.rule_id == rule.id)
        .join(User, User.id == member.user_id)
        .outerjoin(Partner, Partner.id == rule.for_partner_id)
        .order_by(rule.position, rule.id, member.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(all_partners(wanted, "rules about partners, for those who keep them")):
        found.setdefault(row.RoutingRule.id, []).append(row)
    return [_listed(number, rows) for number, rows in enumerate(found.values(), 1)]


def rules() -> list[Rule]:
    """Those that are switched on, in their order."""
    return [each.rule for each in listed() if each.is_on]


def hold_rules() -> None:
    """Until this transaction ends nobody else takes a turn of a pool. In one order, so that two wait one for the
    other."""
    db.session.execute(sa.select(RoutingRule.id).order_by(RoutingRule.id).with_for_update()).all()


def people(open_deals: Mapping[int, int], today: date) -> list[Named]:
    """Everybody who can own a deal, by name; `open_deals` by person."""
    own = (
        sa.select(User.id, User.ref, User.name, WorkLimit.most_open, Absence.until_on, Absence.stand_in_id)
        .join(RoleGrant, (RoleGrant.user_id == User.id) & (RoleGrant.role == Role.SALES_OWNER))
        .outerjoin(WorkLimit, WorkLimit.user_id == User.id)
        .outerjoin(Absence, (Absence.user_id == User.id) & _holds_on(today))
        .where(User.disabled_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [
        Named(row.id, row.ref, row.name, _person(row, open_deals))
        for row in db.session.execute(all_partners(own, "who of us can own a deal"))
    ]


def facts(*, country: str, industry: str, employees: int | None, partner: Any) -> Facts:
    """What rules look at; `partner` has id and country, or is none."""
    home = partner.country if partner else ""
    return Facts(
        country=country,
        industry=industry,
        employees=employees,
        partner_id=partner.id if partner else None,
        languages=spoken_in(country) | spoken_in(home),
    )


def partner(partner_id: int) -> Any:
    """id and country of the partner that brought a deal."""
    wanted = sa.select(Partner.id, Partner.country).where(Partner.id == partner_id)
    return db.session.execute(all_partners(wanted, "the partner that brought a deal")).one()


def partner_called(text: str) -> Any:
    """id, ref, name and country of the partner of this reference or whole name; None where there is none."""
    same = (Partner.ref == text.upper()) | (sa.func.lower(Partner.name) == text.lower())
    wanted = sa.select(Partner.id, Partner.ref, Partner.name, Partner.country).where(same).order_by(Partner.id).limit(1)
    return db.session.execute(all_partners(wanted, "staff see all partners")).one_or_none()


def rule(ref: str) -> RoutingRule:
    """Locked; 404 where there is none of this name."""
    found: RoutingRule = db.one_or_404(sa.select(RoutingRule).where(RoutingRule.ref == ref).with_for_update())
    return found


def away(now: datetime) -> dict[int, Away]:
    """Everybody of ours who is away at this moment."""
    wanted = sa.select(Absence.user_id, Absence.from_on, Absence.until_on, Absence.stand_in_id, ZONE.label("zone"))
    return {
        row.user_id: Away(row.until_on, row.stand_in_id)
        for row in _here(db.session.execute(wanted.where(_MAY_HOLD), _near(now)), now)
    }


def covered(user_id: int) -> list[int]:
    """For whom this person stands in at this moment."""
    return covered_by(user_id, away(clock.now()))


@dataclass(frozen=True)
class OwnAbsence:
    until: date
    stand_in: str
    """Whoever does the work meanwhile; empty where it goes by the rules."""


def standing(user_id: int, now: datetime) -> tuple[OwnAbsence | None, dict[int, str]]:
    """Whether this person is away now, and for whom they stand in, by name."""
    found = {row.user_id: row for row in _here(_AWAY.read(_near(now)), now)}
    gone = {key: Away(row.until_on, row.stand_in_id) for key, row in found.items()}
    own = found.get(user_id)
    names = {row.stand_in_id: row.stand_in for row in found.values()}
    does_it = names.get(taker(user_id, gone), "")
    covered = {each: found[each].name for each in covered_by(user_id, gone)}
    return OwnAbsence(own.until_on, does_it) if own else None, covered


def absences(user_id: int, today: date) -> Sequence[Any]:
    """Those that are not over: ref, from_on, until_on, name of the stand-in."""
    stand_in = aliased(User)
    wanted = (
        sa.select(Absence.ref, Absence.from_on, Absence.until_on, stand_in.name.label("stand_in"))
        .outerjoin(stand_in, stand_in.id == Absence.stand_in_id)
        .where(Absence.user_id == user_id, Absence.until_on >= today)
        .order_by(Absence.from_on)
    )
    return db.session.execute(all_partners(wanted, _OURS)).all()


def overlaps(user_id: int, from_on: date, until_on: date) -> bool:
    wanted = sa.exists().where(Absence.user_id == user_id, Absence.from_on <= until_on, Absence.until_on >= from_on)
    return bool(db.session.scalar(sa.select(wanted)))


def absence(user_id: int, ref: str) -> Absence:
    """One of this person's; 404 for anything else."""
    found: Absence = db.one_or_404(sa.select(Absence).where(Absence.ref == ref, Absence.user_id == user_id))
    return found


def colleagues(but: int) -> Sequence[Any]:
    """Who can stand in: id, ref, name."""
    ours = sa.select(RoleGrant.user_id).where(RoleGrant.role.in_(STAFF_ROLES))
    wanted = sa.select(User.id, User.ref, User.name).where(
        User.id.in_(ours), User.id != but, User.disabled_at.is_(None), User.accepted_at.is_not(None)
    )
    return db.session.execute(all_partners(wanted.order_by(User.name), _OURS)).all()


def _here(found: Iterable[Any], now: datetime) -> Iterator[Any]:
    """Of absences with their `zone`, those that hold today, there: which day that is is read with them."""
    return (row for row in found if row.from_on <= day_in(row.zone, now) <= row.until_on)


def _near(now: datetime) -> dict[str, date]:
    """The values of `_MAY_HOLD`: today, somewhere on earth."""
    return {"earliest": (now - _DAY).date(), "latest": (now + _DAY).date()}


_MAY_HOLD = (Absence.until_on >= sa.bindparam("earliest", type_=sa.Date())) & (
    Absence.from_on <= sa.bindparam("latest", type_=sa.Date())
)


def _holds_on(today: date) -> sa.ColumnElement[bool]:
    return (Absence.until_on >= today) & (Absence.from_on <= today)


def _person(row: Any, open_deals: Mapping[int, int]) -> Person:
    gone = Away(row.until_on, row.stand_in_id) if row.until_on else None
    return Person(row.id, open_deals.get(row.id, 0), row.most_open, gone)


def _listed(number: int, rows: Sequence[Any]) -> Listed:
    row = rows[0].RoutingRule
    conditions = Conditions(
        countries=frozenset(row.countries),
        words=tuple(row.words),
        employees_from=row.employees_from,
        employees_to=row.employees_to,
        partner_id=row.for_partner_id,
        languages=frozenset(row.languages),
    )
    members = tuple(Member(each.user_id, each.weight, each.credit) for each in rows)
    rule = Rule(row.id, number, label(conditions), conditions, members)
    names = {each.user_id: each.name for each in rows}
    return Listed(row.ref, row.version, row.off_since is None, rule, rows[0].partner or "", names)


_Taker = aliased(User)
_AWAY = Kept(
    all_partners(
        sa.select(Absence.user_id, Absence.from_on, Absence.until_on, Absence.stand_in_id, ZONE.label("zone"))
        .add_columns(User.name, _Taker.name.label("stand_in"))
        .join(User, User.id == Absence.user_id)
        .outerjoin(_Taker, _Taker.id == Absence.stand_in_id)
        .where(_MAY_HOLD),
        _OURS,
    )
)
