from collections.abc import Mapping
from datetime import datetime

from portal.auth.models import User
from portal.drafts import queries, rules
from portal.drafts.models import ReferralDraft
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import led_to
from portal.refs import new_ref


class Gone(Refused):
    """The draft was sent or deleted elsewhere."""


def keep(by: User, *, ref: str, form_key: str, typed: Mapping[str, str], now: datetime) -> ReferralDraft:
    """Save what was typed: into the draft of this reference, or the one that this form began, or a new one.

    Raises Gone where the draft, or the form itself, was sent meanwhile, Refused above the limit."""
    found = queries.to_change(by, ref) if ref else queries.begun_by_form(by, form_key)
    if found is None:
        if ref or led_to(form_key):
            raise Gone(rules.GONE)
        found = _begin(by, form_key)
    found.title, found.typed, found.saved_at = rules.title_of(typed), dict(typed), now
    db.session.add(found)
    db.session.flush()
    return found


def use(by: User, *, ref: str, form_key: str) -> None:
    """What stands in the draft is being sent: it goes, in the same transaction.

    Raises Gone where another tab sent it first."""
    draft = queries.to_change(by, ref) if ref else queries.begun_by_form(by, form_key)
    if draft is None and ref:
        raise Gone(rules.NOT_SENT)
    if draft is not None:
        delete(draft)


def delete(draft: ReferralDraft) -> None:
    db.session.delete(draft)
    db.session.flush()


def _begin(by: User, form_key: str) -> ReferralDraft:
    if by.partner_id is None:
        raise Refused("Only the people of a partner refer a company.")
    if queries.count(by) >= rules.MOST:
        raise Refused(rules.FULL)
    return ReferralDraft(ref=new_ref("RD", ReferralDraft.ref), partner_id=by.partner_id, by_id=by.id, form_key=form_key)
