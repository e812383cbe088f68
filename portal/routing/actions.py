"""Rules about who gets new deals, how many each gets, and who is away."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.refs import new_ref
from portal.routing import queries
from portal.routing.events import (
    AbsenceEnded,
    AbsenceNoted,
    RoutingRuleAdded,
    RoutingRuleChanged,
    RoutingRuleDeleted,
    RoutingRuleMoved,
    RoutingRuleRested,
    RoutingRuleResumed,
    WorkLimitSet,
)
from portal.routing.models import Absence, RoutingMember, RoutingRule, WorkLimit
from portal.routing.rules import NOBODY, Choice, Conditions, Facts, choose
from portal.sla.queries import today_of

Members = Mapping[int, int]
"""Weights by person."""


def assign(facts: Facts, open_deals: Mapping[int, int], *, now: datetime, but: int | None = None) -> Choice:
    """Who gets this deal, somebody other than `but`; in a pool they have had their turn with it.

    Raises Refused where nobody can own it."""
    queries.hold_rules()
    people = [each.person for each in queries.people(open_deals, today_of(now)) if each.id != but]
    choice = choose(queries.rules(), facts, people)
    for user_id, credit in choice.credits.items():
        owed = sa.update(RoutingMember).where(RoutingMember.rule_id == choice.rule_id, RoutingMember.user_id == user_id)
        db.session.execute(owed.values(credit=credit))
    return choice


def add_rule(by: User, *, now: datetime, conditions: Conditions, members: Members) -> RoutingRule:
    """The last in the list. Raises Refused where it names nobody."""
    _check(members)
    last = db.session.scalar(sa.select(sa.func.max(RoutingRule.position))) or 0
    rule = RoutingRule(ref=new_ref("RR", RoutingRule.ref), position=last + 1, **_columns(conditions))
    db.session.add(rule)
    db.session.flush()
    _name(rule, members)
    publish(RoutingRuleAdded(by=by.id, at=now, ref=rule.ref))
    return rule


def change_rule(
    by: User, rule: RoutingRule, *, seen_version: int, now: datetime, conditions: Conditions, members: Members
) -> None:
    """Other conditions, other people; the round begins anew. Raises Overtaken on an older version."""
    if rule.version != seen_version:
        raise Overtaken
    _check(members)
    for name, value in _columns(conditions).items():
        setattr(rule, name, value)
    db.session.execute(sa.delete(RoutingMember).where(RoutingMember.rule_id == rule.id))
    _name(rule, members)
    publish(RoutingRuleChanged(by=by.id, at=now, ref=rule.ref))


def move_rule(by: User, rule: RoutingRule, *, up: bool, now: datetime) -> None:
    """One place up or down; the first stays first."""
    queries.hold_rules()
    ordered: Sequence[RoutingRule] = db.session.scalars(
        sa.select(RoutingRule).order_by(RoutingRule.position, RoutingRule.id)
    ).all()
    refs = [each.ref for each in ordered]
    at = refs.index(rule.ref)
    then = at - 1 if up else at + 1
    if not 0 <= then < len(refs):
        return
    refs[at], refs[then] = refs[then], refs[at]
    for each in ordered:
        each.position = refs.index(each.ref) + 1
    db.session.flush()
    publish(RoutingRuleMoved(by=by.id, at=now, ref=rule.ref, number=then + 1))


def switch_rule(by: User, rule: RoutingRule, *, on: bool, now: datetime) -> None:
    """Off, it keeps its place and names nobody."""
    if (rule.off_since is None) != on:
        rule.off_since = None if on else now
        db.session.flush()
        publish((RoutingRuleResumed if on else RoutingRuleRested)(by=by.id, at=now, ref=rule.ref))


def delete_rule(by: User, rule: RoutingRule, *, now: datetime) -> None:
    """Deals that it gave to somebody keep that owner, and the reason."""
    db.session.execute(sa.delete(RoutingMember).where(RoutingMember.rule_id == rule.id))
    db.session.delete(rule)
    db.session.flush()
    publish(RoutingRuleDeleted(by=by.id, at=now, ref=rule.ref))


def set_limit(by: User, user: Any, most_open: int | None, *, now: datetime) -> None:
    """How many open deals this person (id and ref) gets at most; None: as many as come."""
    kept = db.session.scalar(sa.select(WorkLimit).where(WorkLimit.user_id == user.id))
    if most_open == (kept.most_open if kept else None):
        return
    if most_open is None and kept is not None:
        db.session.delete(kept)
    elif most_open is not None:
        db.session.merge(WorkLimit(user_id=user.id, most_open=most_open))
    db.session.flush()
    publish(WorkLimitSet(by=by.id, at=now, ref=user.ref, most_open=most_open))


def note_absence(
    by: User, user: User, *, now: datetime, from_on: date, until_on: date, stand_in_id: int | None
) -> Absence:
    """From the first day to the last new work goes to the stand-in, who sees this person's work too.

    Raises Refused for days that lie behind, are the wrong way round or overlap another absence."""
    if until_on < from_on:
        raise Refused("The last day comes after the first.", "until_on")
    if until_on < today_of(now):
        raise Refused("These days lie behind.", "until_on")
    if queries.overlaps(user.id, from_on, until_on):
        raise Refused("Some of these days are noted already. End the other absence first.", "from_on")
    absence = Absence(
        ref=new_ref("AB", Absence.ref),
        user_id=user.id,
        from_on=from_on,
        until_on=until_on,
        stand_in_id=stand_in_id,
        made_by_id=by.id,
        made_at=now,
    )
    db.session.add(absence)
    db.session.flush()
    publish(AbsenceNoted(by=by.id, at=now, ref=user.ref, away_user_id=user.id, from_on=from_on, until_on=until_on))
    return absence


def end_absence(by: User, user: User, absence: Absence, *, now: datetime) -> None:
    """Back, or not away after all."""
    db.session.delete(absence)
    db.session.flush()
    publish(AbsenceEnded(by=by.id, at=now, ref=user.ref, away_user_id=user.id))


def _check(members: Members) -> None:
    if not members:
        raise Refused(NOBODY)


def _name(rule: RoutingRule, members: Members) -> None:
    db.session.add_all(RoutingMember(rule_id=rule.id, user_id=key, weight=weight) for key, weight in members.items())
    db.session.flush()


def _columns(conditions: Conditions) -> dict[str, Any]:
    return {
        "countries": sorted(conditions.countries),
        "words": list(conditions.words),
        "employees_from": conditions.employees_from,
        "employees_to": conditions.employees_to,
        "for_partner_id": conditions.partner_id,
        "languages": sorted(conditions.languages),
    }
