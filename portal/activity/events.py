from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordExported(Event):
    """Somebody took a copy away of what they had filtered."""

    kinds: list[str]
    about_ref: str
    of_user_id: int | None
    of_partner_id: int | None
    since_at: datetime | None
    until_at: datetime | None

    sentence: ClassVar[str] = "{by} exported a part of this record."
