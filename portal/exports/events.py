from dataclasses import dataclass
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """Somebody took a copy away of a list as they had narrowed it.

    Its fields are named, not what they were set to: that may name a person."""

    list: str
    format: str
    by_fields: tuple[str, ...]

    sentence: ClassVar[str] = "{by} took a copy of the list of {list} away, as {format}."
