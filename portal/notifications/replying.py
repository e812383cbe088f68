"""Where an answer to a mail goes, and what the mail says of it: worked out as it is sent, and stored nowhere."""

import re
from typing import Any

import sqlalchemy as sa

from portal.conversation import reply_address
from portal.conversation.rules import Reply
from portal.extensions import db
from portal.referrals.models import Referral
from portal.scope import all_partners

_REFERRAL = re.compile(r"(?:/staff)?/referrals/(R-\w+)")
_KIND_OF = {"MessageSent": Reply.MESSAGE, "NoteWritten": Reply.NOTE, "ReferralAsked": Reply.ANSWER}
_SAYS = {
    Reply.MESSAGE: "You can answer this mail: your words go into the conversation on this referral, which both sides"
    " read.",
    Reply.NOTE: "You can answer this mail: your words become a note that only our own people read.",
    Reply.ANSWER: "You can answer this mail: your words are the answer to the question.",
}
_IN_THE_PORTAL = "Please answer in the portal: answers to this mail are not read there."


def reply_of(user_id: int | None, partner_id: int | None, event_kind: str, letter: dict[str, Any]) -> dict[str, str]:
    """What a letter is given so that it can be answered. Partners answer whatever leads to a referral of theirs; our
    own people what was written to them, and nothing that a rule told them, so that no aside goes to a partner."""
    found = _REFERRAL.match(letter["action_path"])
    kind = _KIND_OF.get(event_kind) or (Reply.MESSAGE if partner_id is not None else None)
    if found is None or kind is None or user_id is None:
        return {}
    thread = {"thread": f"{found[1].lower()}.conversation"}
    if not reply_address.is_on():
        return thread | ({"reply_says": _IN_THE_PORTAL} if event_kind in _KIND_OF else {})
    wanted = sa.select(Referral.id).where(Referral.ref == found[1])
    referral_id = db.session.scalar(all_partners(wanted, "what a mail is answered about"))
    db.session.rollback()
    if referral_id is None:
        return thread
    address = reply_address.make(kind, user_id, referral_id, letter["at"])
    return thread | {"reply_to": address, "reply_says": _SAYS[kind]}
