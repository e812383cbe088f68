from datetime import datetime

import sqlalchemy as sa

from portal.auth.models import LoginSession, User
from portal.auth.rules import token_hash
from portal.extensions import db
from portal.scope import all_partners
from portal.unsent.models import UnsentForm
from portal.unsent.rules import KEPT_FOR, Typed
from portal.vault import CannotUnseal, unseal


def is_own(user_id: int, browser: str) -> sa.ColumnElement[bool]:
    return sa.and_(UnsentForm.user_id == user_id, UnsentForm.browser == browser)


def whose(token: str) -> int | None:
    """The id of the person whose session this token was, whatever ended it; None where the account is closed."""
    session = (
        sa.select(User.id)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.awaits_factor.is_(False))
        .where(User.disabled_at.is_(None))
    )
    return db.session.scalar(all_partners(session, "whose session has ended, before anyone is signed in"))


def newest(user_id: int, browser: str, now: datetime) -> str | None:
    """The reference of what this person typed last and could not send."""
    kept = sa.select(UnsentForm.ref).where(is_own(user_id, browser), UnsentForm.at > now - KEPT_FOR)
    return db.session.scalar(kept.order_by(UnsentForm.id.desc()).limit(1))


def typed(user_id: int, browser: str, ref: str, now: datetime) -> Typed | None:
    """What is kept under this reference for this person in this browser."""
    kept = sa.select(UnsentForm.typed_sealed).where(is_own(user_id, browser), UnsentForm.ref == ref)
    sealed = db.session.scalar(kept.where(UnsentForm.at > now - KEPT_FOR))
    return opened(sealed, ref, user_id) if sealed is not None else None


def opened(sealed: str, ref: str, user_id: int) -> Typed | None:
    """None where the key that sealed it is no longer here: it was kept for a day at most."""
    try:
        text = unseal(sealed, table="unsent_forms", row=ref, column="typed_sealed", partner=user_id)
    except CannotUnseal:
        return None
    return Typed.from_text(text)
