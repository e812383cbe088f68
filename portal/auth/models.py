from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.attempts import PENDING, Attempted
from portal.auth.permissions import Permission, Reach, reach_of
from portal.auth.rules import PARTNER_ROLES, ROLE_LABEL, Factor, LinkPurpose, Role, role_words
from portal.extensions import Base

_PARTNER_ROLES = ", ".join(f"'{role}'" for role in PARTNER_ROLES)


class User(UserMixin, Base):
    __tablename__ = "users"
    __allow_unmapped__ = True  # for what belongs to the request and is never stored
    __table_args__ = (sa.UniqueConstraint("partner_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(12), unique=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"), index=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    phone: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")
    """For whoever works with them on a referral."""
    theme: Mapped[str] = mapped_column(sa.String(5), default="")
    letter_keys: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Whether single letters are shortcuts (WCAG 2.1.4: whoever speaks to the browser, or types one-handed, may not
    want them)."""
    mails: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """How soon each kind of message is sent to them, where that is not at once: see notifications/paces.py."""
    first_views: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    """By list, the saved view that a bare visit of it opens: see saved_views."""
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    factor_since: Mapped[datetime | None]
    """Since when there is a second factor, of whatever kind; None where there is none."""
    erased_at: Mapped[datetime | None]
    """Since when the row says nothing of the person any more; a closed account that never opens again."""
    accepted_at: Mapped[datetime | None]
    """When the person first came in, with a password, a passkey or an identity provider; None for who is invited."""
    visited_at: Mapped[datetime | None]
    """When the person last looked at a page, give or take minutes; see auth/visits.py."""
    visited_before_at: Mapped[datetime | None]
    """When the visit before this one ended; None for who is here for the first time."""
    invitation_revoked_at: Mapped[datetime | None]
    """When the invitation was taken back. Nothing is sent to them until somebody invites them again."""
    invited_as: Mapped[str | None] = mapped_column(sa.String(254))
    """The address that a partner's lead typed, where it is another account's: this one is nobody's, and only shown, so
    that the lead cannot tell. `email` then leads nowhere."""

    grants: Mapped[list["RoleGrant"]] = relationship(
        lazy="raise", foreign_keys="RoleGrant.user_id", cascade="save-update, merge, expunge"
    )

    session_token: str = ""  # of the request's own session; never stored
    company_name: str = ""  # read with the session; never stored
    factor: Factor = Factor.PASSWORD  # what the request's own session was last proven with; never stored
    proved_at: datetime | None = None  # when that was; never stored
    viewer: "User | None" = None  # who of staff looks on as this person; never stored
    viewed_until: datetime | None = None  # until when; never stored

    def get_id(self) -> str:
        return self.session_token

    @property
    def is_staff(self) -> bool:
        return self.partner_id is None

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    @property
    def shown_email(self) -> str:
        """The address that this person was invited at, for lists and pages."""
        return self.invited_as or self.email

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def lasting_roles(self) -> frozenset[Role]:
        """Without those that are lent in an emergency."""
        return frozenset(grant.role for grant in self.grants if grant.ends_at is None)

    @property
    def lent(self) -> "RoleGrant | None":
        """The role that is lent in an emergency, if any; of several, the one that ends last."""
        ends = [(grant.ends_at, grant) for grant in self.grants if grant.ends_at is not None]
        return max(ends, key=lambda each: each[0])[1] if ends else None

    @property
    def emergency(self) -> str | None:
        """The reference of the emergency grant that they act under, if any."""
        return self.lent.emergency_ref if self.lent is not None else None

    @property
    def role_words(self) -> str:
        return role_words(self.roles)

    def may(self, permission: Permission, relation: Reach = Reach.OWN) -> bool:
        """Whether any of the person's roles holds the permission and reaches at least this far with it."""
        return (self.reach(permission) or 0) >= relation

    def reach(self, permission: Permission) -> Reach | None:
        """The furthest that any of the person's roles reaches with this permission."""
        return reach_of(self.roles, permission)


class RoleGrant(Base):
    """A role that a person holds, and who gave it. Nobody grants a role to themselves."""

    __tablename__ = "role_grants"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "role"),
        sa.Index("ix_role_grants_role_partner_id", "role", "partner_id"),
        sa.ForeignKeyConstraint(["partner_id", "user_id"], ["users.partner_id", "users.id"]),
        sa.CheckConstraint("granted_by_id <> user_id", name="not_to_oneself"),
        sa.CheckConstraint(f"(role IN ({_PARTNER_ROLES})) = (partner_id IS NOT NULL)", name="role_of_own_side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    partner_id: Mapped[int | None]
    role: Mapped[Role]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """Of a role lent in an emergency: from then on it counts no more."""
    emergency_ref: Mapped[str | None] = mapped_column(sa.ForeignKey("emergency_grants.ref"))

    @property
    def label(self) -> str:
        return ROLE_LABEL[self.role]


class LoginSession(Base):
    """One signed-in browser. The cookie holds the token; the row holds its hash."""

    __tablename__ = "login_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    factor: Mapped[Factor] = mapped_column(default=Factor.PASSWORD, server_default=Factor.PASSWORD)
    proved_at: Mapped[datetime | None]
    """When a factor was last given."""
    awaits_factor: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """The password was right, the second factor is still to come: it opens nothing but the page that asks for it."""
    view_as_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """The partner's user as whom this staff session looks on, changing nothing."""
    view_as_until: Mapped[datetime | None]
    user_agent: Mapped[str] = mapped_column(sa.String(300), default="")
    address: Mapped[str] = mapped_column(sa.String(45), default="")


class AccountLink(Base):
    """A single-use link in a mail. Its address is signed with the secret key, so the row alone opens nothing."""

    __tablename__ = "account_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(sa.String(43), unique=True)
    purpose: Mapped[LinkPurpose]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LinkRequest(Attempted, Base):
    """Somebody asked for a link at this address, whether anybody has it or not: the worker looks, so that the answer
    takes the same for all. The row is gone once it is answered."""

    __tablename__ = "link_requests"
    __table_args__ = (sa.Index("ix_link_requests_state_next_at", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254))
    state: Mapped[str] = mapped_column(sa.String(8), default=PENDING)


class AddressChange(Base):
    """A person's wish to have another mail address; it holds once both ends have said yes."""

    __tablename__ = "address_changes"
    __table_args__ = (
        sa.CheckConstraint(
            "done_at IS NULL OR (old_confirmed_at IS NOT NULL AND new_confirmed_at IS NOT NULL)", name="both_ends"
        ),
        sa.CheckConstraint("done_at IS NULL OR stopped_at IS NULL", name="done_or_stopped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    old_address: Mapped[str] = mapped_column(sa.String(254))
    new_address: Mapped[str] = mapped_column(sa.String(254))
    old_link_id: Mapped[int] = mapped_column(sa.ForeignKey("account_links.id"), unique=True)
    new_link_id: Mapped[int] = mapped_column(sa.ForeignKey("account_links.id"), unique=True)
    """Sent to nobody where the new address is another account's."""
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    old_confirmed_at: Mapped[datetime | None]
    new_confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class KnownDevice(Base):
    """A browser that a person has signed in with. It holds a random token in a cookie, the row its digest."""

    __tablename__ = "known_devices"
    __table_args__ = (sa.UniqueConstraint("user_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    digest: Mapped[str] = mapped_column(sa.String(64))
    first_used_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(sa.String(300), default="")
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    """Of the network that it first signed in from."""


class Throttle(Base):
    """Tries counted per window, for an account or a network address (both as digests)."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    tries: Mapped[int]
