from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    message_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "{by} wrote a message."


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    message_id: int

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str] = "{by} wrote a note for our own people."


TOLD_AS_TALK = (MessageSent.__name__, NoteWritten.__name__)
"""Kinds that the page of a referral shows as what was said, and not once more as what happened."""
