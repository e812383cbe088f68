"""How the world comes about that access is tried in: the story, and whoever is signed in, invited or written to."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal import clock, storage
from portal.auth import actions as auth
from portal.auth import addresses, invitations, links
from portal.auth.factor_models import Passkey
from portal.auth.models import AccountLink, User
from portal.auth.queries import HANDLE
from portal.auth.rules import PARTNER_ROLES, SESSION_IDLE, LinkPurpose, token_hash
from portal.auth.sessions import open_session
from portal.conversation import mail_links
from portal.conversation.mail_links import Purpose
from portal.extensions import db
from portal.notifications import leaving
from portal.notifications.actions import write_to
from portal.notifications.leaving import Paces
from portal.notifications.models import Delivery
from portal.notifications.paces import MailKind, Pace
from portal.privacy import actions as privacy
from portal.privacy.rules import JobState, Reason, Subject
from portal.referrals.models import Protection, Referral
from portal.referrals.rules import ProtectionState, Status
from portal.refs import new_ref
from portal.scope import all_partners
from tests.access import story
from tests.access.cast import Company
from tests.access.world import PEOPLE, World
from tests.support import sign_on

EXPORT_LIES = timedelta(days=7)
ENDS_SOON = timedelta(days=20)


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
        member = made["partner_member"].id
        off, on = leaving.off_path(member, [MailKind.TALK]), leaving.on_path(Paces(member, {MailKind.TALK: Pace.DAILY}))
        for kind, path in (("mails_off_link", off), ("mails_on_link", on)):
            world.links.setdefault(kind, []).append(path.rpartition("/")[2])
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
    """Of the mail about the member's referral that waits for their answer, or whose protection ends soon."""
    sent = sa.select(Referral).where(
        Referral.partner_id == made.partner.id, Referral.by_id == made["partner_member"].id
    )
    asked = sent.where(Referral.status == Status.NEEDS_INFO)
    if purpose is Purpose.EXTENSION:
        lives = Protection.state == ProtectionState.ACTIVE
        asked = sent.join(Protection, Protection.referral_id == Referral.id).where(lives)
    referral = db.session.scalars(all_partners(asked.order_by(Referral.id).limit(1), "a test")).one()
    if purpose is Purpose.EXTENSION:
        ends = sa.update(Protection).where(Protection.referral_id == referral.id).values(ends_at=now + ENDS_SOON)
        db.session.execute(all_partners(ends, "a test"))
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
