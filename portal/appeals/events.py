from dataclasses import dataclass
from typing import ClassVar

from portal.events import Audience, Event
from portal.referrals.claims import About


@dataclass(frozen=True, kw_only=True)
class AppealEvent(Event):
    """What becomes of an appeal; its reference is the referral's, on whose page it stands."""

    appeal_id: int
    about: About

    audience: ClassVar[Audience] = Audience.PARTNER
    sentence: ClassVar[str] = "The appeal went on."


@dataclass(frozen=True, kw_only=True)
class AppealOpened(AppealEvent):
    sentence: ClassVar[str] = "{by} appealed the decision. Somebody else looks at it."


@dataclass(frozen=True, kw_only=True)
class AppealUpheld(AppealEvent):
    sentence: ClassVar[str] = "{by} upheld the appeal."


@dataclass(frozen=True, kw_only=True)
class AppealRejected(AppealEvent):
    sentence: ClassVar[str] = "{by} rejected the appeal. The decision stands."


@dataclass(frozen=True, kw_only=True)
class AppealWithdrawn(AppealEvent):
    sentence: ClassVar[str] = "{by} withdrew the appeal. The decision stands."
