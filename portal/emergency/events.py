from dataclasses import dataclass

from portal.events import Event


@dataclass(frozen=True, kw_only=True)
class OfEmergency(Event):
    """About emergency access: staff only. Its reason stands beside it, where it can be erased."""

    grant_id: int
    user_user_id: int
    role: str
    """In words."""


@dataclass(frozen=True, kw_only=True)
class EmergencyAsked(OfEmergency):
    hours: int

    sentence = "{by} asked for emergency access for {user}, as {role}, for {hours} h."
    called = "Emergency access asked for"


@dataclass(frozen=True, kw_only=True)
class EmergencyGranted(OfEmergency):
    hours: int

    sentence = "{by} confirmed the emergency access of {user} as {role}. It ends by itself after {hours} h."
    called = "Emergency access granted"


@dataclass(frozen=True, kw_only=True)
class EmergencyRefused(OfEmergency):
    sentence = "{by} refused the emergency access of {user} as {role}."
    called = "Emergency access refused"


@dataclass(frozen=True, kw_only=True)
class EmergencyLapsed(OfEmergency):
    sentence = "Nobody confirmed the emergency access of {user} as {role} within a day. It does not begin."
    called = "Emergency access lapsed"


@dataclass(frozen=True, kw_only=True)
class EmergencyEnded(OfEmergency):
    sentence = "{by} ended the emergency access of {user} as {role}."
    called = "Emergency access ended"
