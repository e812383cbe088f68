from dataclasses import dataclass

from portal.auth.events import OfAPerson


@dataclass(frozen=True, kw_only=True)
class LookedOn(OfAPerson):
    """The company reads that it happened; the reason stands beside it, where it can be erased."""

    user_user_id: int
    viewing_id: int

    sentence = "{by} looked on as {user}, changing nothing."
    called = "Looked on as a partner's user"


@dataclass(frozen=True, kw_only=True)
class StoppedLookingOn(OfAPerson):
    user_user_id: int

    sentence = "{by} stopped looking on as {user}."
    called = "Stopped looking on"
