"""Two deals that are one sale."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.activity.models import EventRow
from portal.auth.models import User
from portal.auth.rules import Role
from portal.deals import actions, duplicates, merging
from portal.deals.models import Deal
from portal.deals.rules import Channel, LostReason, Stage
from portal.errors import Overtaken, Refused
from portal.extensions import db
from portal.scope import all_partners
from tests.support import make, sales
from tests.support.client import Client
from tests.support.make import NOON
from tests.support.proof import broken_of_deals

DAY = timedelta(days=1)


@pytest.fixture
def sam(app: Flask) -> User:
    sales.program()
    return sales.detached(make.staff(Role.SALES_OWNER, name="Sam Ortega"))


@pytest.fixture
def deal(sam: User) -> Deal:
    return sales.qualified(sales.lead(), website="nordlys.example")


def entered(by: User, company: str = "Nordlys", **given: Any) -> Deal:
    usual: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "website": "nordlys.example"}
    made = actions.enter(by, now=NOON, company=company, expected_minor=500, **usual | given)
    db.session.commit()
    return made


def merge(by: User, loser: Deal, winner: Deal, **given: Any) -> None:
    usual: dict[str, Any] = {"seen_version": winner.version, "now": NOON}
    merging.merge(by, loser, winner, **usual | given)
    db.session.commit()


def test_the_duplicate_leads_to_the_other_and_can_be_taken_apart_for_a_day(sam: User, deal: Deal) -> None:
    twin = entered(sam)
    sales.moved(twin, "contacted")
    merge(sam, twin, deal)
    assert (twin.stage, twin.merged_into_id, twin.next_step) == (Stage.MERGED, deal.id, "")
    assert broken_of_deals() == []
    with pytest.raises(Refused, match="taken apart on the page"):
        actions.undo(sam, twin, seen_version=twin.version, now=NOON)
    with pytest.raises(Refused, match="within a day"):
        merging.take_apart(sam, twin, now=NOON + 2 * DAY)
    merging.take_apart(sam, twin, now=NOON + DAY)
    db.session.commit()
    assert (twin.stage, twin.merged_into_id, twin.next_step) == (Stage.CONTACTED, None, "Arrange a meeting")
    assert broken_of_deals() == []
    of_twin = sa.select(EventRow.kind).where(EventRow.ref == twin.ref).order_by(EventRow.seq)
    told = db.session.scalars(all_partners(of_twin, "a test")).all()
    assert told[-2:] == ["DealMerged", "DealMergeUndone"]
    with pytest.raises(Refused, match="not merged"):
        merging.take_apart(sam, twin, now=NOON)


def test_what_a_partner_brought_or_what_is_won_never_goes(sam: User, deal: Deal) -> None:
    twin = entered(sam)
    with pytest.raises(Refused, match="A partner brought"):
        merge(sam, deal, twin)
    sales.moved(twin, "won", value_minor=1, won_on=NOON.date())
    with pytest.raises(Refused, match="is won cannot be merged"):
        merge(sam, twin, deal)


def test_who_may_merge_what(sam: User, deal: Deal) -> None:
    twin, lost = entered(sam), entered(sam)
    sales.moved(lost, "lost", lost_reason=LostReason.PRICE)
    with pytest.raises(Refused, match="into itself"):
        merge(sam, deal, deal)
    lena = make.staff(Role.SALES_OWNER)
    own = entered(lena)
    for by, loser, winner in ((lena, twin, deal), (lena, twin, own), (lena, own, twin)):
        with pytest.raises(Refused, match="owns both"):
            merge(by, loser, winner)
    with pytest.raises(Overtaken):
        merge(sam, twin, deal, seen_version=deal.version - 1)
    merge(sam, lost, twin)
    merge(sam, twin, deal)
    with pytest.raises(Refused, match="Only its owner"):
        merging.take_apart(lena, twin, now=NOON)
    with pytest.raises(Refused, match="that is merged"):
        merge(sam, entered(sam), twin)


def test_a_merged_duplicate_is_listed_only_where_it_is_asked_for(client: Client, sam: User, deal: Deal) -> None:
    twin = entered(sam, "Nordlys Twin")
    merge(sam, twin, deal)
    client.as_(sam)
    owner = f"owner={sam.ref}"
    for usual in ("", f"?{owner}", "?channel=inbound", f"?closed_from={NOON.date()}", "?pipeline=core&channel=inbound"):
        assert "Nordlys Twin" not in client.get(f"/staff/deals/{usual}").text, usual
    assert "Nordlys Twin" not in client.get("/staff/deals/nurture").text
    for asked in ("?stage=merged", f"?stage=merged&{owner}", "?stage=merged&stage=new", f"?q={twin.ref}"):
        assert "Nordlys Twin" in client.get(f"/staff/deals/{asked}").text, asked


def test_likely_duplicates_are_offered_with_which_of_the_two_goes(sam: User, deal: Deal) -> None:
    twin, won = entered(sam, "Nordlys AB"), entered(sam, "Nordlys")
    foreign = entered(make.staff(Role.SALES_OWNER, name="Ida"), "Nordlys")
    entered(sam, "Vestfold Mills", website="vestfold.example")
    sales.moved(won, "won", value_minor=1, won_on=NOON.date())
    offered = {each.ref: each for each in duplicates.likely(sam, deal)}
    assert {each.ref for each in offered.values() if each.goes} == {twin.ref}
    assert "is won cannot" in offered[won.ref].why_not
    assert "Ida's" in offered[foreign.ref].why_not
    assert len(offered) == 3
    other_way = {each.ref: each for each in duplicates.likely(sam, twin)}[deal.ref]
    assert (other_way.goes, other_way.takes) == (False, True)


def test_the_page_of_the_duplicate_leads_to_the_other(client: Client, sam: User, deal: Deal) -> None:
    twin = entered(sam, "Nordlys Twin")
    client.as_(sam)
    page = client.get(f"/staff/deals/{deal.ref}/merge").text
    assert f'name="other" value="{twin.ref}"' in page  # a click is enough
    assert f'value="{deal.ref}"' in client.get(f"/staff/deals/{twin.ref}/merge?other={deal.ref}").text
    typed = {"version": deal.version, "other": twin.ref.lower()}
    for wrong in ({"other": "D-222222"}, {"other": deal.ref}, {"other": ""}):
        assert client.post(f"/staff/deals/{deal.ref}/merge", data=typed | wrong).status_code == 422, wrong
    assert client.post(f"/staff/deals/{deal.ref}/merge", data=typed | {"version": 7}).status_code == 409
    page = client.post(f"/staff/deals/{deal.ref}/merge", data=typed, follow_redirects=True).text
    assert f"{twin.ref} is merged into it." in page
    assert f"merged {twin.ref} into {deal.ref}" in page  # the history of both
    assert client.get(f"/staff/deals/{twin.ref}").location == f"/staff/deals/{deal.ref}"
    assert twin.ref not in client.get("/staff/deals/board").text
    page = client.post(f"/staff/deals/{twin.ref}/merge/undo", follow_redirects=True).text
    assert "is a deal of its own again" in page
    assert client.get(f"/staff/deals/{twin.ref}").status_code == 200
