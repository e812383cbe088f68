"""Domain events: a feature publishes a fact; features above it react, in the same transaction.

The record of the events (`portal.activity`) is appended last, just before the commit: its chain head taken first
deadlocks on PostgreSQL."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from portal.extensions import db


class Audience(StrEnum):
    """Whose timeline shows the event."""

    STAFF = "staff"
    PARTNER = "partner"


KINDS: dict[str, type["Event"]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense. It holds ids and codes, never personal data."""

    by: int | None
    """The user who caused it; None for a rule or a job."""
    at: datetime
    ref: str
    """The public reference of the record that it is about."""
    partner_id: int | None = None

    audience: ClassVar[Audience] = Audience.STAFF
    sentence: ClassVar[str]
    """Told with the names found at reading: {by} is the actor, a field
    `owner_user_id` is {owner}, others are as they stand."""
    called: ClassVar[str]
    """The kind in words, for whoever searches the record; `FeePaid` is “Fee paid” where nothing better is said."""

    def __init_subclass__(cls) -> None:
        KINDS[cls.__name__] = cls
        if "called" not in cls.__dict__:
            cls.called = re.sub(r"(?<!^)(?=[A-Z])", " ", cls.__name__).capitalize()


Kind = TypeVar("Kind", bound=Event)
_reactions: defaultdict[type[Any], list[Callable[[Sequence[Any]], None]]] = defaultdict(list)


def reacts_to(*kinds: type[Kind]) -> Callable[[Callable[[Kind], None]], Callable[[Kind], None]]:
    """Subscribe to kinds of events; the reaction runs in the publisher's transaction."""

    def subscribe(reaction: Callable[[Kind], None]) -> Callable[[Kind], None]:
        def to_each(events: Sequence[Kind]) -> None:
            for event in events:
                reaction(event)

        reacts_to_all(*kinds)(to_each)
        return reaction

    return subscribe


def reacts_to_all(*kinds: type[Kind]) -> Callable[[Callable[[Sequence[Kind]], None]], Callable[[Sequence[Kind]], None]]:
    """The same for a reaction to all events that were published at once."""

    def subscribe(reaction: Callable[[Sequence[Kind]], None]) -> Callable[[Sequence[Kind]], None]:
        for kind in kinds:
            _reactions[kind].append(reaction)
        return reaction

    return subscribe


_emergency: ContextVar[str | None] = ContextVar("emergency", default=None)


def set_emergency(ref: str | None) -> None:
    """The grant under which the person of this request acts, where a role is lent to them in an emergency."""
    _emergency.set(ref)


def marks() -> dict[str, str]:
    """What the record notes beside every fact of this request, what rules made of it included."""
    ref = _emergency.get()
    return {"emergency": ref} if ref is not None else {}


def publish(event: Event) -> None:
    """Keep the event for the record and run its reactions now."""
    publish_all([event])


def publish_all(events: Sequence[Kind]) -> None:
    """The same for several events of one kind, which happened at once."""
    if events:
        db.session.info.setdefault("events", []).extend(events)
        for reaction in _reactions.get(type(events[0]), ()):
            reaction(events)
