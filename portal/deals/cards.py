"""How the board looks: its columns, and a deal as a card."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from flask_login import current_user

from portal.deals import queries
from portal.deals.board import Sum
from portal.deals.rules import LABEL, NURTURE_LABEL, ONWARD, OPEN_STAGES, Stage, likely
from portal.deals.shown import whose
from portal.formats import day_words, money, ninety_nine


class Card(NamedTuple):
    ref: str
    version: int
    company: str
    about: str
    next: str
    on: str
    late: bool
    stalled: bool
    value: str
    onward: Stage | None
    """Where one click takes it; None where the reader may not move it."""
    onward_label: str


class Column(NamedTuple):
    stage: Stage
    label: str
    number: str
    sums: list[str]
    """`€120,000.00`, one for each currency."""
    weighted: list[str]
    cards: list[Card]
    more: int
    """How many are not among the cards."""


class Parked(NamedTuple):
    ref: str
    version: int
    company: str
    about: str
    why: str
    until: str
    late: bool
    value: str
    may: bool


def columns(found: dict[Stage, list[Any]], sums: Sequence[Sum], today: date) -> list[Column]:
    may_move = queries.moved_by(current_user)
    return [
        _column(stage, [_card(row, today, may=may_move(row)) for row in found[stage]], sums) for stage in OPEN_STAGES
    ]


def parked(rows: Iterable[Any], today: date) -> list[Parked]:
    may_move = queries.moved_by(current_user)
    return [
        Parked(
            ref=row.ref,
            version=row.version,
            company=row.company,
            about=_about(row),
            why=NURTURE_LABEL[row.parked_because] if row.parked_because else "",
            until=day_words(row.parked_until),
            late=row.parked_until < today,
            value=money(row.expected_minor, row.currency) if row.expected_minor else "",
            may=may_move(row),
        )
        for row in rows
    ]


def in_words(sums: Iterable[Sum], *, weighted: bool = False) -> list[str]:
    """The sums of each currency; what comes to nothing is not said."""
    totals: dict[str, int] = {}
    for each in sums:
        minor = each.weighted_minor if weighted else each.expected_minor
        totals[each.currency] = totals.get(each.currency, 0) + minor
    return [money(minor, currency) for currency, minor in sorted(totals.items()) if minor]


def _column(stage: Stage, cards: list[Card], all_sums: Sequence[Sum]) -> Column:
    sums = [each for each in all_sums if each.stage is stage]
    deals = sum(each.number for each in sums)
    return Column(
        stage=stage,
        label=LABEL[stage],
        number=ninety_nine(deals),
        sums=in_words(sums),
        weighted=in_words(sums, weighted=True),
        cards=cards,
        more=max(0, deals - len(cards)),
    )


def _card(row: Any, today: date, *, may: bool) -> Card:
    onward = ONWARD[row.stage] if may else None
    expected = money(row.expected_minor, row.currency) if row.expected_minor else ""
    return Card(
        ref=row.ref,
        version=row.version,
        company=row.company,
        about=_about(row),
        next=row.next_step,
        on=day_words(row.next_step_on) if row.next_step_on else "",
        late=bool(row.next_step_on and row.next_step_on < today),
        stalled=row.stalls_on is not None and row.stalls_on <= today,
        value=f"{expected} · {likely(row.stage, row.probability)} %" if expected else "",
        onward=onward,
        onward_label=LABEL[onward] if onward else "",
    )


def _about(row: Any) -> str:
    return f"{whose(row)} · {row.owner}"
