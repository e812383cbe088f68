"""What open deals come to, by owner and stage: kept as a copy, whatever code writes a deal, so that a board reads a few
rows however many deals there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper

from portal.deals.models import Deal, DealTotal
from portal.deals.rules import OPEN, Stage, likely
from portal.extensions import insert_into

_COUNTS = ("owner_id", "stage", "currency", "expected_minor", "probability")


class Key(NamedTuple):
    owner_id: int
    stage: Stage
    currency: str


class Sums(NamedTuple):
    number: int = 0
    expected_minor: int = 0
    weighted: int = 0

    def plus(self, other: "Sums", sign: int = 1) -> "Sums":
        return Sums(*(mine + sign * theirs for mine, theirs in zip(self, other, strict=True)))


def sums_of(stage: Stage, expected_minor: int | None, probability: int | None) -> Sums:
    """What one deal adds."""
    return Sums(1, expected_minor or 0, (expected_minor or 0) * likely(stage, probability))


def add(connection: sa.Connection, changes: Iterable[tuple[Key, Sums]]) -> None:
    """Added in the database, so that of two who add at once neither is lost; in one order, so that they wait for each
    other in turn."""
    sums: defaultdict[Key, Sums] = defaultdict(Sums)
    for key, change in changes:
        if key.stage in OPEN:
            sums[key] = sums[key].plus(change)
    for key, change in sorted(sums.items()):
        if any(change):
            kept = insert_into(DealTotal).values(key._asdict() | change._asdict())
            more = {name: getattr(DealTotal, name) + value for name, value in change._asdict().items()}
            connection.execute(kept.on_conflict_do_update(index_elements=sa.inspect(DealTotal).primary_key, set_=more))


@event.listens_for(Deal, "after_insert")
def _count_in(_mapper: Mapper[Any], connection: sa.Connection, deal: Deal) -> None:
    add(connection, [_of({name: getattr(deal, name) for name in _COUNTS})])


@event.listens_for(Deal, "after_update")
def _count_anew(_mapper: Mapper[Any], connection: sa.Connection, deal: Deal) -> None:
    state = sa.inspect(deal)
    histories = {name: state.attrs[name].history for name in _COUNTS}
    if any(history.has_changes() for history in histories.values()):
        add(connection, _difference(deal, histories))


def _difference(deal: Deal, histories: dict[str, Any]) -> Iterator[tuple[Key, Sums]]:
    now = {name: getattr(deal, name) for name in _COUNTS}
    before = {name: history.deleted[0] if history.deleted else now[name] for name, history in histories.items()}
    key, sums = _of(before)
    yield key, Sums().plus(sums, -1)
    yield _of(now)


def _of(values: dict[str, Any]) -> tuple[Key, Sums]:
    key = Key(values["owner_id"], values["stage"], values["currency"])
    return key, sums_of(values["stage"], values["expected_minor"], values["probability"])
