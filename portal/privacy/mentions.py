"""Where others wrote of a person."""

import sqlalchemy as sa

from portal.database import only_reading
from portal.extensions import Base, db
from portal.privacy.inventory import FREE_TEXT
from portal.privacy.traces import Traces
from portal.scope import all_partners

_WHY = "a person may be named anywhere"


def mentions_of(traces: Traces) -> dict[str, list[int]]:
    """Ids by table. It reads every text of the program: a worker has the time, in a transaction that locks nothing."""
    found: dict[str, list[int]] = {}
    if not traces.strings:
        return found
    db.session.commit()
    with only_reading():
        for name, columns in FREE_TEXT.items():
            table = Base.metadata.tables[name]
            texts = [sa.cast(table.c[column], sa.Text) for column in columns.split()]
            named = sa.or_(*(text.icontains(each, autoescape=True) for text in texts for each in traces.stored))
            found[name] = list(db.session.scalars(all_partners(sa.select(table.c.id).where(named), _WHY)))
        db.session.commit()  # nothing was written; a rollback would forget what the caller holds
    return found
