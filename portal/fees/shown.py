"""How fees look in lists and on their pages: words made once, so that templates only put them in place."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.fees.engine import Step, trace_from_data
from portal.fees.queries import Totals
from portal.fees.rules import DATED, LABEL, TONE, LineState
from portal.formats import day_words, local_day, money, status

_CLAUSE = re.compile(r"clause ([\d.]*\d)")
_LINK = Markup('<a href="/agreements/{}#clause-{}">clause {}</a>')


class Row(NamedTuple):
    ref: str
    version: int
    company: str
    about: str
    where: Markup
    amount: str


class Receipt(NamedTuple):
    """A row of the receipt."""

    label: str
    small: Markup | str
    amount: str


def rows(found: Sequence[Any], *, for_partner: bool) -> list[Row]:
    return [
        Row(
            row.ref,
            row.version,
            row.company,
            f"Won {day_words(row.won_on)}" if for_partner else f"{row.partner}, won {day_words(row.won_on)}",
            chip(row.state, row.pay_on, row.paid_at, for_partner=for_partner),
            money(row.amount_minor, row.currency),
        )
        for row in found
    ]


def chip(state: LineState, pay_on: date | None, paid_at: datetime | None, *, for_partner: bool) -> Markup:
    """The state with its day. What a partner sees of a payout run is the day on which it pays."""
    if state in DATED and pay_on and (for_partner or state is LineState.PAYABLE):
        return status(f"Payable on {day_words(pay_on)}", "note")
    if state is LineState.PAID and paid_at:
        return status(f"Paid on {local_day(paid_at)}", "good")
    return status(LABEL[state], TONE[state])


def receipt(trace: list[dict[str, Any]], currency: str, agreement_ref: str | None) -> list[Receipt]:
    """The rows of the receipt; each clause a link where the reader may open the agreement."""
    return [_receipt(step, currency, agreement_ref) for step in trace_from_data(trace)]


def figures(totals: Sequence[Totals]) -> list[dict[str, str]]:
    """Amounts that matter, each with what it means; those of one currency after those of another."""
    return [item for each in totals for item in _figures(each)]


def _receipt(step: Step, currency: str, agreement_ref: str | None) -> Receipt:
    amount = step.text if step.amount_minor is None else money(step.amount_minor, currency)
    return Receipt(step.label, _linked(step.detail, agreement_ref), amount)


def _linked(detail: str, agreement_ref: str | None) -> Markup | str:
    found = _CLAUSE.search(detail)
    if found is None or agreement_ref is None:
        return detail
    before, after = detail[: found.start()], detail[found.end() :]
    link = _LINK.format(agreement_ref, found[1].replace(".", "-"), found[1])
    return Markup("{}{}{}").format(before, link, after)


def _figures(each: Totals) -> list[dict[str, str]]:
    def figure(label: str, minor: int, small: str) -> dict[str, str]:
        return {"label": label, "value": money(minor, each.payable.currency), "small": small}

    payable = f"Payable on {day_words(each.pay_on)}" if each.pay_on else "Payable"
    booked = f"{money(each.booked.minor, each.booked.currency)} more is booked" if each.booked.minor else ""
    paid = f"{money(each.paid_this_year.minor, each.booked.currency)} was paid this year"
    expected = "from open deals, if they are won as they stand"
    return [
        figure(payable, each.payable.minor, booked),
        figure("Earned this year", each.earned_this_year.minor, paid if each.paid_this_year.minor else ""),
        figure("Expected", each.expected.minor, expected if each.expected.minor else "no open deal has a value yet"),
    ]
