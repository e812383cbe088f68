"""The world that access is tried in, and whose record a person is shown: their own, a colleague's, another
company's, or one that does not exist."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import sqlalchemy as sa
from flask import Flask, render_template_string
from werkzeug.routing import Rule

from portal import clock, storage
from portal.auth import actions as auth
from portal.auth import addresses, invitations, links
from portal.auth.factor_models import Passkey
from portal.auth.models import AccountLink, User
from portal.auth.queries import HANDLE
from portal.auth.rules import PARTNER_ROLES, SESSION_IDLE, STAFF_ROLES, LinkPurpose
from portal.auth.sessions import open_session, token_hash
from portal.conversation import mail_links
from portal.conversation.mail_links import Purpose
from portal.extensions import db
from portal.notifications.actions import write_to
from portal.notifications.models import Delivery
from portal.privacy import actions as privacy
from portal.privacy.rules import JobState, Reason, Subject
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.refs import new_ref
from portal.scope import all_partners
from tests.access import story
from tests.access.story import Company, Staff
from tests.support import sign_on
from tests.support.client import Client, client_of

EXPORT_LIES = timedelta(days=7)
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
    "/links/status/": "status_link",
    "/links/withdrawal/": "withdrawal_link",
    "/login/sso/": "connection",
    "/password-reset/": "reset",
    "/profiles/": "profile",
    "/referrals/": "referral",
    "/referrals/check/": "check",
    "/referrals/drafts/": "referral_draft",
    "/referrals/files/": "message_file",
    "/referrals/check/holds/": "hold",
    "/referrals/import/": "list",
    "/resources/": "guide",
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
    "status_link": "no.such-token",
    "withdrawal_link": "no.such-token",
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


def build() -> World:
    """The story told, and each of its people signed in twice."""
    world = World(*story.tell())
    now = clock.now()
    for role in PEOPLE[1:]:
        # Ahead of the clock, so that no use of it is noted, which is the one thing that a GET may write.
        world.tokens[role] = open_session(world.person(role), now + SESSION_IDLE)
        world.second_sessions[role] = _handle(world.person(role))
        world.passkeys[role] = _passkey(world.person(role), now)
    world.second_sessions["colleague"] = _handle(world.company["colleague"])
    world.second_sessions["other"] = _handle(world.other["partner_admin"])
    world.passkeys["colleague"] = _passkey(world.company["colleague"], now)
    world.passkeys["other"] = _passkey(world.other["partner_admin"], now)
    for made in (world.company, world.other):
        auth.ask_reset(made["colleague"], now=now)
        addresses.ask(made["colleague"], address=f"renamed@{made.word.lower()}.example", now=now)
        invitations.resend(made["partner_admin"], made["invited"], now=now)
        for purpose in LinkPurpose:
            world.links.setdefault(purpose, []).append(_token(made, purpose))
        for link in Purpose:
            world.links.setdefault(f"{link}_link", []).append(_mail_link(made, link, now))
        _sign_on(made, now)
        write_to(f"someone@{made.word.lower()}.example", "A subject", [f"{made.word} line"], now=now)
    of_staff = sign_on.connection(world.staff["program_admin"], domains=("portal.example",))
    for person in (world.staff["program_admin"], world.staff.second):
        sign_on.came(of_staff, person, person.ref, now)
    _look_after_personal_data(world, now)
    world.mails = list(db.session.scalars(all_partners(sa.select(Delivery.message_id), "a test")))
    db.session.commit()
    return world


def _look_after_personal_data(world: World, now: datetime) -> None:
    """A copy that lies ready for the program admin, and an erasure that the worker has not begun."""
    admin, second = world.staff["program_admin"], world.staff.second
    copy = privacy.ask_for_export(admin, Subject.USER, second.ref, now=now)
    file = storage.put(b"PK", "application/zip")
    copy.state, copy.sha256, copy.made_at, copy.expires_at = JobState.DONE, file.sha256, now, now + EXPORT_LIES
    invited = world.other["invited"]
    order = privacy.ask_for_erasure(admin, Subject.USER, invited.ref, reason=Reason.ASKED, now=now)
    world.staff.refs |= {"copy": copy.ref, "erasure": order.ref}


def _sign_on(made: Company, now: datetime) -> None:
    """A connection to a provider that does not answer, by which some of the company have come."""
    word, lead = made.word.lower(), made["partner_admin"]
    issuer = f"{sign_on.NOBODY_THERE}/{word}"
    connection = sign_on.connection(lead, issuer=issuer, client_id=f"{word} client", domains=(f"{word}.example",))
    made.note("connection", connection.ref)
    for role in (*PARTNER_ROLES, "colleague"):
        sign_on.came(connection, made[role], f"{word} {role}", now)


def _passkey(user: User, now: datetime) -> str:
    """A passkey of the person, beside the password that they may go on signing in with alone."""
    ref = new_ref("K", Passkey.ref)
    db.session.add(
        Passkey(
            ref=ref,
            user_id=user.id,
            name=f"{user.name}'s key",
            credential_id=ref,
            public_key="",
            sign_count=0,
            transports=[],
            is_synced=False,
            created_at=now,
        )
    )
    db.session.flush()
    return ref


def _handle(user: User) -> str:
    return token_hash(open_session(user, clock.now()))[:HANDLE]


def _mail_link(made: Company, purpose: Purpose, now: datetime) -> str:
    """Of the mail about the member's referral that waits for their answer."""
    asked = sa.select(Referral).where(
        Referral.partner_id == made.partner.id,
        Referral.by_id == made["partner_member"].id,
        Referral.status == Status.NEEDS_INFO,
    )
    referral = db.session.scalars(all_partners(asked, "a test")).one()
    offered = mail_links.offers(referral.id, referral.version, purpose)
    ((_, path),) = mail_links.paths(offered, made["partner_member"].id, now)
    return path.rpartition("/")[2]


def _token(made: Company, purpose: LinkPurpose) -> str:
    of_them = (
        sa.select(AccountLink)
        .join(User, User.id == AccountLink.user_id)
        .where(User.partner_id == made.partner.id, AccountLink.purpose == purpose)
        .order_by(AccountLink.id.desc())
        .limit(1)
    )
    return links.path_of(db.session.scalars(all_partners(of_them, "a test")).one()).rpartition("/")[2]
