"""Introductions that may be received become referrals: all that are sent at once, in as many statements as one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.agreements.queries import InForce
from portal.auth.models import User
from portal.auth.rules import plain_address
from portal.criteria.reading import read
from portal.criteria.rules import Criteria, Reading
from portal.events import publish_all
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.actions import Entry, Sought
from portal.lookalikes.domains import domain_of
from portal.lookalikes.likeness import Company
from portal.lookalikes.marks import person_mark, phone_mark
from portal.lookalikes.queries import Asked
from portal.lookalikes.rules import Kind
from portal.referrals.entered import Entered
from portal.referrals.events import ReferralSubmitted
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.notices import CURRENT
from portal.referrals.rules import Status
from portal.referrals.turns import Turn
from portal.referrals.verdicts import verdict_of
from portal.refs import new_refs
from portal.rows import add_objects
from portal.sla import actions as sla
from portal.sla.rules import ClockKind


def receive(
    by: User,
    under: InForce,
    published: Criteria,
    introductions: Sequence[Introduction],
    *,
    now: datetime,
    entered: Entered | None = None,
    sought: Sought | None = None,
    turn: Turn | None = None,
) -> list[Referral]:
    """Read each against the criteria of today, start the clock that the agreement promises, and look what is like it.

    Whether they may be received is for the caller to know, who has taken the turn."""
    refs = [turn.ref] if turn else new_refs("R", Referral.ref, len(introductions))
    received_at = entered.received_at if entered else now
    minutes = under.terms.answer_minutes
    usual = turn.promised if turn else None
    due_at = sla.start_each(ClockKind.FIRST_ANSWER, refs, under.partner_id, received_at, minutes, usual)
    common: dict[str, Any] = {
        "partner_id": under.partner_id,
        "by_id": by.id,
        "entered_by_id": entered.by_id if entered else None,
        "entered_how": entered.how if entered else None,
        "status": Status.SUBMITTED,
        "received_at": received_at,
        "due_at": due_at,
        "consent_at": received_at,
        "purpose": CURRENT.purpose,
        "basis": CURRENT.basis,
        "notice_number": CURRENT.number,
        "agreement_id": under.id,
    }
    rows = [{"ref": ref} | common | _told(each, published) for ref, each in zip(refs, introductions, strict=True)]
    if published.decides and entered is None:
        rows = [row | {"rule_at": now if verdict_of(Reading.from_data(row["reading"])) else None} for row in rows]
    referrals = add_objects(Referral, rows)
    alike = lookalikes.arrive(by.id, [entry_of(each) for each in referrals], now=now, sought=sought)
    for each in referrals:
        if each.rule_at and each.ref in alike:
            each.rule_at = None
    told: dict[str, Any] = {"by": entered.by_id if entered else by.id, "at": now, "partner_id": under.partner_id}
    publish_all([ReferralSubmitted(**told, ref=each.ref, referral_id=each.id) for each in referrals])
    return referrals


def asked_of(given: Introduction) -> Asked:
    """What an introduction is looked for by: as `entry_of` the referral that it becomes."""
    company = Company(given.company, domain_of(given.website))
    person = person_mark(given.contact_email)
    return Asked(company, person, phone_mark(given.contact_phone, given.country))


def entry_of(referral: Referral) -> Entry:
    """What it is found by."""
    return Entry(
        kind=Kind.REFERRAL,
        ref=referral.ref,
        partner_id=referral.partner_id,
        name=referral.company,
        domain=referral.domain,
        since=referral.received_at,
        email=referral.contact_email,
        phone=referral.contact_phone,
        country=referral.country,
    )


def _told(given: Introduction, published: Criteria) -> dict[str, Any]:
    """What the partner said, and how it reads."""
    reading = read(published, given.answers)
    said = {name: value for name, value in vars(given).items() if name != "consent"}
    return said | {
        "contact_email": plain_address(given.contact_email),
        "domain": domain_of(given.website),
        "criteria_number": reading.version,
        "reading": reading.to_data(),
    }
