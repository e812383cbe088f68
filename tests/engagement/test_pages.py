from typing import Any

import pytest
import sqlalchemy as sa

from portal.auth.models import User
from portal.auth.rules import Role
from portal.engagement import actions, queries
from portal.engagement.models import EngagementVersion
from portal.engagement.rules import SHIPPED, Rules
from portal.errors import Refused
from portal.extensions import db
from tests.support import make
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

HOME = "/staff/engagement/"
TYPED = {
    "began_from": "1",
    "customer": "y",
    "customer_months": "24",
    "opportunity_days": "90",
    "protection": "y",
    "holds_count": "y",
}


@pytest.fixture
def maya(client: Client) -> User:
    make.program()
    return make.staff(Role.PARTNER_MANAGER, name="Maya")


def drafted(by: User, number: int = 1, **changes: Any) -> EngagementVersion:
    version = actions.draft(by, data=SHIPPED.to_data() | changes, seen_number=number, now=NOON)
    db.session.commit()
    return version


def test_partners_read_the_rules_in_plain_sentences(client: Client, maya: User) -> None:
    page = client.as_(make.partner_user(Role.PARTNER_MEMBER)).get("/rules-of-engagement").text
    assert "1. A customer of ours" in page
    assert "nothing for 12 months counts as new again" in page
    assert "4. The first valid registration" in page
    assert "never who the other is" in page
    assert "Version 1." in page


def test_one_drafts_another_publishes_and_both_versions_stay(client: Client, maya: User) -> None:
    assert client.as_(maya).post(HOME + "new", data=TYPED).status_code == 303
    assert client.post(HOME + "2/publication").status_code == 409
    page = client.get(HOME).text
    assert "You drafted it" in page
    assert "Invite a second person" in page
    client.as_(make.staff(Role.PROGRAM_ADMIN, name="Olga"))
    page = client.get(HOME).text
    assert "Version 2 waits for its second person" in page
    assert "nothing for 24 months" in page
    assert "Not in use." in page
    assert client.post(HOME + "2/publication").status_code == 303
    assert client.post(HOME + "2/publication").status_code == 409
    assert client.post(HOME + "3/publication").status_code == 404
    page = client.get(HOME).text
    assert "Olga published it" in page
    assert "2. A protected claim" in page
    assert "Version 1 is what the program begins with." in page
    printed = client.as_(make.partner_user()).get("/rules-of-engagement").text
    assert "Version 2, in use since" in printed
    assert queries.published() == Rules(version=2, customer_months=24, opportunity=False)
    assert broken_of_deals() == []


def test_a_draft_rules_nothing(client: Client, maya: User) -> None:
    drafted(maya, customer=False)
    assert queries.published() == SHIPPED
    assert "A customer of ours" in client.as_(make.partner_user()).get("/rules-of-engagement").text


def test_what_is_wrong_is_said_beside_its_field(client: Client, maya: User) -> None:
    page = client.as_(maya).post(HOME + "new", data=TYPED | {"customer_months": "0"})
    assert page.status_code == 422
    assert "From 1 to 120 months." in page.text.split('id="customer_months-error"')[1].split("</p>")[0]
    page = client.post(HOME + "new", data=TYPED | {"customer_months": "12", "opportunity": "y"})
    assert "Version 1 says exactly this already." in page.text
    drafted(maya, customer=False)
    assert "Version 2 was written since" in client.post(HOME + "new", data=TYPED).text


def test_the_author_does_not_publish_and_an_older_draft_has_lost_its_turn(client: Client, maya: User) -> None:
    old, olga = drafted(maya, customer=False), make.staff(Role.PROGRAM_ADMIN, name="Olga")
    with pytest.raises(Refused, match="Olga can"):
        actions.publish(maya, old, now=NOON)
    drafted(maya, 2, protection=False)
    with pytest.raises(Refused, match="took the place"):
        actions.publish(olga, old, now=NOON)


def test_a_published_version_is_frozen_by_the_database(client: Client, maya: User) -> None:
    version = drafted(maya, customer=False)
    actions.publish(make.staff(Role.PROGRAM_ADMIN), version, now=NOON)
    db.session.commit()
    for change in (sa.update(EngagementVersion).values(number=9), sa.delete(EngagementVersion)):
        with pytest.raises(sa.exc.DBAPIError):
            db.session.execute(change)
        db.session.rollback()


@pytest.mark.parametrize("change", [{"published_by_id": None}, {"published_by_id": "created_by_id"}])
def test_the_database_wants_a_second_person(client: Client, maya: User, change: dict[str, Any]) -> None:
    version = drafted(maya, customer=False)
    values = {"published_at": NOON, "published_by_id": maya.id if change["published_by_id"] else None}
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(EngagementVersion).where(EngagementVersion.id == version.id).values(values))
    db.session.rollback()
