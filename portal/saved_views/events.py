"""What others notice of a view: one that is somebody's alone is no matter of the record."""

from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class SharedViewEvent(Event):
    """Of a list; what it is called and what it is narrowed to may name a person, and is not told."""

    list: str

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} changed a shared view of the list of {list}."


class ViewShared(SharedViewEvent):
    sentence: ClassVar[str] = "{by} shared a view of the list of {list}."


class SharedViewChanged(SharedViewEvent):
    sentence: ClassVar[str] = "{by} changed a shared view of the list of {list}."


class SharedViewEnded(SharedViewEvent):
    sentence: ClassVar[str] = "{by} took a shared view of the list of {list} back."
