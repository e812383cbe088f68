import pytest
from flask import Flask

from portal.agreements import actions
from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from tests.notifications.outbox import mails, outbox, told
from tests.support import agreements, make
from tests.support.make import NOON


class Onboarding:
    """A company that is being taken on: one who signs, one who leads, one who does neither; and who looks after it."""

    def __init__(self) -> None:
        make.program()
        self.partner: Partner = make.partner(name="Harbour & Lane", state=PartnerState.ONBOARDING)
        self.hana = agreements.signatory(self.partner, name="Hana")
        self.lead = self._person(Role.PARTNER_ADMIN)
        self.member = self._person(Role.PARTNER_MEMBER)
        self.manager = make.staff(Role.PARTNER_MANAGER)
        self.stranger = make.partner_user(Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY)

    def _person(self, role: Role) -> User:
        return agreements.person(role, partner_id=self.partner.id)


@pytest.fixture
def onboarding(app: Flask) -> Onboarding:
    return Onboarding()


def test_an_agreement_that_is_sent_asks_who_signs_and_names_them_to_the_others(onboarding: Onboarding) -> None:
    sent = agreements.sent(onboarding.partner)
    by_reader = {each.to: each for each in outbox("AgreementSent")}
    assert set(by_reader) == mails(onboarding.hana, onboarding.lead)
    hers = by_reader[onboarding.hana.email]
    assert hers.subject == "Harbour & Lane: your agreement is waiting for your signature"
    assert "You sign for the company, by 2 Dec." in hers.text
    assert hers.path == f"/agreements/{sent.ref}"
    assert "Hana can sign for the company" in by_reader[onboarding.lead.email].text


def test_a_signed_agreement_is_told_to_both_sides(onboarding: Onboarding) -> None:
    agreements.signed(agreements.sent(onboarding.partner), onboarding.hana)
    assert told("AgreementCountersigned") == mails(onboarding.hana, onboarding.lead)
    assert outbox("AgreementCountersigned")[0].subject == "Harbour & Lane: your agreement with Lumen CRM is in force"
    (ours,) = outbox("AgreementSigned")
    assert ours.to == onboarding.manager.email
    assert "Hana signed the agreement" in ours.text


def test_a_declined_agreement_is_told_with_its_reason(onboarding: Onboarding) -> None:
    actions.decline(onboarding.hana, agreements.sent(onboarding.partner), reason="The rate is too low.", now=NOON)
    db.session.commit()
    (ours,) = outbox("AgreementDeclined")
    assert (ours.to, ours.subject) == (onboarding.manager.email, "Not signed: Harbour & Lane")
    assert "“The rate is too low.”" in ours.text


def test_an_agreement_that_is_taken_back_is_told(onboarding: Onboarding) -> None:
    agreement = agreements.sent(onboarding.partner)
    actions.void(agreements.admin(), agreement, reason="Wrong rate.", now=NOON)
    db.session.commit()
    assert told("AgreementVoided") == mails(onboarding.hana, onboarding.lead)


def test_nobody_else_hears_of_an_agreement(onboarding: Onboarding) -> None:
    agreements.signed(agreements.sent(onboarding.partner), onboarding.hana)
    assert not mails(onboarding.stranger, onboarding.member) & {each.to for each in outbox()}
