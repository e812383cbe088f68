from typing import Any

import sqlalchemy as sa

from portal.auth.models import User
from portal.drafts.models import ReferralDraft
from portal.extensions import Kept, db
from portal.scope import READER, owned_by


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """One's own. Whoever looks on as somebody else sees none of theirs."""
    own = sa.select(*(columns or (ReferralDraft,))).where(
        ReferralDraft.partner_id == user.partner_id,
        ReferralDraft.by_id == user.id,
        sa.true() if user.viewer is None else sa.false(),
    )
    return owned_by(own, READER)


def draft(user: User, ref: str) -> ReferralDraft:
    """404 where the person has none of this name."""
    found: ReferralDraft = db.one_or_404(visible_to(user).where(ReferralDraft.ref == ref))
    return found


def to_change(user: User, ref: str) -> ReferralDraft | None:
    """Locked; None where the person has none of this name any more."""
    return _locked(user, ReferralDraft.ref == ref)


def begun_by_form(user: User, form_key: str) -> ReferralDraft | None:
    """The draft that this form began, locked. Most forms began none."""
    if _BEGUN.read({"whose": user.partner_id, "by": user.id, "form_key": form_key}).first() is None:
        return None
    return _locked(user, ReferralDraft.form_key == form_key)


_begun: Any = sa.select(ReferralDraft.id).where(
    ReferralDraft.by_id == sa.bindparam("by"),
    ReferralDraft.form_key == sa.bindparam("form_key"),
    ReferralDraft.partner_id == sa.bindparam("whose"),
)
_BEGUN = Kept(owned_by(_begun, READER))


def count(user: User) -> int:
    return db.session.scalar(visible_to(user, sa.func.count())) or 0


def _locked(user: User, which: sa.ColumnElement[bool]) -> ReferralDraft | None:
    found: ReferralDraft | None = db.session.scalar(visible_to(user).where(which).with_for_update())
    return found
