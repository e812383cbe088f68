"""What stands on the page of a referral, as pairs of what and which."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.criteria.rules import COUNTRIES
from portal.fields.rules import answers_of
from portal.formats import day_words, local_day, money, when_words
from portal.referrals.decline_reasons import DECLINE_REASONS, DeclineReason
from portal.referrals.entered import told as told_entered
from portal.referrals.models import Referral
from portal.referrals.rules import (
    DECIDED,
    INTRODUCED_LABEL,
    LABEL,
    TIMING_LABEL,
)
from portal.sla.rules import Record

Pairs = list[tuple[str, Any]]


class FeeRow(NamedTuple):
    ref: str
    amount: str
    about: str


def told_us(referral: Referral, currency: str) -> Pairs:
    """The introduction; what was not said is left out. Amounts are in the currency of its agreement."""
    website = Markup('<a href="https://{0}" rel="noreferrer">{0}</a>').format(referral.domain)
    people = f"{referral.employees:,}" if referral.employees else ""
    how = INTRODUCED_LABEL[referral.introduced_how]
    pairs: Pairs = [
        ("Contact", f"{referral.contact_name}{_and(referral.contact_title)}"),
        ("Mail", mail_to(referral.contact_email)),
        ("Phone", referral.contact_phone),
        ("Country", COUNTRIES.get(referral.country, referral.country)),
        ("Industry", referral.industry),
        ("Website", website),
        ("People", people),
        ("Need", referral.need),
        ("When", TIMING_LABEL[referral.timing]),
        ("Budget", referral.budget),
        ("Who decides", referral.decider),
        ("May come to", money(referral.expected_minor, currency) if referral.expected_minor else ""),
        ("Public tender", "Already out" if referral.public_tender else "None is out"),
        ("Introduced", f"{how}. {referral.introduction}".removesuffix(". ")),
        ("Consent", f"They agree to hear from us, stated on {local_day(referral.consent_at)}"),
    ]
    pairs += [(each.label, each.said) for each in answers_of(referral.more_answers)]
    return [(what, value) for what, value in pairs if value]


def entered(row: Any) -> str:
    """Who of staff entered it for the partner, and from what; nothing where the partner typed it."""
    referral = row.Referral
    return told_entered(row.entered_by, referral.entered_how, local_day(referral.received_at)) if row.entered_by else ""


def decision(referral: Referral) -> Pairs:
    """What was decided and why, for staff."""
    if referral.status not in DECIDED or referral.decided_at is None:
        return []
    pairs: Pairs = [(LABEL[referral.status], when_words(referral.decided_at))]
    if referral.decided_by_id is None and referral.decline_reason is not DeclineReason.CONSENT_WITHDRAWN:
        pairs.append(("By", f"the criteria, version {referral.criteria_number}"))
    if referral.decline_reason:
        words = DECLINE_REASONS[referral.decline_reason]
        pairs += [("Reason", words.label), ("Way back", words.way_back)]
    pairs += [("Note", referral.decision_note), ("Against the reading", referral.overruled_because)]
    return [(what, value) for what, value in pairs if value]


def fee_rows(lines: Sequence[Any]) -> list[FeeRow]:
    """Each line with its latest date."""
    return [FeeRow(line.ref, money(line.amount_minor, line.currency), _fee_about(line)) for line in lines]


def _fee_about(line: Any) -> str:
    if line.paid_at:
        return f"paid on {local_day(line.paid_at)}"
    if line.pay_on:
        return f"to be paid on {day_words(line.pay_on)}"
    if line.approved_at:
        return f"approved on {local_day(line.approved_at)}"
    return f"booked on {local_day(line.booked_at)}"


def record_words(measured: Record | None) -> str:
    """The record beside the promise, of the last 90 days."""
    if measured is None:
        return ""
    half = hours_words(measured.median_minutes)
    return f"{measured.percent_in_time} % in time, half within {half} ({measured.n} answers)"


def hours_words(minutes: int) -> str:
    """Working time as people say it: `40 min`, `3 h`, `3 h 10`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def mail_to(address: str) -> Markup:
    """A link to write to them; nothing where the address is erased."""
    return Markup('<a href="mailto:{0}">{0}</a>').format(address) if address else Markup()


def _and(words: str) -> str:
    return f", {words}" if words else ""
