"""What the partner of a deal was told of it by its owner, in the words that were said."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.deals.models import Deal, DealUpdate
from portal.json_rows import instant, json_rows

MOST = 10
_u = DealUpdate


class Heard(NamedTuple):
    text: str
    at: datetime


def beside(*told: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    """The last of what was told of a deal, as a column of the statement that reads it: see `latest_first`."""
    last = sa.select(_u.text, _u.at).where(_u.deal_id == Deal.id, *told).order_by(_u.id.desc()).limit(MOST)
    rows = last.correlate_except(_u).subquery()
    return sa.select(json_rows(text=rows.c.text, at=rows.c.at)).scalar_subquery()


def latest_first(found: Iterable[Mapping[str, Any]] | None) -> list[Heard]:
    told = [Heard(row["text"], at) for row in found or () if (at := instant(row, "at"))]
    return sorted(told, key=lambda each: each.at, reverse=True)
