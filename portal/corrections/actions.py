"""Correcting what was told, while nobody has decided on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.auth.models import User
from portal.auth.rules import plain_address
from portal.corrections import rules
from portal.corrections.models import ReferralCorrection
from portal.corrections.queries import moves
from portal.corrections.rules import FACTS, Change
from portal.criteria import queries as criteria
from portal.criteria.reading import read
from portal.criteria.rules import OUTCOME_LABEL, Reading
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.evidence import actions as evidence
from portal.extensions import db
from portal.formats import money
from portal.lookalikes import actions as lookalikes
from portal.lookalikes.domains import domain_of
from portal.lookalikes.likeness import Company
from portal.lookalikes.queries import Asked
from portal.referrals import queries
from portal.referrals.actions import Introduced
from portal.referrals.events import ReferralCorrected
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.receiving import entry_of


@dataclass(frozen=True)
class Compared:
    """What a correction would change, before it is made."""

    facts: dict[str, Any]
    domain: str
    changes: list[Change]
    before: Reading
    after: Reading

    @property
    def reads_otherwise(self) -> bool:
        return self.before.outcome is not self.after.outcome


def compare(referral: Referral, facts: Mapping[str, Any], currency: str) -> Compared:
    """Old beside new, and how it is read by the same criteria as when it was sent. Changes nothing.

    Raises Refused where nothing differs, where it is decided, and where the partner introduced that company already."""
    rules.check_open(referral.status)
    told = {**facts, "contact_email": plain_address(facts["contact_email"])}
    changed = rules.changes(facts_of(referral), told, lambda minor: money(minor, currency))
    if not changed:
        raise Refused(rules.NOTHING)
    domain = domain_of(told["website"])
    if domain != referral.domain and (before := queries.open_or_protected(referral.partner_id, domain)):
        raise Introduced(before)
    introduction = Introduction(**told, introduced_how=referral.introduced_how, consent=True)
    after = read(criteria.numbered(referral.criteria_number), introduction.answers)
    return Compared(told, domain, changed, Reading.from_data(referral.reading), after)


def correct(
    by: User, referral: Referral, *, facts: Mapping[str, Any], currency: str, seen_version: int, now: datetime
) -> Compared:
    """Put it right: the facts, the reading, what the company is found by. Old and new are kept. A claim to another
    company counts from now on: nobody takes a place early for a company that is named later.

    Raises Overtaken on an older version, Refused as `compare` does."""
    if referral.version != seen_version:
        raise Overtaken
    lookalikes.take_turn([Asked(Company(str(facts["company"]), domain_of(facts["website"])))])
    compared = compare(referral, facts, currency)
    for name, value in compared.facts.items():
        setattr(referral, name, value)
    is_moved = referral.domain != compared.domain
    if is_moved:
        rules.check_moves(moves(referral))
    referral.domain, referral.reading = compared.domain, compared.after.to_data()
    db.session.add(_kept(by, referral, compared, now))
    db.session.flush()
    if is_moved:
        lookalikes.move_to(entry_of(referral), now=now)
    else:
        lookalikes.keep(entry_of(referral))
    evidence.read_again(evidence.introduced(referral))
    _tell(by, referral, compared, now)
    return compared


def facts_of(referral: Referral) -> dict[str, Any]:
    """What may be corrected, as it stands."""
    return {name: getattr(referral, name) for name in (*FACTS, "more_answers")}


def _kept(by: User, referral: Referral, compared: Compared, now: datetime) -> ReferralCorrection:
    return ReferralCorrection(
        partner_id=referral.partner_id,
        referral_id=referral.id,
        by_id=by.id,
        at=now,
        changes=[list(change) for change in compared.changes],
        reading_before=compared.before.to_data(),
        outcome_before=compared.before.outcome,
        outcome_after=compared.after.outcome,
    )


def _tell(by: User, referral: Referral, compared: Compared, now: datetime) -> None:
    reads = (
        f" It reads otherwise now: {OUTCOME_LABEL[compared.after.outcome].lower()}." if compared.reads_otherwise else ""
    )
    about: dict[str, Any] = {"by": by.id, "at": now, "ref": referral.ref, "partner_id": referral.partner_id}
    publish(ReferralCorrected(**about, what=rules.told(compared.changes), reads=reads))
