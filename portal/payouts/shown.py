"""How payouts look: words made once, so that templates only put them in place."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from portal.formats import counted, money
from portal.payouts.queries import Sum
from portal.payouts.rules import LABEL, TONE, RunState


class Ready(NamedTuple):
    """What can be paid in one currency now."""

    currency: str
    amount: str
    words: str


class RunRow(NamedTuple):
    ref: str
    amount: str
    about: str
    label: str
    tone: str


def ready(sums: Sequence[Sum]) -> list[Ready]:
    """By currency, what can be paid now."""
    able = [each for each in sums if not each.missing]
    return [_ready(currency, able) for currency in sorted({each.amount.currency for each in able})]


def run_rows(found: Sequence[Any]) -> list[RunRow]:
    return [
        RunRow(
            row.ref,
            money(row.total_minor, row.currency),
            f"{counted(row.line_count, 'fee')}, built by {row.builder}",
            LABEL[row.state],
            TONE[row.state],
        )
        for row in found
    ]


def who_next(state: RunState, *, is_builder: bool, approved: bool, who_else: str) -> str:
    """Who has the next step, told to somebody who has not."""
    deed = "releases it" if state is RunState.DRAFT else "records it as paid"
    why = "You built it, so s" if is_builder else "You approved a fee in it, so s" if approved else "S"
    return f"{why}omeone else {deed}. {who_else}" if is_builder or approved else f"A second person {deed}. {who_else}"


def _ready(currency: str, sums: Sequence[Sum]) -> Ready:
    of_it = [each for each in sums if each.amount.currency == currency]
    amount = money(sum(each.amount.minor for each in of_it), currency)
    fees, partners = sum(each.fees for each in of_it), len({each.partner_ref for each in of_it})
    return Ready(currency, amount, f"{counted(fees, 'fee')} of {counted(partners, 'partner')}")
