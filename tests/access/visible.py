"""The queries that every read of a partner's records begins with."""

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import load_only

from portal.activity import queries as activity
from portal.activity.models import EventRow
from portal.agreements import queries as agreements
from portal.agreements.models import Agreement
from portal.auth import queries as people
from portal.auth.models import User
from portal.conversation import queries as conversation
from portal.conversation.models import Message
from portal.deals import queries as deals
from portal.deals.models import Deal
from portal.extensions import db
from portal.fees import queries as fees
from portal.fees.models import FeeLine
from portal.partners import queries as partners
from portal.partners.models import Partner
from portal.payouts import queries as payouts
from portal.payouts.models import Statement
from portal.referrals import queries as referrals
from portal.referrals.models import Referral
from portal.sso import queries as sign_on
from portal.sso.models import Connection


class Visible(NamedTuple):
    module: Any
    model: Any
    name: str = "visible_to"

    def owners(self, user: User) -> set[int | None]:
        """Whose rows the person is shown."""
        statement: sa.Select[Any] = getattr(self.module, self.name)(user)
        owner = self.model.id if self.model is Partner else self.model.partner_id
        rows = db.session.scalars(statement.options(load_only(owner)))
        return {row.id if self.model is Partner else row.partner_id for row in rows}


VISIBLE = (
    Visible(activity, EventRow),
    Visible(agreements, Agreement),
    Visible(conversation, Message),
    Visible(deals, Deal),
    Visible(fees, FeeLine),
    Visible(partners, Partner),
    Visible(payouts, Statement, "statements_visible_to"),
    Visible(people, User),
    Visible(referrals, Referral),
    Visible(sign_on, Connection),
)
