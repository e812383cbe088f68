"""What stands in the rail: the pages that the person may open, by the same permissions as the pages themselves."""

from dataclasses import dataclass
from functools import cache

from flask import g, request
from flask_login import current_user

from portal.auth.permissions import Permission, Reach, reach_of
from portal.auth.rules import Role


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    permission: Permission
    relation: Reach


@dataclass(frozen=True)
class Shown:
    label: str
    url: str
    current: bool
    count: str = ""


PARTNER = (
    Entry("Home", "/", Permission.SEE_HOME, Reach.COMPANY),
    Entry("Referrals", "/referrals/", Permission.VIEW_REFERRALS, Reach.OWN),
    Entry("Resources", "/resources/", Permission.READ_RESOURCES, Reach.COMPANY),
    Entry("Agreement", "/agreements/", Permission.VIEW_AGREEMENTS, Reach.COMPANY),
    Entry("Earnings", "/earnings/", Permission.VIEW_EARNINGS, Reach.OWN),
    Entry("Team", "/team/", Permission.VIEW_TEAM, Reach.COMPANY),
    Entry("Company", "/company/", Permission.VIEW_COMPANY, Reach.COMPANY),
)
STAFF = (
    Entry("Today", "/staff/", Permission.SEE_QUEUE, Reach.ANY),
    Entry("Referrals", "/staff/referrals/", Permission.REVIEW_REFERRALS, Reach.ANY),
    Entry("Deals", "/staff/deals/", Permission.VIEW_DEALS, Reach.ANY),
    Entry("Tasks", "/staff/tasks/", Permission.KEEP_TASKS, Reach.OWN),
    Entry("Partners", "/staff/partners/", Permission.VIEW_PARTNERS, Reach.ANY),
    Entry("Agreements", "/staff/agreements/", Permission.REVIEW_AGREEMENTS, Reach.ANY),
    Entry("Fees", "/staff/fees/", Permission.VIEW_FEES, Reach.ANY),
    Entry("Payouts", "/staff/payouts/", Permission.VIEW_PAYOUTS, Reach.ANY),
    Entry("Resources", "/staff/resources/", Permission.REVIEW_RESOURCES, Reach.ANY),
    Entry("People", "/staff/people/", Permission.VIEW_PEOPLE, Reach.ANY),
    Entry("Activity", "/staff/activity/", Permission.VIEW_ACTIVITY, Reach.ANY),
    Entry("Settings", "/staff/settings/", Permission.VIEW_SETTINGS, Reach.ANY),
)

HOMES = ("/", "/staff/")
"""Every address begins with one of them, so these are open only where they are meant."""
ROOMS = {
    "/staff/conflicts/": "/staff/referrals/",
    "/staff/appeals/": "/staff/referrals/",
    "/staff/engagement/": "/staff/settings/",
    "/staff/jobs/": "/staff/settings/",
    "/staff/privacy/": "/staff/settings/",
}
"""Pages that are reached from an entry of the menu without lying below its address."""


def menu() -> list[Shown]:
    reader, asked_for = current_user._get_current_object(), request.path  # once: a proxy is slow to ask
    if not reader.is_authenticated:
        return []
    entries = _opened_by(reader.roles, STAFF if reader.is_staff else PARTNER)
    path = next((room for place, room in ROOMS.items() if asked_for.startswith(place)), asked_for)
    under = (entry.url for entry in entries if path.startswith(entry.url))
    here = max((url for url in under if url == path or url not in HOMES), key=len, default="")
    return [Shown(entry.label, entry.url, entry.url == here, _count(entry.url, here)) for entry in entries]


@cache
def _opened_by(roles: frozenset[Role], side: tuple[Entry, ...]) -> list[Entry]:
    return [entry for entry in side if (reach_of(roles, entry.permission) or 0) >= entry.relation]


def _count(url: str, here: str) -> str:
    """The number that the page itself has counted; none is counted for the menu's sake."""
    return g.get("menu_count", "") if url == here else ""
