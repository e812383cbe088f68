"""Views of a list that somebody keeps by name: of which lists, how many, whom they are shown to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from portal.auth.permissions import Permission, Reach
from portal.errors import Refused
from portal.filters import Chosen

MOST = 20
"""Of one person and list; and of one list as many as a side shares: more are no choice but a search."""
LONGEST_NAME = 40
LONGEST_CHOICE = 2_000
Pairs = Sequence[Sequence[str]]
"""What a list is narrowed to, as its address says it: names and values."""


class ListName(StrEnum):
    REFERRALS = "referrals"
    STAFF_REFERRALS = "staff_referrals"
    STAFF_DEALS = "staff_deals"


@dataclass(frozen=True)
class List:
    path: str
    permission: Permission
    reach: Reach
    called: str


LISTS: dict[ListName, List] = {
    ListName.REFERRALS: List("/referrals/", Permission.VIEW_REFERRALS, Reach.OWN, "referrals"),
    ListName.STAFF_REFERRALS: List("/staff/referrals/", Permission.REVIEW_REFERRALS, Reach.ANY, "referrals"),
    ListName.STAFF_DEALS: List("/staff/deals/", Permission.VIEW_DEALS, Reach.ANY, "deals"),
}
LIST_AT: dict[str, ListName] = {each.path: name for name, each in LISTS.items()}


def check_name(name: str, others: Iterable[str]) -> str:
    """The name as it is kept. Raises Refused for one that is empty, too long or taken; `others` are one's own."""
    kept = " ".join(name.split())
    if not kept:
        raise Refused("Please give it a name.", "name")
    if len(kept) > LONGEST_NAME:
        raise Refused(f"Up to {LONGEST_NAME} characters, please.", "name")
    if kept.casefold() in {"all", *(each.casefold() for each in others)}:
        raise Refused(f"There is a view called “{kept}” already. Choose another name.", "name")
    return kept


def check_room(own: int) -> None:
    """Raises Refused where one more of one's own would be too many."""
    if own >= MOST:
        raise Refused(f"You keep {MOST} views of this list already. Delete one that you do not use any more.")


def check_shared_room(shared: int) -> None:
    """Raises Refused where one more that others are shown would be too many."""
    if shared >= MOST:
        raise Refused(f"{MOST} views of this list are shared already. Keep this one for yourself.", "is_shared")


def choice_of(query: str) -> list[list[str]]:
    """What is kept of an address. Raises Refused where it narrows nothing, or says too much."""
    choice = [list(pair) for pair in parse_qsl(query)]
    if not any(name != "sort" for name, _ in choice):
        raise Refused("Nothing is set in this list. Set a filter first, then save it as a view.")
    if len(query) > LONGEST_CHOICE:
        raise Refused("This is more than a view can keep. Set fewer filters.")
    return choice


def address(of: ListName, choice: Pairs) -> str:
    """Where the list stands narrowed to it."""
    return f"{LISTS[of].path}?{urlencode([(name, value) for name, value in choice])}"


def in_one_order(choice: Pairs) -> list[tuple[str, ...]]:
    """The same for all that ask for the same, in whatever order."""
    return sorted(map(tuple, choice))


def is_offered(choice: Pairs, params: Iterable[str]) -> bool:
    """Whether somebody has the filters that a view of others sets: who sees their own referrals has no “By whom”."""
    return {name for name, _ in choice} <= set(params)


@dataclass(frozen=True)
class Saved:
    """A view as the list shows it."""

    ref: str
    name: str
    url: str
    is_own: bool
    is_shared: bool
    opens_first: bool
    may_change: bool
    is_open: bool

    @property
    def about(self) -> str:
        """Whom it is shown to, and whether a bare visit opens it."""
        whose = "Yours, shared with your colleagues" if self.is_shared else "Yours alone"
        whose = whose if self.is_own else "Shared by a colleague"
        return f"{whose}; the list opens with it." if self.opens_first else f"{whose}."


@dataclass(frozen=True)
class Views:
    """What stands above a list: everything, then each view."""

    of: ListName
    everything: str
    saved: Sequence[Saved]
    is_narrowed: bool
    may_share: bool
    asked: Chosen

    @cached_property
    def chosen(self) -> Chosen:
        """What is set, with the view that it is, so that whatever is changed in it can be saved there."""
        current = self.current
        return replace(self.asked, begun_with=current.ref) if current and current.may_change else self.asked

    @cached_property
    def changed(self) -> Saved | None:
        """The view that the list was narrowed to before something was changed, if it is the reader's to change."""
        begun_with = (each for each in self.saved if each.ref == self.asked.begun_with and each.may_change)
        return next(begun_with, None) if self.is_narrowed and not self.current else None

    @cached_property
    def current(self) -> Saved | None:
        return next((each for each in self.saved if each.is_open), None)

    @property
    def is_beginning(self) -> bool:
        """Whether a bare visit of the list shows just this."""
        return self.current.opens_first if self.current else not self.is_narrowed

    @cached_property
    def tabs(self) -> list[dict[str, Any]]:
        """None where nothing is saved."""
        every = {"url": self.everything, "label": "All", "current": not self.is_narrowed}
        named = [{"url": each.url, "label": each.name, "current": each is self.current} for each in self.saved]
        return [every, *named] if named else []
