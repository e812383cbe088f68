"""Parking in one click, wherever somebody meets a deal: until the usual day, with reminders to stay in touch. The way
back is on its page, within a day as for each move."""

import re

from markupsafe import Markup

from portal.deals.models import Deal
from portal.deals.rules import USUAL_MONTHS
from portal.deals.shown import ReturnDate, return_dates
from portal.formats import day_words

_PLACES = {"board": "/staff/deals/board", "nurture": "/staff/deals/nurture", "today": "/staff/"}
_REFERRAL = re.compile(r"R-[2-9A-Z]{6}")


def usual() -> ReturnDate:
    """The return date of the button that asks nothing."""
    return next(date for date in return_dates() if date.months == USUAL_MONTHS)


def back_to(place: str, ref: str) -> str:
    """Whoever moved a deal from somewhere else stays there; the place is a word of ours, or a referral's reference."""
    if _REFERRAL.fullmatch(place):
        return f"/staff/referrals/{place}"
    return _PLACES.get(place, f"/staff/deals/{ref}")


def said(deal: Deal) -> str:
    """Until when, and the way to its page, for whoever is somewhere else."""
    until = day_words(deal.parked_until) if deal.parked_until else ""
    link = Markup('<a href="/staff/deals/{}">Take it back, or choose another day</a>').format(deal.ref)
    return Markup("{} is parked until {} and comes back by itself. {}").format(deal.company, until, link)
