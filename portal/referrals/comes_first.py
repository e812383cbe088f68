"""What has to come before a company can refer, and from whom: said on each page that would invite it to."""

from typing import NamedTuple

from portal.agreements import queries as agreements
from portal.agreements.models import Agreement
from portal.agreements.queries import InForce
from portal.auth.holders import holders, names
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.formats import day_words
from portal.moves import Tone
from portal.partners.rules import LABEL, MAY_REFER


class First(NamedTuple):
    sentence: str
    small: str
    tone: Tone
    url: str = ""
    label: str = ""


def comes_first(user: User, under: InForce | None) -> First | None:
    """None where the company of this person may refer today; `under` is its agreement in force."""
    if under is not None and under.partner_state in MAY_REFER:
        return None
    if under is not None:
        paused = f"Your company is {LABEL[under.partner_state].lower()}, so no referral can be sent."
        return First(paused, "What you introduced goes on. Ask us when you want to refer again.", "note")
    waiting = agreements.awaiting(user.partner_id) if user.partner_id else None
    if waiting is None:
        told = "You get a mail as soon as it can be signed, and refer companies from the day on which it is in force."
        return First("We prepare your agreement; no referral can be sent before it is signed.", told, "note")
    return _unsigned(user, waiting)


def _unsigned(user: User, waiting: Agreement) -> First:
    url = f"/agreements/{waiting.ref}" if user.may(Permission.VIEW_AGREEMENTS) else ""
    by = f"by {day_words(waiting.sign_by)}" if waiting.sign_by else "soon"
    if user.may(Permission.SIGN_AGREEMENTS):
        first = "Your agreement waits for your signature; no referral can be sent before."
        return First(first, f"Sign it {by}, and refer companies from then on.", "due", url, "Read and sign")
    first = "Your agreement waits for a signature; no referral can be sent before."
    signers = holders(Permission.SIGN_AGREEMENTS, partner_id=user.partner_id)
    if signers:
        told = f"{names(signers)} can sign for your company, {by}; you can refer companies from then on."
        return First(first, told, "note", url, "Read it" if url else "")
    nobody = "Nobody of your company can sign yet: whoever leads your team gives somebody that role, under Team."
    return First(first, nobody, "due", "/team/" if user.may(Permission.VIEW_TEAM) else "", "Open the team")
