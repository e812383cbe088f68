from dataclasses import dataclass
from typing import ClassVar

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class FieldAdded(Event):
    sentence: ClassVar[str] = "{by} added a question to the form of a referral."


@dataclass(frozen=True, kw_only=True)
class FieldChanged(Event):
    sentence: ClassVar[str] = "{by} changed a question in the form of a referral."


@dataclass(frozen=True, kw_only=True)
class FieldMoved(Event):
    sentence: ClassVar[str] = "{by} moved a question in the form of a referral."


@dataclass(frozen=True, kw_only=True)
class FieldRetired(Event):
    sentence: ClassVar[str] = "{by} retired a question in the form of a referral."


@dataclass(frozen=True, kw_only=True)
class FieldReturned(Event):
    sentence: ClassVar[str] = "{by} put a question back into the form of a referral."
