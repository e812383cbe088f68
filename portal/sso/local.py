"""What the door has to know of identity providers: who signs in nowhere else, and who can prove there who they are."""

from portal.auth.local_login import says_who_may_not
from portal.auth.models import User
from portal.auth.proofs import ELSEWHERE, Elsewhere
from portal.sso import queries
from portal.sso.rules import OF_STAFF

INSTEAD = "With this mail address you sign in through your company: “Sign in with your company” is below."


@says_who_may_not
def elsewhere_only(email: str, proven: User | None) -> str | None:
    """Of those who have proven who they are, only the connection's own people are sent away, and not the program admin
    who keeps a way in for the day on which the provider fails."""
    found = queries.by_address(email)
    if found is None or not found.connection.local_login_off:
        return None
    if proven is not None and proven.partner_id != found.connection.partner_id:
        return None
    if proven is not None and found.connection.owner == OF_STAFF and _keeps_a_password(proven):
        return None
    return INSTEAD


def _keeps_a_password(user: User) -> bool:
    keeper = queries.keeper()
    return keeper is not None and keeper.id == user.id


def prove_there(user: User) -> Elsewhere | None:
    """For whoever has come by a provider, and still may."""
    return Elsewhere("Show it there", "/account/proof/sso") if queries.own(user) is not None else None


ELSEWHERE.append(prove_there)
