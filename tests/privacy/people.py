"""A program with people in it, whose mails are files in its home."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal import mail
from portal.auth.models import User
from portal.auth.rules import Role
from portal.config import Settings
from portal.deals.models import Deal
from portal.extensions import db
from portal.partners.models import Partner
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.privacy.canary import EMAIL, NAME, PHONE
from tests.support import agreements, make, sales


def begin(app: Flask) -> Settings:
    """The program with a sales owner; what an earlier test left in the home is gone."""
    settings: Settings = app.config["SETTINGS"]
    for folder in ("mail", "files"):
        for file in (settings.home / folder).rglob("*"):
            if file.is_file():
                file.unlink()
    (settings.home / "erasures.jsonl").unlink(missing_ok=True)
    mail.init_app(app)
    sales.program()
    make.staff(Role.SALES_OWNER)
    return settings


def company() -> Partner:
    made = agreements.company()
    sales.agreement(made)
    return made


def a_lead(**given: Any) -> User:
    return make.partner_user(Role.PARTNER_ADMIN, partner_id=company().id, **given)


def contact(**given: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "contact_name": NAME,
        "contact_email": EMAIL,
        "contact_phone": PHONE,
        "contact_title": f"Boss {NAME}",
    }
    return {**told, **given}


def account(ref: str) -> User:
    """As the database has it now."""
    wanted = sa.select(User).where(User.ref == ref).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(wanted, "a test")).one()


def ref_of(deal: Deal) -> str:
    """Of the referral that led to the deal."""
    found = sa.select(Referral.ref).where(Referral.id == deal.referral_id)
    return str(db.session.scalar(all_partners(found, "a test")))
