"""What is offered above the lists of referrals, and what of it was chosen."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from portal import clock, search
from portal.auth.models import User
from portal.auth.permissions import Permission, Reach
from portal.choices import Condition, Order
from portal.filters import Args, Chosen, Days, Field, Flag, Named, Pick, choose
from portal.formats import reader_zone
from portal.paging import Page
from portal.referrals import queries
from portal.referrals.lists import DECIDED, DUE, ENTERED, RECEIVED, WORDS, Wanted, country_called
from portal.referrals.rules import LABEL, Status

PARTNER_LIST, STAFF_LIST = "/referrals/", "/staff/referrals/"
_STATES = [(str(each), LABEL[each]) for each in Status if each is not Status.DRAFT]
_SORTED = {
    RECEIVED: "The latest first.",
    DUE: "What is due first stands on top.",
    DECIDED: "The latest decided first.",
    ENTERED: "The latest to come in first.",
}


def partner_choice(user: User, args: Args) -> Chosen:
    """For a partner's people; who sees what others of the company introduced chooses whose, too."""
    fields = _fields()
    if user.reach(Permission.VIEW_REFERRALS) is Reach.COMPANY:
        fields.insert(1, Named("by", "By whom", partial(queries.colleagues_called, user), "Name of a colleague"))
    return choose(PARTNER_LIST, fields, args, sorts=("due",))


def staff_choice(user: User, args: Args, owners: Sequence[Any]) -> Chosen:
    fields, called = _fields(), partial(queries.partners_called, user)
    fields.insert(1, Named("partner", "Partner", called, "Name or reference"))
    fields.insert(2, Pick("owner", "Owner of its deal", [(each.ref, each.name) for each in owners]))
    return choose(STAFF_LIST, fields, args, sorts=("due",))


def wanted(user: User, chosen: Chosen, *, others: Sequence[Condition] = ()) -> tuple[Wanted, str]:
    """What the list is narrowed to, and a sentence where nothing was searched for."""
    asked = Wanted(
        states=[Status(each) for each in chosen["state"]],
        received=chosen["received"],
        decided=chosen["decided"],
        countries=chosen["country"],
        partner_ids=chosen["partner"] or (),
        by_ids=chosen["by"] or (),
        overdue_at=clock.now() if chosen["overdue"] else None,
        by_due=chosen.sort == "due",
        others=others,
    )
    return _searched(user, asked, chosen.typed) if chosen.typed else (asked, "")


def _searched(user: User, asked: Wanted, typed: str) -> tuple[Wanted, str]:
    if user.partner_id is not None:
        return replace(asked, others=[*asked.others, search.inside(WORDS, typed)]), ""
    if len(typed) < search.LEAST:
        return replace(asked, few=search.nothing()), search.TOO_SHORT
    if asked.is_whole:
        return replace(asked, has=search.all_of(WORDS, typed)), ""
    return replace(asked, few=search.latest(typed, WORDS)), ""


def order_words(order: Order) -> str:
    return _SORTED[order]


def how_far(page: Page) -> str:
    """Where the work for a page ended before the page was full, or a search before all was found."""
    if page.is_cut:
        return search.CUT
    if not page.looked_at:
        return ""
    return f"{page.looked_at:,} rows were looked at for this page; “Next” goes on from there."


def _fields() -> list[Field]:
    zone = reader_zone()
    return [
        Pick("state", "State", _STATES, several=True),
        Named("country", "Country", country_called, "Like DE, AT, Switzerland"),
        Days("received", "Received", zone),
        Days("decided", "Decided", zone),
        Flag("overdue", "Our answer is late"),
    ]
