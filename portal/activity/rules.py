"""What is searched for in the record, how its kinds are grouped, and where what it tells of has its page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.auth.permissions import Permission
from portal.events import Event

MOST_EXPORTED = 100_000
"""Rows in one file: more than that is asked for by part."""
OUT_OF_STEP = timedelta(days=1)
"""By how much the time of an event may lie before that of one recorded earlier: transactions end in another order than
they begin, within minutes."""
GROUP_LABEL = {
    "referrals": "Referrals",
    "evidence": "Proof of introductions",
    "conversation": "Conversations",
    "protections": "Protections and extensions",
    "appeals": "Appeals",
    "conflicts": "Conflicts",
    "deals": "Deals",
    "agreements": "Agreements and fee plans",
    "fees": "Fees",
    "payouts": "Statements and payouts",
    "lookalikes": "Pre-checks and holds",
    "tasks": "Tasks and calendars",
    "partners": "Partners",
    "auth": "People and signing in",
    "sso": "Single sign-on",
    "emergency": "Emergency access",
    "viewing": "Looking on as a partner's user",
    "privacy": "Personal data",
    "sla": "Promises",
    "routing": "Routing and absence",
    "criteria": "Criteria",
    "engagement": "Rules of engagement",
    "fields": "Questions of the form",
    "resources": "Resources",
    "admin": "The program",
    "exports": "Copies of lists",
    "saved_views": "Saved views",
    "activity": "The record",
}
"""By the package that tells the event; the order is that of the list."""


@dataclass(frozen=True)
class Wanted:
    """Events that are all of this. Times run from inclusive to exclusive."""

    person: tuple[int, str] | None = None
    """Id and reference: what they did, and what happened to their account."""
    partner_id: int | None = None
    ref: str = ""
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def grouped(kinds: Mapping[str, type[Event]]) -> dict[str, dict[str, str]]:
    """Kinds that happen, in words and in groups: package → name → words."""
    found: dict[str, dict[str, str]] = {name: {} for name in GROUP_LABEL}
    for name, kind in sorted(kinds.items(), key=lambda item: item[1].called):
        if not kind.__subclasses__():
            found.setdefault(package_of(kind), {})[name] = kind.called
    return {package: names for package, names in found.items() if names}


def package_of(kind: type[Event] | None) -> str:
    """The package that tells of it; nothing for a kind that is told no more."""
    return kind.__module__.split(".")[1] if kind else ""


def group_label(package: str) -> str:
    return GROUP_LABEL.get(package, package.capitalize())


@dataclass(frozen=True)
class About:
    """What an event is about, by what its row says and what was looked up beside it."""

    package: str
    """That tells of it: the same letter stands for several things."""
    ref: str
    partner_ref: str = ""
    slug: str = ""

    @property
    def number(self) -> str:
        """Of a reference that counts: `T-3`."""
        tail = self.ref.rpartition("-")[2]
        return tail if tail.isdigit() else ""

    @property
    def places(self) -> tuple[str, str]:
        """Keys of PAGES, the first that is there counts."""
        letters = self.ref.partition("-")[0]
        return f"{self.package} {letters}", letters


_P = Permission
# By the letters of the reference, after the package where several have the same. The first address counts that the
# reader may open and whose parts are known.
PAGES: dict[str, tuple[tuple[str, Permission], ...]] = {
    "agreements F": (("/staff/settings/fee-plans/", _P.VIEW_SETTINGS),),
    "agreements T": (("/staff/agreements/templates/{0.number}", _P.REVIEW_AGREEMENTS),),
    "fields Q": (("/staff/settings/fields/", _P.VIEW_SETTINGS),),
    "criteria C": (("/staff/settings/criteria/", _P.VIEW_SETTINGS),),
    "A": (("/staff/agreements/{0.ref}", _P.REVIEW_AGREEMENTS), ("/agreements/{0.ref}", _P.VIEW_AGREEMENTS)),
    "AP": (("/staff/appeals/{0.ref}", _P.REVIEW_REFERRALS),),
    "B": (("/staff/partners/{0.partner_ref}", _P.VIEW_PARTNERS), ("/company/", _P.VIEW_COMPANY)),
    "D": (("/staff/deals/{0.ref}", _P.VIEW_DEALS),),
    "ER": (("/staff/privacy/erasures/{0.ref}", _P.MANAGE_PERSONAL_DATA),),
    "emergency E": (("/staff/people/emergency", _P.SEE_EMERGENCY_ACCESS),),
    "engagement E": (("/staff/engagement/", _P.REVIEW_REFERRALS),),
    "fees F": (("/staff/fees/{0.ref}", _P.VIEW_FEES), ("/earnings/{0.ref}", _P.VIEW_EARNINGS)),
    "resources G": (("/staff/resources/{0.slug}", _P.REVIEW_RESOURCES), ("/resources/{0.slug}", _P.READ_RESOURCES)),
    "P": (("/staff/partners/{0.ref}", _P.VIEW_PARTNERS), ("/company/", _P.VIEW_COMPANY)),
    "PR": (("/staff/payouts/{0.ref}", _P.VIEW_PAYOUTS),),
    "PROGRAM": (("/staff/settings/", _P.VIEW_SETTINGS),),
    "R": (("/staff/referrals/{0.ref}", _P.REVIEW_REFERRALS), ("/referrals/{0.ref}", _P.VIEW_REFERRALS)),
    "RR": (("/staff/settings/routing/", _P.VIEW_SETTINGS),),
    "S": (("/staff/partners/{0.partner_ref}", _P.VIEW_PARTNERS), ("/statements/{0.ref}.pdf", _P.VIEW_STATEMENTS)),
    "SSO": (
        ("/staff/partners/{0.partner_ref}", _P.VIEW_PARTNERS),
        ("/staff/settings/sign-in", _P.VIEW_SETTINGS),
        ("/company/sign-in", _P.MANAGE_SIGN_IN),
    ),
    "X": (("/staff/privacy/", _P.MANAGE_PERSONAL_DATA),),
    "U": (
        ("/staff/people/{0.ref}", _P.VIEW_PEOPLE),
        ("/staff/partners/{0.partner_ref}", _P.VIEW_PARTNERS),
        ("/team/{0.ref}", _P.VIEW_TEAM),
    ),
}


def address(about: About, may: Callable[[Permission], bool]) -> str | None:
    """The page of what the event is about, where it has one that this reader may open."""
    for path, permission in next((PAGES[place] for place in about.places if place in PAGES), ()):
        if may(permission) and _is_known(path, about):
            return path.format(about)
    return None


def _is_known(path: str, about: About) -> bool:
    return all(getattr(about, name) for name in ("partner_ref", "slug", "number") if f"{{0.{name}}}" in path)
