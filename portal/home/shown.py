"""How a partner's home looks: words made from what was read, so that the template only puts them in place."""

from collections.abc import Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from portal.auth.holders import names
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.clock import local_date
from portal.conversation.shown import about_with_news
from portal.deals.stories.queries import told
from portal.fees.queries import Totals, estimate
from portal.formats import day_words, money, words
from portal.home.queries import Situation
from portal.home.rules import Question, Standing, Waiting
from portal.partners.rules import payout_block
from portal.program import Program
from portal.referrals import shown
from portal.referrals.facts import hours_words
from portal.referrals.rules import Status
from portal.resources.rules import KIND_LABEL, KIND_PATH
from portal.sla.rules import PROMISED_MINUTES, ClockKind, Record

PROMISED = {ClockKind.FIRST_ANSWER: "First answer", ClockKind.FIRST_CONTACT: "First contact"}


class Reading(NamedTuple):
    title: str
    url: str
    about: str


class Word(NamedTuple):
    """A promise and how it is kept."""

    what: str
    promised: str
    in_time: str
    rest: str


def standing(
    user: User, program: Program, now: Situation, totals: Sequence[Totals], rows: Sequence[Any], at: datetime
) -> Standing:
    answer = now.in_force.answer_minutes if now.in_force else PROMISED_MINUTES[ClockKind.FIRST_ANSWER]
    unpaid = [each.payable + each.booked for each in totals]
    block = payout_block(has_details=now.has_details, change_waits=now.change_waits, tax_form_on=now.tax_form_on)
    return Standing(
        program=program.company_name,
        state=now.state,
        is_in_force=now.in_force is not None,
        waiting=_waiting(now, local_date(at, program.time_zone)),
        has_referral=now.has_referral,
        question=_question(rows),
        unpaid=" and ".join(money(each.minor, each.currency) for each in unpaid if each.minor > 0),
        block=block,
        change_waits=now.change_waits,
        has_details=now.has_details,
        has_tax_form=now.tax_form_on is not None,
        answer_within=_working_hours(answer),
        may_sign=user.may(Permission.SIGN_AGREEMENTS),
        may_read_agreements=user.may(Permission.VIEW_AGREEMENTS),
        may_refer=user.may(Permission.SUBMIT_REFERRALS),
        may_mend_payouts=user.may(Permission.PROPOSE_PAYOUT_DETAILS),
    )


def referral_rows(
    found: Sequence[tuple[Any, list[Any]]], now: Situation, reader: User, at: datetime
) -> list[shown.PartnerRow]:
    return [_referral_row(row, lines, now, reader, at) for row, lines in found]


def figures(totals: Sequence[Totals]) -> list[dict[str, str]]:
    """Amounts that matter, each with what it means; those of one currency after those of another."""
    return [item for each in totals for item in _figures(each)]


def words_kept(now: Situation, records: dict[ClockKind, Record | None], payment_day: int) -> list[Word]:
    """What we promise this partner, by its own agreement, with how we keep it for everyone."""
    agreed = {kind: PROMISED_MINUTES[kind] for kind in PROMISED}
    if now.in_force:
        agreed = {
            ClockKind.FIRST_ANSWER: now.in_force.answer_minutes,
            ClockKind.FIRST_CONTACT: now.in_force.contact_minutes,
        }
        payment_day = now.in_force.payment_day
    kept = [
        Word(what, f"within {_working_hours(agreed[kind])}.", *_kept(records[kind])) for kind, what in PROMISED.items()
    ]
    return [*kept, Word("Payment", f"on the {ordinal(payment_day)} of the month, or the working day after it.", "", "")]


def _kept(record: Record | None) -> tuple[str, str]:
    if record is None:
        return "", ""
    half = hours_words(record.median_minutes).replace(" ", "\N{NO-BREAK SPACE}")
    return f"{record.percent_in_time} % in time", f", half within {half} ({record.n} answers)"


def _working_hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if rest:
        return f"{hours_words(minutes)} of working time"
    return "one working hour" if hours == 1 else f"{hours} working hours"


def ordinal(day: int) -> str:
    """`1st`, `2nd`, `15th`."""
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def readings(found: Sequence[Any]) -> list[Reading]:
    return [Reading(row.title, f"{KIND_PATH[row.kind]}/{row.slug}", _about(row)) for row in found]


def _about(row: Any) -> str:
    if row.read_number is not None and row.read_number < row.number:
        return "Changed since you read it"
    return f"{KIND_LABEL[row.kind]}, {row.minutes} min"


def _waiting(now: Situation, today: date) -> Waiting | None:
    if now.waiting is None:
        return None
    sign_by: date = now.waiting.sign_by
    signers = names(now.signers) if now.signers else ""
    return Waiting(ref=now.waiting.ref, sign_by=day_words(sign_by), is_late=sign_by < today, signers=signers)


def _question(rows: Sequence[Any]) -> Question | None:
    first = next((row for row, _ in rows if row.status is Status.NEEDS_INFO), None)
    return Question(ref=first.ref, company=first.company, text=first.question) if first else None


def _referral_row(row: Any, lines: list[Any], now: Situation, reader: User, at: datetime) -> shown.PartnerRow:
    booked = [
        SimpleNamespace(
            amount_minor=line.amount_minor,
            currency=line.fee_currency,
            state=line.fee_state,
            pay_on=line.pay_on,
            paid_at=line.paid_at,
        )
        for line in lines
    ]
    story = told(row, side="partner", now=at, fee=booked[0] if booked else None)
    fee = shown.fee_words(booked, _expected(row, now))
    plain = shown.partner_row(row, story, words(), reader_name=reader.name, fee=fee)
    return plain._replace(about=about_with_news(plain.about, row.unread))


def _expected(row: Any, now: Situation) -> str:
    """What an open deal would pay if it were won as it stands."""
    terms = now.terms.get(row.agreement_id)
    if terms is None or not row.expected_minor or row.closed_at or row.currency != terms.currency:
        return ""
    amount = estimate(terms, row.expected_minor)
    return f"about {money(amount.minor, amount.currency)}"


def _figures(each: Totals) -> list[dict[str, str]]:
    currency = each.payable.currency
    on_way = {"label": "Booked", "value": money(each.booked.minor, currency), "small": "goes onto your next statement"}
    due = {
        "label": f"Payable on {day_words(each.pay_on)}" if each.pay_on else "Payable",
        "value": money(each.payable.minor, currency),
        "small": f"{money(each.booked.minor, currency)} more is booked"
        if each.booked.minor > 0
        else "on your statement",
    }
    earned = {
        "label": "Earned this year",
        "value": money(each.earned_this_year.minor, currency),
        "small": f"{money(each.paid_this_year.minor, currency)} paid",
    }
    expected = {
        "label": "Expected",
        "value": money(each.expected.minor, currency),
        "small": "if the open deals are won as they stand",
    }
    first = due if each.payable.minor > 0 or each.booked.minor <= 0 else on_way
    return [first, earned, *([expected] if each.expected.minor > 0 else [])]
