from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class ProtectionEvent(Event):
    """Something that happened to a protection; its reference is the referral's."""

    referral_id: int

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The protection changed."


@dataclass(frozen=True, kw_only=True)
class ProtectionEndsSoon(ProtectionEvent):
    until_on: date

    sentence: ClassVar[str] = "The protection ends on {until_on}; everyone concerned was reminded."


@dataclass(frozen=True, kw_only=True)
class ProtectionEnded(ProtectionEvent):
    tail_until_on: date

    sentence: ClassVar[str] = "The protection ended. A deal that closes by {tail_until_on} still counts."


@dataclass(frozen=True, kw_only=True)
class ProtectionOver(ProtectionEvent):
    """Nothing of it is left."""

    sentence: ClassVar[str] = "The protection is over, with the time in which a deal still counted."


@dataclass(frozen=True, kw_only=True)
class ProtectionReleased(ProtectionEvent):
    """Given back. One that ends with its deal is told with the deal."""

    sentence: ClassVar[str] = "{by} gave the protection back: others may introduce the company from now on."


@dataclass(frozen=True, kw_only=True)
class ProtectionRevoked(ProtectionEvent):
    sentence: ClassVar[str] = "{by} revoked the protection."


@dataclass(frozen=True, kw_only=True)
class ProtectionRestored(ProtectionEvent):
    sentence: ClassVar[str] = "The protection holds again, and lost no day."


@dataclass(frozen=True, kw_only=True)
class ExtensionEvent(ProtectionEvent):
    """What becomes of a request for an extension."""

    extension_id: int


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(ExtensionEvent):
    sentence: ClassVar[str] = "{by} asked for an extension of the protection. Until we answer, it does not end."


@dataclass(frozen=True, kw_only=True)
class ExtensionGranted(ExtensionEvent):
    until_on: date

    sentence: ClassVar[str] = "{by} granted the extension: the company is protected until {until_on}."


@dataclass(frozen=True, kw_only=True)
class ExtensionRefused(ExtensionEvent):
    sentence: ClassVar[str] = "{by} refused the extension."


@dataclass(frozen=True, kw_only=True)
class ExtensionLapsed(ExtensionEvent):
    sentence: ClassVar[str] = "The request for an extension is settled, as the protection ended."
