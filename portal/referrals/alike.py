"""What looks like a referral, beside it: for staff, who compare."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from portal.formats import Words
from portal.lookalikes.queries import likest_first
from portal.referrals.models import Referral

PLACES = {"R": "/staff/referrals/", "D": "/staff/deals/"}
"""Where a record has a page, by the letter that its reference begins with."""


class AlikeRow(NamedTuple):
    ref: str
    url: str
    company: str
    about: str
    whose: str
    state: str
    is_past: bool
    score: int
    reason: str
    when: str
    may_contest: bool
    """A claim or a sale of somebody else's: it can be named as what this one is in conflict with."""


class NotedRow(NamedTuple):
    ref: str
    url: str
    score: int
    reason: str


def alike_rows(alike: Sequence[Any], referral: Referral, words: Words) -> list[AlikeRow]:
    """Each record with what it means for this one; what came later is said to."""
    return [_row(each, referral, words) for each in alike]


def noted_rows(said: Sequence[Mapping[str, Any]] | None) -> list[NotedRow]:
    """What it looked like when it arrived, the likest first."""
    return [
        NotedRow(each["other_ref"], page_of(each["other_ref"]), each["score"], each["reason"])
        for each in likest_first(said)
    ]


def _row(each: Any, referral: Referral, words: Words) -> AlikeRow:
    found = each.found
    until = f", protected until {words.day_of(each.protected_until)}" if each.protected_until else ""
    came = "after this one" if found.since > referral.received_at else "before this one"
    return AlikeRow(
        ref=found.ref,
        url=page_of(found.ref),
        company=found.name or found.domain,
        about=" · ".join(filter(None, (found.domain if found.name else "", each.contact))),
        whose=each.partner or "Ours",
        state=f"{each.state}{until}",
        is_past=each.is_past,
        score=found.score,
        reason=found.reason,
        when=f"{words.when(found.since)}, {came}",
        may_contest=not each.is_past and found.partner_id != referral.partner_id,
    )


def page_of(ref: str) -> str:
    """Of a record, for staff; nothing where it has none."""
    place = PLACES.get(ref[0], "")
    return f"{place}{ref}" if place else ""
