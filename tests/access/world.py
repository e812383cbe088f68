"""The world that access is tried in, and whose record a person is shown: their own, a colleague's, another
company's, or one that does not exist."""

from dataclasses import dataclass, field
from functools import cached_property

from flask import Flask, render_template_string
from werkzeug.routing import Rule

from portal.auth.models import User
from portal.auth.queries import HANDLE
from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES
from tests.access.cast import Company, Staff
from tests.support.client import Client, client_of

OUT = "signed_out"
PEOPLE = (OUT, *map(str, PARTNER_ROLES), *map(str, STAFF_ROLES))
WHOSE = ("own", "colleague", "other", "unknown")
# Which record an address is about, by how it begins; the longest beginning counts.
KINDS = {
    "/account/absence/": "absence",
    "/account/factors/passkeys/": "passkey",
    "/account/sessions/": "session",
    "/address-change/new/": "new_address",
    "/address-change/old/": "old_address",
    "/agreements/": "agreement",
    "/assets/": "asset",
    "/company/sign-in/people/": "person",
    "/earnings/": "fee",
    "/invitation/": "invitation",
    "/links/answer/": "answer_link",
    "/links/extension/": "extension_link",
    "/links/status/": "status_link",
    "/links/withdrawal/": "withdrawal_link",
    "/login/sso/": "connection",
    "/mails/off/": "mails_off_link",
    "/mails/on/": "mails_on_link",
    "/password-reset/": "reset",
    "/profiles/": "profile",
    "/referrals/": "referral",
    "/referrals/check/": "check",
    "/referrals/drafts/": "referral_draft",
    "/referrals/files/": "message_file",
    "/referrals/check/holds/": "hold",
    "/referrals/import/": "list",
    "/resources/": "guide",
    "/saved-views/": "saved_view",
    "/staff/agreements/": "agreement",
    "/staff/agreements/templates/": "template",
    "/staff/appeals/": "appeal",
    "/staff/conflicts/": "conflict",
    "/staff/deals/": "deal",
    "/staff/jobs/documents/": "document",
    "/staff/jobs/mails/": "mail",
    "/staff/deals/imports/": "import",
    "/staff/deals/payments/": "payment",
    "/staff/engagement/": "engagement",
    "/staff/fees/": "fee",
    "/staff/partners/": "partner",
    "/staff/payouts/": "run",
    "/staff/privacy/copies/": "copy",
    "/staff/privacy/erasures/": "erasure",
    "/staff/privacy/people/": "staff",
    "/staff/people/": "staff",
    "/staff/people/emergency/": "emergency",
    "/staff/referrals/": "referral",
    "/staff/referrals/files/": "message_file",
    "/staff/referrals/new/": "partner",
    "/staff/referrals/batches/": "batch",
    "/staff/resources/": "guide",
    "/calendar/": "calendar",
    "/staff/settings/criteria/": "criteria",
    "/staff/settings/fields/": "field",
    "/staff/settings/products/": "product",
    "/staff/settings/routing/": "route",
    "/staff/tasks/": "task",
    "/staff/settings/sign-in/people/": "staff",
    "/staff/settings/fee-plans/": "plan",
    "/statements/": "statement",
    "/team/": "person",
}
# An address that names two records names the first one's partner.
SECOND = {"details_ref": "details", "person_ref": "person"}
SHARED = ("agreement", "connection", "partner", "statement")
UNKNOWN = {
    "absence": "AB-222222",
    "route": "RR-222222",
    "calendar": "no-such-token",
    "import": "I-222222",
    "payment": "C-222222",
    "product": "G-222222",
    "task": "T-222222",
    "asset": "app.222222222222.css",
    "batch": "RB-222222",
    "agreement": "A-222222",
    "appeal": "AP-222222",
    "connection": "SSO-222222",
    "copy": "X-222222",
    "check": "C-222222",
    "conflict": "R-222222",
    "criteria": "222",
    "deal": "D-222222",
    "details": "B-222222",
    "document": "A-222222",
    "emergency": "E-222222",
    "engagement": "222",
    "erasure": "ER-222222",
    "fee": "F-222222",
    "field": "Q-222222",
    "guide": "no-such-text",
    "hold": "H-222222",
    "invitation": "no.such-token",
    "answer_link": "no.such-token",
    "extension_link": "no.such-token",
    "status_link": "no.such-token",
    "withdrawal_link": "no.such-token",
    "mails_off_link": "no.such-token",
    "mails_on_link": "no.such-token",
    "mail": "2" * 32,
    "message_file": "MF-222222",
    "new_address": "no.such-token",
    "old_address": "no.such-token",
    "passkey": "K-222222",
    "partner": "P-222222",
    "person": "U-222222",
    "profile": "no-such-text",
    "referral": "R-222222",
    "referral_draft": "RD-222222",
    "reset": "no.such-token",
    "saved_view": "SV-222222",
    "run": "PR-222222",
    "session": "2" * HANDLE,
    "list": "RI-222222",
    "piece": "R-222222/EV-222222",
    "plan": "F-222222",
    "staff": "U-222222",
    "statement": "S-222222",
    "template": "222",
}


@dataclass
class World:
    staff: Staff
    company: Company
    other: Company
    tokens: dict[str, str] = field(default_factory=dict)
    """The session of each person, by role."""
    second_sessions: dict[str, str] = field(default_factory=dict)
    passkeys: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[str]] = field(default_factory=dict)
    """Tokens of links in mails: the company's and the other's."""
    mails: list[str] = field(default_factory=list)

    def person(self, role: str) -> User:
        return self.company[role] if role in self.company.people else self.staff[role]

    def client(self, app: Flask, role: str) -> Client:
        client = client_of(app)
        if role != OUT:
            with client.session_transaction() as session:
                session["_user_id"] = self.tokens[role]
        return client

    def arguments(self, rule: Rule, role: str, whose: str) -> dict[str, str]:
        """What to put into the address, so that it is about the record of this one."""
        kind = KINDS[max((start for start in KINDS if rule.rule.startswith(start)), key=len)]
        names = rule.arguments - {"kind"}
        if "piece_ref" in names:
            pair = UNKNOWN["piece"] if whose == "unknown" else self._shelf("piece", role)[WHOSE.index(whose)]
            return dict(zip(("ref", "piece_ref"), pair.split("/"), strict=True))
        if second := names & SECOND.keys():
            (inner,) = second
            (outer,) = names - second
            return {outer: self._partner(whose), inner: self._of_the_partner(SECOND[inner], whose)}
        (name,) = names
        value = UNKNOWN[kind] if whose == "unknown" else self._shelf(kind, role)[WHOSE.index(whose)]
        return {name: value} | ({"kind": "agreement"} if "kind" in rule.arguments else {})

    def _partner(self, whose: str) -> str:
        return (self.other if whose == "other" else self.company).partner.ref

    def _of_the_partner(self, kind: str, whose: str) -> str:
        """For `colleague`, one of the other company's, under the name of this one."""
        if whose == "unknown":
            return UNKNOWN[kind]
        return (self.company if whose == "own" else self.other).refs[kind][-1]

    def _shelf(self, kind: str, role: str) -> tuple[str, str, str]:
        """One's own, a colleague's, another company's. Where nothing is anybody's own, the same one three times."""
        if kind in self._everybodys:
            return self._everybodys[kind]
        if kind == "session":
            own, colleague = self.second_sessions.get(role, UNKNOWN[kind]), self.second_sessions["colleague"]
            return own, colleague, self.second_sessions["other"]
        if kind == "passkey":
            return self.passkeys.get(role, UNKNOWN[kind]), self.passkeys["colleague"], self.passkeys["other"]
        if kind == "person":
            own = self.company[role].ref if role in self.company.people else self.company["partner_member"].ref
            return own, self.company["colleague"].ref, self.other["partner_member"].ref
        if kind in ("task", "absence", "batch"):
            others = self.staff.refs[f"{kind} of second"]
            return self.staff.refs.get(f"{kind} of {role}", UNKNOWN[kind]), others, others
        if kind == "staff":
            own = self.staff[role].ref if role in self.staff.people else self.staff["qualifier"].ref
            return own, self.staff.second.ref, self.company["partner_member"].ref
        return self._of_a_person(kind, role)

    def _of_a_person(self, kind: str, role: str) -> tuple[str, str, str]:
        """The member's and the lead's, each the other's colleague; everybody else's own is the member's."""
        members, leads = self.company.of("partner_member", kind), self.company.of("partner_admin", kind)
        own, colleague = (leads, members) if role == "partner_admin" else (members, leads)
        return own, colleague, self.other.of("partner_member", kind)

    @cached_property
    def _everybodys(self) -> dict[str, tuple[str, str, str]]:
        company, other = self.company.refs, self.other.refs
        ours = {
            "asset": render_template_string("{{ asset('app.css') }}").rpartition("/")[2],
            "guide": "three-sentences",
            "profile": "who-buys",
            "mail": self.mails[0],
            "criteria": "2",
            "engagement": "2",
            "conflict": self.staff.refs["conflict"],
            "calendar": self.staff.refs["calendar"],
            "field": self.staff.refs["field"],
            "import": self.staff.refs["import"],
            "plan": self.staff.refs["plan"],
            "product": self.staff.refs["product"],
            "route": self.staff.refs["route"],
            "run": self.staff.runs[0],
            "template": "1",
            "document": company["agreement"][0],
            "emergency": self.staff.refs["emergency"],
            "copy": self.staff.refs["copy"],
            "erasure": self.staff.refs["erasure"],
        }
        theirs = {kind: (company[kind][0], company[kind][0], other[kind][0]) for kind in SHARED}
        tokens = {kind: (self.links[kind][0], self.links[kind][0], self.links[kind][1]) for kind in self.links}
        return {kind: (value, value, value) for kind, value in ours.items()} | theirs | tokens
