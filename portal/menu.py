"""What stands in the rail: the pages that the person may open, by the same permissions as the pages themselves."""

from dataclasses import dataclass

from flask import g, request
from flask_login import current_user

from portal.auth.permissions import Permission


@dataclass(frozen=True)
class Entry:
    label: str
    url: str
    permission: Permission


@dataclass(frozen=True)
class Shown:
    label: str
    url: str
    current: bool
    count: str = ""


PARTNER = (
    Entry("Home", "/", Permission.SEE_HOME),
    Entry("Referrals", "/referrals/", Permission.VIEW_REFERRALS),
    Entry("Resources", "/resources/", Permission.READ_RESOURCES),
    Entry("Agreement", "/agreements/", Permission.VIEW_AGREEMENTS),
    Entry("Earnings", "/earnings/", Permission.VIEW_EARNINGS),
    Entry("Team", "/team/", Permission.VIEW_TEAM),
    Entry("Company", "/company/", Permission.VIEW_COMPANY),
)
STAFF = (
    Entry("Today", "/staff/", Permission.SEE_QUEUE),
    Entry("Referrals", "/staff/referrals/", Permission.REVIEW_REFERRALS),
    Entry("Deals", "/staff/deals/", Permission.VIEW_DEALS),
    Entry("Partners", "/staff/partners/", Permission.VIEW_PARTNERS),
    Entry("Agreements", "/staff/agreements/", Permission.REVIEW_AGREEMENTS),
    Entry("Fees", "/staff/fees/", Permission.VIEW_FEES),
    Entry("Payouts", "/staff/payouts/", Permission.VIEW_PAYOUTS),
    Entry("Resources", "/staff/resources/", Permission.REVIEW_RESOURCES),
    Entry("People", "/staff/people/", Permission.VIEW_PEOPLE),
    Entry("Activity", "/staff/activity/", Permission.VIEW_ACTIVITY),
    Entry("Settings", "/staff/settings/", Permission.VIEW_SETTINGS),
)

HOMES = ("/", "/staff/")
"""Every address begins with one of them, so these are open only where they are meant."""


def menu() -> list[Shown]:
    if not current_user.is_authenticated:
        return []
    entries = [entry for entry in (STAFF if current_user.is_staff else PARTNER) if current_user.may(entry.permission)]
    under = (entry.url for entry in entries if request.path.startswith(entry.url))
    here = max((url for url in under if url == request.path or url not in HOMES), key=len, default="")
    return [Shown(entry.label, entry.url, entry.url == here, _count(entry.url, here)) for entry in entries]


def _count(url: str, here: str) -> str:
    """The number that the page itself has counted; none is counted for the menu's sake."""
    return g.get("menu_count", "") if url == here else ""
