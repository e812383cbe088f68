"""How tasks look in their list."""

from datetime import date
from typing import Any, NamedTuple

from portal.formats import day_words, local_day
from portal.tasks.rules import TaskKind


class Row(NamedTuple):
    ref: str
    title: str
    about: str
    url: str
    due: str
    late: bool


def row_of(row: Any, today: date) -> Row:
    why = "to stay in touch while it is parked" if row.kind is TaskKind.NURTURE else ""
    return Row(
        ref=row.ref,
        title=row.title,
        about=" · ".join(filter(None, [row.company, why])),
        url=f"/staff/deals/{row.deal_ref}" if row.deal_ref else f"/staff/tasks/{row.ref}",
        due="today" if row.due_on == today else day_words(row.due_on),
        late=row.due_on < today,
    )


def done_of(row: Any) -> Row:
    url = f"/staff/deals/{row.deal_ref}" if row.deal_ref else f"/staff/tasks/{row.ref}"
    return Row(row.ref, row.title, row.company or "", url, local_day(row.done_at), late=False)
