"""What stands on the page of a deal, as pairs of what and which."""

from typing import Any

from markupsafe import Markup

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.deals.rules import CHANNEL_LABEL, OPEN
from portal.deals.share_rules import percent
from portal.deals.shown import odds
from portal.formats import day_words, money
from portal.referrals.facts import Pairs, mail_to


def of_deal(row: Any, reader: User) -> Pairs:
    """Where it comes from, whose it is, and what it is worth."""
    deal = row.Deal
    partner = row.partner or ""
    if partner and reader.may(Permission.VIEW_PARTNERS):
        link = '<a href="/staff/partners/{0}">{1}</a>, <a href="/staff/deals/?partner={0}">all their deals</a>'
        partner = Markup(link).format(row.partner_ref, row.partner)  # noqa: S704  (the text is ours)
    referral = Markup('<a href="/staff/referrals/{0}">{0}</a>').format(row.referral_ref) if row.referral_ref else ""
    website = Markup('<a href="https://{0}" rel="noreferrer">{0}</a>').format(deal.domain) if deal.domain else ""
    pairs: Pairs = [
        ("Owner", f"{row.owner}, {deal.owner_rule}" if deal.owner_rule else row.owner),
        ("Channel", CHANNEL_LABEL[deal.channel]),
        ("Partner", partner),
        ("Referral", referral),
        ("Shared", _shared(row)),
        ("Website", website),
        ("Known as", deal.external_ref or ""),
        ("Expected", money(deal.expected_minor, deal.currency) if deal.expected_minor else ""),
        ("Likely", odds(deal)),
        ("Closes", day_words(deal.expected_close_on) if deal.expected_close_on and deal.stage in OPEN else ""),
        ("Signed", money(deal.value_minor, deal.currency) if deal.value_minor else ""),
        ("Products", row.products or ""),
    ]
    return [(what, value) for what, value in pairs if value]


def _shared(row: Any) -> Markup | str:
    """Who has which part of its fees, the largest first."""
    if not row.shared:
        return ""
    parts = [line.split("\t") for line in row.shared.split("\n")]
    said = ", ".join(f"{name} {percent(int(share))} %" for name, share in sorted(parts, key=lambda part: -int(part[1])))
    return Markup('<a href="/staff/deals/{}/shares">{}</a>').format(row.Deal.ref, said)


def of_contact(row: Any) -> Pairs:
    """Whom to call, as the partner told us."""
    if not row.referral_ref:
        return []
    pairs: Pairs = [
        ("Contact", ", ".join(filter(None, (row.contact_name, row.contact_title)))),
        ("Mail", mail_to(row.contact_email)),
        ("Phone", row.contact_phone),
        ("Need", row.need),
    ]
    return [(what, value) for what, value in pairs if value]
