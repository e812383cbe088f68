"""What an address asks of one of the lists that views can be kept of, read as the list itself reads it."""

from urllib.parse import parse_qsl

from werkzeug.datastructures import MultiDict

from portal.auth.models import User
from portal.deals import filters
from portal.deals import queries as deals
from portal.errors import Refused
from portal.filters import Chosen
from portal.referrals import filtering
from portal.saved_views.rules import LONGEST_CHOICE, ListName, is_offered


def chosen(user: User, of: ListName, query: str) -> Chosen:
    args = MultiDict(parse_qsl(query[:LONGEST_CHOICE]))
    if of is ListName.REFERRALS:
        return filtering.partner_choice(user, args)
    if of is ListName.STAFF_REFERRALS:
        return filtering.staff_choice(user, args, deals.owners(user))
    return filters.choice(user, args, deals.owners(user))


def for_its_owner(whose: User, of: ListName, choice: Chosen) -> Chosen:
    """The same, to be kept in a view of somebody else. Raises Refused where it sets what their list does not have."""
    if not is_offered(parse_qsl(choice.query), chosen(whose, of, "").params):
        raise Refused(f"The list of {whose.name}, whose view it is, does not have every filter that is set here.")
    return choice


def settled(choice: Chosen) -> str:
    """What can be kept of it. Raises Refused where a part of it is not clear."""
    if choice.problems:
        raise Refused(choice.problems[0])
    if choice.several:
        raise Refused(f"{choice.several[0][0]}: say first which one you mean.")
    return choice.query
