"""A contact's copy: what was noted of them stays, and nobody else is named, but for who introduced them."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.privacy.gathering import gather
from portal.privacy.others import COMPANY, PERSON, Own, without_others
from portal.privacy.packing import as_json
from portal.privacy.rules import Subject
from portal.referrals.models import Referral
from portal.scope import all_partners
from tests.privacy.canary import EMAIL, NAME, PHONE
from tests.privacy.people import a_lead, begin, contact
from tests.support import make, sales
from tests.support.make import NOON

NOTE = f"{NAME} told Vera Holm of Oddly that Tom Rask ({{}}, tom@elsewhere.example, +47 22 11 00 99) signs. Vera Holm"


def named(partner_id: int | None, name: str) -> None:
    renamed = sa.update(Partner).where(Partner.id == partner_id).values(name=name)
    db.session.execute(all_partners(renamed, "a test"))


def test_notes_stay_and_others_do_not(app: Flask) -> None:
    begin(app)
    lead, other = a_lead(name="Ines Lead"), a_lead(name="Olaf Other")
    named(lead.partner_id, "Brightwater")
    named(other.partner_id, "Oddly")
    make.staff(Role.QUALIFIER, name="Vera Holm")
    sales.referral(other, contact_name="Tom Rask", contact_email="tom@rask.example", contact_phone="+47 22 11 00 99")
    sent = sales.referral(lead, **contact(decider="Jane Somebody, CFO"))
    noted = sa.update(Referral).where(Referral.id == sent.id).values(decision_note=NOTE.format(PHONE))
    db.session.execute(all_partners(noted, "a test"))
    db.session.commit()
    told = as_json(gather(Subject.PROSPECT, sent.ref), NOON)
    assert f"{NAME} told {PERSON} of {COMPANY} that {PERSON} ({PHONE}, {PERSON}, {PERSON}) signs. {PERSON}" in told
    assert '"introduced_by": "Brightwater"' in told
    for foreign in ("Vera Holm", "Tom Rask", "Oddly", "tom@", "Olaf Other", "Ines Lead", "Jane Somebody", "22 11 00"):
        assert foreign not in told, foreign


def test_whoever_decides_is_told_where_it_is_they(app: Flask) -> None:
    own = Own(NAME, EMAIL, [PHONE], {"Brightwater"})
    rows: list[dict[str, Any]] = [{"decider": f"{NAME} herself", "n": 3, "list": [{"to": EMAIL}]}, {"decider": ""}]
    assert without_others(rows, own) == rows
