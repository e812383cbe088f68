"""Before the agreement is signed, each page that would invite to refer says what comes first, and by whom."""

import pytest
from flask import Flask

from portal.auth.rules import Role
from portal.partners.models import Partner
from portal.partners.rules import PartnerState
from tests.support import agreements, make, sales
from tests.support.client import Client

PAGES = ("/referrals/", "/referrals/new", "/referrals/import")


@pytest.fixture
def harbour(app: Flask) -> Partner:
    sales.program()
    return agreements.company()


def told(client: Client) -> list[str]:
    pages = [client.get(page).text for page in PAGES]
    assert not any(">Send the referral<" in page or ">Refer a company</a>" in page for page in pages)
    return pages


def test_nothing_can_be_signed_yet(client: Client, harbour: Partner) -> None:
    client.as_(make.partner_user(Role.PARTNER_ADMIN, partner_id=harbour.id))
    assert all("We prepare your agreement" in page for page in told(client))


def test_whoever_signs_is_sent_there_and_the_others_are_told_who(client: Client, harbour: Partner) -> None:
    ref = agreements.sent(harbour).ref
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=harbour.id)
    client.as_(member)
    assert all("Nobody of your company can sign yet" in page for page in told(client))
    hana = agreements.signatory(harbour, name="Hana Lane")
    assert all("Hana Lane can sign for your company" in page for page in told(client))
    lead = make.partner_user(Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY, partner_id=harbour.id)
    client.as_(lead)
    for page in told(client):
        assert "waits for your signature" in page
        assert f'href="/agreements/{ref}">Read and sign' in page
    agreements.signed(agreements.agreement(ref), hana)
    assert "no referral can be sent" not in client.get("/referrals/new").text


def test_a_paused_company_is_told_so(client: Client, app: Flask) -> None:
    sales.program()
    partner = make.partner(state=PartnerState.PAUSED)
    sales.agreement(partner)
    client.as_(make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id))
    assert all("Your company is paused, so no referral can be sent." in page for page in told(client))
