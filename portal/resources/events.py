from dataclasses import dataclass

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class ResourcePublished(Event):
    sentence = "{by} published “{title}”."
    audience = Audience.PARTNER

    resource_id: int
    title: str
    number: int


@dataclass(frozen=True, kw_only=True)
class ResourceWithdrawn(Event):
    sentence = "{by} took “{title}” back."

    resource_id: int
    title: str
