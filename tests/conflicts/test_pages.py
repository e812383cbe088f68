from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.auth.models import User
from portal.auth.rules import Role
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from tests.support import make, sales
from tests.support.client import Client, client_of

ACME: dict[str, Any] = {"company": "Kallwitz GmbH", "website": "kallwitz.example"}


@pytest.fixture
def both(app: Flask) -> tuple[Referral, Referral]:
    sales.program()
    now = clock.now()
    first = sales.referral(sales.lead(name="Hana"), now, **ACME)
    return first, sales.referral(sales.lead(name="Ben"), now + timedelta(minutes=5), **ACME)


@pytest.fixture
def maya(app: Flask) -> Client:
    return client_of(app).as_(make.staff(Role.QUALIFIER, name="Maya"))


def of(referral: Referral) -> User:
    return make.partner_user(Role.PARTNER_ADMIN, partner_id=referral.partner_id)


def test_each_side_reads_the_rule_and_the_times_and_nothing_of_the_other(
    client: Client, both: tuple[Referral, Referral]
) -> None:
    first, second = both
    mine = client.as_(of(second)).get(f"/referrals/{second.ref}").text
    assert "In conflict" in mine
    assert "By rule 4 the first valid registration stands." in mine
    assert "A person looks at it and decides by" in mine
    assert 'href="/rules-of-engagement"' in mine
    theirs = client.as_(of(first)).get(f"/referrals/{first.ref}").text
    assert "Another partner introduced the same company on" in theirs
    assert "nothing changes for you." in theirs
    for page, ref, name in ((mine, first.ref, "Hana"), (theirs, second.ref, "Ben")):
        assert ref not in page
        assert name not in page


def test_the_list_leads_to_the_page_on_which_it_is_upheld(
    maya: Client, client: Client, both: tuple[Referral, Referral]
) -> None:
    first, second = both
    page = maya.get("/staff/conflicts/").text
    assert f'href="/staff/referrals/{second.ref}#conflict"' in page
    assert "4. The first valid registration" in page
    page = maya.get(f"/staff/referrals/{second.ref}").text
    assert "Uphold the ruling" in page
    assert f'<a href="/staff/referrals/{first.ref}">{first.ref}</a>' in page
    assert "/qualification" not in page
    seen = {"version": str(second.version)}
    assert maya.post(f"/staff/conflicts/{second.ref}/upholding", data=seen).status_code == 303
    assert maya.post(f"/staff/conflicts/{second.ref}/upholding", data=seen).status_code == 409
    assert "Nothing to decide" in maya.get("/staff/conflicts/").text
    assert "Ruling upheld" in maya.get("/staff/conflicts/?state=ended").text
    assert "by Maya" in maya.get(f"/staff/conflicts/{second.ref}").text
    told = client.as_(of(second)).get(f"/referrals/{second.ref}").text
    assert "Another claim to this company came before yours. Rule 4 of the rules of engagement." in told
    assert "Upheld" in told


def test_it_is_set_aside_with_a_reason(maya: Client, client: Client, both: tuple[Referral, Referral]) -> None:
    first, second = both
    url, seen = f"/staff/conflicts/{second.ref}/setting-aside", {"version": str(second.version)}
    refused = maya.post(url, data=seen | {"because": "  "})
    assert refused.status_code == 422
    assert "Say in a sentence why the ruling does not hold here." in refused.text
    assert maya.post(url, data=seen | {"because": "Two groups of one name."}).status_code == 303
    page = maya.get(f"/staff/referrals/{second.ref}").text
    assert "Two groups of one name." in page
    assert "/qualification" in page
    for referral, sentence in ((second, "reviewed like any other"), (first, "We set the ruling aside.")):
        told = client.as_(of(referral)).get(f"/referrals/{referral.ref}").text
        assert sentence in told
        assert "Two groups" not in told


def test_a_look_alike_is_named_as_the_same_company(maya: Client, both: tuple[Referral, Referral]) -> None:
    third = sales.referral(sales.lead(), clock.now(), company="Kallwitz", website="km-werke.example")
    assert third.status is Status.SUBMITTED
    page = maya.get(f"/staff/referrals/{third.ref}").text
    assert "Put it in conflict" in page
    data = {"version": str(third.version), "against": both[0].ref}
    assert maya.post(f"/staff/conflicts/{third.ref}/entry", data=data).status_code == 303
    assert "Uphold the ruling" in maya.get(f"/staff/referrals/{third.ref}").text
    assert maya.post(f"/staff/conflicts/{third.ref}/entry", data=data | {"against": "R-222222"}).status_code == 409


def test_only_who_decides_on_referrals_settles(client: Client, both: tuple[Referral, Referral]) -> None:
    _, second = both
    auditor = client.as_(make.staff(Role.AUDITOR))
    page = auditor.get(f"/staff/referrals/{second.ref}").text
    assert "Another claim to the same company" in page
    assert "Uphold the ruling" not in page
    assert auditor.get("/staff/conflicts/R-222222").status_code == 404
    assert auditor.get(f"/staff/conflicts/{both[0].ref}").status_code == 404
