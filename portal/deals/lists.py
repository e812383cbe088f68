"""The list of deals: what it can be narrowed to, in which order it then stands, and which index has that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal import search
from portal.choices import Choice, Condition, Order, Predicate
from portal.deals.models import Deal, DealShare
from portal.deals.rules import OPEN_STAGES, Channel, LostReason, Pipeline, Stage
from portal.referrals.lists import WORDS as REFERRAL_WORDS
from portal.referrals.lists import Times
from portal.search import Index
from portal.several import among

WORDS = Index(Deal, ("company", "domain", "ref", "external_ref"))
_d, _Same = Deal, aliased(Deal)
_STANDS = (_d.stage != Stage.MERGED,)
"""A duplicate that was merged is listed where it is asked for, by its stage or in words: it leads to the other."""
MOVED = Order(
    keys=(_d.stage_since, _d.id),
    descending=True,
    ways=(
        *((_d.partner_id,), (_d.owner_id, _d.stage), (_d.owner_id,), (_d.lost_reason,), (_d.stage,)),
        *((_d.channel,), (_d.pipeline,), ()),
    ),
    only=_STANDS,
)
STALLED = Order(keys=(_d.stalls_on, _d.id), descending=False, ways=((_d.owner_id,), ()))
STEP = Order(keys=(_d.next_step_on, _d.id), descending=False, ways=((_d.owner_id, _d.stage), (_d.stage,), ()))
CLOSED = Order(keys=(_d.closed_at, _d.id), descending=True, ways=((),), only=_STANDS)
_WITH_MERGED = {each: replace(each, only=()) for each in (MOVED, CLOSED)}
_EVER: Times = (None, None)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list of deals is narrowed to; what is empty does not narrow it."""

    stages: Sequence[Stage] = ()
    owner_ids: Sequence[int] = ()
    channels: Sequence[Channel] = ()
    partner_ids: Sequence[int] = ()
    pipelines: Sequence[Pipeline] = ()
    lost_reasons: Sequence[LostReason] = ()
    since: Times = _EVER
    """When it came to its stage."""
    closed: Times = _EVER
    worth: tuple[int | None, int | None] = (None, None)
    """Minor units of `currency`: what was signed for, or what is expected."""
    currency: str = ""
    stalled_by: date | None = None
    """Only those that stand still on this day, the longest first."""
    overdue_by: date | None = None
    """Only open ones whose next step was to be before this day."""
    and_shared: bool = False
    """The deals that those partners share, and another one brought, too."""
    few: Condition | None = None
    """That they are some of a few hundred at most, which an index finds."""

    @property
    def order(self) -> Order:
        if self.stalled_by:
            return STALLED
        if self.overdue_by:
            return STEP
        order = CLOSED if self.closed != _EVER else MOVED
        return _WITH_MERGED[order] if Stage.MERGED in self.stages or self.few is not None else order

    @property
    def choice(self) -> Choice:
        stages = self.stages
        if self.overdue_by:
            stages = [each for each in OPEN_STAGES if each in stages or not stages] or [Stage.MERGED]
        equal: dict[Any, Sequence[Any]] = {
            Deal.stage: stages,
            Deal.owner_id: self.owner_ids,
            Deal.channel: self.channels,
            Deal.partner_id: () if self.and_shared else self.partner_ids,
            Deal.pipeline: self.pipelines,
            Deal.lost_reason: self.lost_reasons,
        }
        within: tuple[Any, Any] = _EVER
        others: list[Condition] = []
        for column, least, most in self._ranges():
            if column is self.order.keys[0]:
                within = (least, most)
            elif least is not None or most is not None:
                others.append(_is(column.key, least, most))
        if self.worth != (None, None):
            others.append(_worth(*self.worth, self.currency))
        of_partners = Condition(_OF_PARTNERS, {"partners": self.partner_ids}) if self.and_shared else None
        few = self.few or of_partners
        others += [of_partners] if of_partners and self.few else []
        return Choice(self.order, {k: v for k, v in equal.items() if v}, within, others, few)

    def _ranges(self) -> list[tuple[Any, Any, Any]]:
        return [
            (Deal.stage_since, *self.since),
            (Deal.closed_at, *self.closed),
            (Deal.stalls_on, None, _after(self.stalled_by)),
            (Deal.next_step_on, None, self.overdue_by),
        ]


def _after(day: date | None) -> date | None:
    return date.fromordinal(day.toordinal() + 1) if day else None


def searched(typed: str) -> tuple[Condition, str]:
    """Those that have this in the company, its domain or a reference, and those of referrals that have it; a sentence
    where it is too short to search for."""
    if len(typed) < search.LEAST:
        return search.nothing(), search.TOO_SHORT
    return search.latest(typed, WORDS, REFERRAL_WORDS, where=_named), ""


def _named(columns: Any, ids: Any, introduced: Any) -> Any:
    of_them = sa.select(_Same.id).where(_Same.referral_id.in_(introduced))
    return columns.id.in_(sa.union_all(sa.select(ids.subquery().c.id), of_them))


def _brought_or_shared(columns: Any) -> sa.ColumnElement[bool]:
    brought = sa.select(_Same.id).where(among(_Same.partner_id, "partners"))
    shared = sa.select(DealShare.deal_id).where(among(DealShare.partner_id, "partners"), DealShare.ended_at.is_(None))
    is_of_them: sa.ColumnElement[bool] = columns.id.in_(sa.union_all(brought, shared))
    return is_of_them


_OF_PARTNERS = Predicate("of partners", _brought_or_shared)


def _is(name: str, least: Any, most: Any) -> Condition:
    def lies(columns: Any) -> sa.ColumnElement[bool]:
        column = getattr(columns, name)
        begin = column >= sa.bindparam(f"least_{name}", type_=column.type)
        end = column < sa.bindparam(f"most_{name}", type_=column.type)
        return sa.and_(*([begin] if least else []), *([end] if most else []))

    return Condition(Predicate((name, bool(least), bool(most)), lies), {f"least_{name}": least, f"most_{name}": most})


def _worth(least: int | None, most: int | None, currency: str) -> Condition:
    has_least, has_most = least is not None, most is not None

    def lies(columns: Any) -> sa.ColumnElement[bool]:
        worth, kind = sa.func.coalesce(columns.value_minor, columns.expected_minor), columns.value_minor.type
        begin = worth >= sa.bindparam("least_worth", type_=kind)
        end = worth <= sa.bindparam("most_worth", type_=kind)
        ends = [*([begin] if has_least else []), *([end] if has_most else [])]
        return sa.and_(columns.currency == sa.bindparam("worth_in", type_=sa.String), *ends)

    values = {"least_worth": least, "most_worth": most, "worth_in": currency}
    return Condition(Predicate(("worth", has_least, has_most), lies), values)
