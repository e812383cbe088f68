"""What a person did, and what happened to their account."""

from portal.auth.rules import Role
from tests.activity.happenings import discarded, opened, recorded, roles_changed, withdrew
from tests.support import make
from tests.support.client import Client


def test_it_holds_ones_own_and_nobody_elses(client: Client) -> None:
    make.program()
    ben = make.partner_user(name="Ben Okafor")
    ana = make.partner_user(name="Ana Ferreira", partner_id=ben.partner_id)
    recorded(withdrew(ben), withdrew(ana, "R-333333"), roles_changed(ana, ben), roles_changed(ana, ana))
    page = client.as_(ben).get("/account/activity").text
    assert '<a class="open" href="/referrals/R-222222">You withdrew this referral.' in page
    assert "Ana Ferreira changed the roles of you to Auditor." in page
    assert "R-333333" not in page
    assert page.count("changed the roles") == 1


def test_what_only_staff_read_is_not_told_to_a_partners_person(client: Client) -> None:
    make.program()
    ben = make.partner_user()
    recorded(discarded(ben, partner_id=make.partner().id), opened(ben))
    assert "Nothing yet" in client.as_(ben).get("/account/activity").text


def test_staff_see_their_own_without_the_right_to_see_the_record(client: Client) -> None:
    make.program()
    sam = make.staff(Role.SALES_OWNER)
    recorded(opened(sam), opened(make.staff()))
    page = client.as_(sam).get("/account/activity").text
    assert page.count("opened the agreement") == 1
    assert "no. " not in page


def test_it_says_where_one_signed_in_and_where_one_signed_out(client: Client) -> None:
    make.program()
    ben = make.partner_user()
    client.as_(ben).post("/logout")
    page = client.as_(ben).get("/account/activity").text
    assert page.count("address unknown") == 2
    client.as_(make.partner_user())
    assert client.get("/account/activity").text.count("address unknown") == 1
