from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from werkzeug.exceptions import NotFound

from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.extensions import db
from portal.paging import Page, page_of
from portal.partners import rules
from portal.partners.models import Partner, PayoutDetails
from portal.partners.rules import PartnerState, PayoutDetailsState
from portal.scope import all_partners, owned_by

_LIVE = (PayoutDetailsState.CONFIRMED, PayoutDetailsState.PROPOSED)


@dataclass(frozen=True)
class Company:
    """A partner, with where it is paid and what waits to become that."""

    partner: Partner
    in_use: PayoutDetails | None
    proposed: PayoutDetails | None

    @property
    def refs(self) -> list[str]:
        """Of the records that the company's timeline tells of."""
        return [self.partner.ref, *(each.ref for each in (self.in_use, self.proposed) if each is not None)]

    @property
    def payout_block(self) -> str:
        return rules.payout_block(
            has_details=self.in_use is not None,
            change_waits=self.proposed is not None,
            tax_form_on=self.partner.tax_form_on,
        )


def visible_to(user: User, *columns: Any) -> sa.Select[Any]:
    """A partner's people see their own company, staff all of them."""
    everyone = sa.select(*(columns or (Partner,)))
    if user.partner_id is not None:
        return owned_by(everyone.where(Partner.id == user.partner_id), user.partner_id)
    if user.may(Permission.VIEW_PARTNERS):
        return all_partners(everyone, "staff see all partners")
    return all_partners(everyone.where(sa.false()), "whoever may see no partner sees none")


def get_visible(user: User, ref: str) -> Partner:
    return db.one_or_404(visible_to(user).where(Partner.ref == ref))  # type: ignore[no-any-return]


def own(user: User) -> Partner:
    """The company of a partner's person."""
    return db.session.execute(visible_to(user).where(Partner.id == user.partner_id)).scalar_one()  # type: ignore[no-any-return]


def company(user: User, ref: str | None = None) -> Company:
    """One's own company, or the one of this name, with its payout details. 404 where the reader has none."""
    joined = sa.and_(PayoutDetails.partner_id == Partner.id, PayoutDetails.state.in_(_LIVE))
    wanted = visible_to(user, Partner, PayoutDetails).join(PayoutDetails, joined, isouter=True)
    wanted = wanted.where(Partner.ref == ref) if ref is not None else wanted.where(Partner.id == user.partner_id)
    found = db.session.execute(wanted).all()
    if not found:
        raise NotFound
    details = {row.PayoutDetails.state: row.PayoutDetails for row in found if row.PayoutDetails is not None}
    return Company(
        partner=found[0].Partner,
        in_use=details.get(PayoutDetailsState.CONFIRMED),
        proposed=details.get(PayoutDetailsState.PROPOSED),
    )


def details_in_use(partner_id: int) -> PayoutDetails | None:
    return _details(partner_id, PayoutDetailsState.CONFIRMED)


def details_proposed(partner_id: int) -> PayoutDetails | None:
    """What waits for a second person; locked, so that two who decide at once decide one after the other."""
    return _details(partner_id, PayoutDetailsState.PROPOSED, lock=True)


def page(
    *, user: User, q: str, state: PartnerState | None, token: str | None, url: Callable[[str | None], str]
) -> Page:
    """Partners by name, or those whose name holds what is searched for, or the one of this reference."""
    columns = (Partner.id, Partner.ref, Partner.name, Partner.country, Partner.state, Partner.state_since)
    listed = visible_to(user, *columns)
    if q:
        listed = listed.where(Partner.name.icontains(q, autoescape=True) | (Partner.ref == q.upper()))
    if state is not None:
        listed = listed.where(Partner.state == state)
    return page_of(db.session, listed, [Partner.name, Partner.id], token=token, url=url)


def _details(partner_id: int, state: PayoutDetailsState, *, lock: bool = False) -> PayoutDetails | None:
    wanted = sa.select(PayoutDetails).where(PayoutDetails.partner_id == partner_id, PayoutDetails.state == state)
    return db.session.scalar(owned_by(wanted.with_for_update() if lock else wanted, partner_id))
