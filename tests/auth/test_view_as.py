"""Staff look on as a partner's user: they see what that person sees, everybody is told, and nothing can be changed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock
from portal.activity.models import EventRow
from portal.auth.models import LoginSession, User
from portal.auth.rules import Role
from portal.errors import Refused
from portal.extensions import db
from portal.idempotency import IdempotencyKey
from portal.partners.models import Partner
from portal.scope import NOBODY, LookingOn, all_partners, set_writer, writes_for
from portal.viewing import actions
from portal.viewing.models import Viewing
from portal.viewing.rules import LOOKS_FOR
from tests.access.trial import rules_of
from tests.access.world import UNKNOWN
from tests.support import make, sales
from tests.support.client import Client, client_of

WHY = {"reason": "She called: her statement does not open."}


def person(**given: object) -> User:
    partner = make.partner(name="Brightwater")
    return sales.detached(make.partner_user(partner_id=partner.id, name="Ana Lead", **given))


def address(user: User) -> str:
    wanted = sa.select(Partner.ref).where(Partner.id == user.partner_id)
    return f"/staff/partners/{db.session.scalar(all_partners(wanted, 'a test'))}/people/{user.ref}/viewing"


def look(client: Client, user: User, role: Role = Role.PARTNER_MANAGER) -> Client:
    client.as_(make.staff(role, name="Maya Staff"))
    assert client.post(address(user), data=WHY).location == "/"
    return client


def told() -> list[tuple[str, int | None]]:
    wanted = sa.select(EventRow.kind, EventRow.by_id).order_by(EventRow.seq)
    return [(row.kind, row.by_id) for row in db.session.execute(all_partners(wanted, "a test"))]


@pytest.mark.parametrize("role", [Role.PARTNER_MANAGER, Role.PROGRAM_ADMIN, Role.AUDITOR])
def test_the_pages_are_the_partners_with_a_banner_on_each(client: Client, role: Role) -> None:
    make.program()
    ana = person()
    look(client, ana, role)
    for path in ("/", "/team/", "/referrals/", f"/team/{ana.ref}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "You look on as <strong>Ana Lead</strong> of Brightwater" in page.text
        assert "Stop looking on" in page.text
    assert client.get("/staff/").status_code == 403


def test_it_takes_a_reason_and_is_told_to_the_company(client: Client) -> None:
    make.program()
    ana = person()
    lead = make.partner_user(partner_id=ana.partner_id)
    client.as_(make.staff(Role.PARTNER_MANAGER, name="Maya Staff"))
    assert "changes nothing" not in client.get(address(ana)).text
    empty = client.post(address(ana), data={"reason": " "})
    assert (empty.status_code, "Say why." in empty.text) == (422, True)
    assert client.post(address(ana), data=WHY).status_code == 303
    assert client.post("/viewing/end").location.startswith("/staff/partners/")
    assert [kind for kind, _ in told()] == ["LookedOn", "StoppedLookingOn"]
    page = client_of(client.application).as_(lead).get(f"/team/{ana.ref}").text
    assert "Maya Staff: She called: her statement does not open." in page
    member = make.partner_user(Role.PARTNER_MEMBER, partner_id=ana.partner_id)
    assert "She called" not in client_of(client.application).as_(member).get(f"/team/{ana.ref}").text


def test_every_form_but_the_way_back_is_refused(client: Client) -> None:
    make.program()
    ana = person()
    look(client, ana)
    before = counts()
    for (method, _), rule in rules_of(client.application).items():
        if method != "POST" or rule.endpoint in ("viewing.stop", "auth.sign_out"):
            continue
        path = rule.rule
        for name in rule.arguments:
            for given in (f"<{name}>", f"<int:{name}>"):
                path = path.replace(given, "1" if "int:" in given else UNKNOWN["partner"])
        page = client.post(path, data={"version": 1})
        assert page.status_code == 403, path
        assert "You look on as Ana Lead and can change nothing." in page.text, path
    assert counts() == before
    assert client.post("/viewing/end").status_code == 303


def counts() -> dict[str, int]:
    wanted = (User, Viewing, IdempotencyKey, EventRow)
    return {
        kind.__tablename__: db.session.scalar(all_partners(sa.select(sa.func.count()).select_from(kind), "a test")) or 0
        for kind in wanted
    }


def test_the_persons_own_account_stays_closed(client: Client) -> None:
    make.program()
    ana = person()
    look(client, ana)
    for rule in client.application.url_map.iter_rules():
        if rule.rule.startswith("/account/") and "GET" in (rule.methods or ()) and not rule.arguments:
            page = client.get(rule.rule)
            assert (page.status_code, "Their account is theirs alone." in page.text) == (403, True), rule.rule


def test_nothing_is_written_even_by_a_mistake_of_ours(app: Flask) -> None:
    ana = person()
    partner = sa.select(Partner).where(Partner.id == ana.partner_id)
    set_writer(NOBODY)
    try:
        found = db.session.scalars(all_partners(partner, "a test")).one()
        found.name = "Changed"
        with pytest.raises(LookingOn):
            db.session.flush()
        db.session.rollback()
        db.session.add(User(ref="U-333333", email="x@lane.example", name="X", created_at=make.NOON))
        with pytest.raises(LookingOn):
            db.session.flush()
        db.session.rollback()
        for statement in (sa.update(Partner).values(name="x"), sa.delete(User), sa.insert(IdempotencyKey)):
            with pytest.raises(LookingOn):
                db.session.execute(all_partners(statement, "a test"))
        with writes_for(None):
            db.session.execute(all_partners(sa.update(Partner).values(name="Ours"), "a test"))
    finally:
        set_writer(None)
        db.session.rollback()


def test_it_ends_by_itself_and_at_sign_out(client: Client) -> None:
    make.program()
    ana = person()
    look(client, ana)
    assert client.get("/staff/").status_code == 403
    over = sa.update(LoginSession).where(LoginSession.view_as_id == ana.id)
    db.session.execute(all_partners(over.values(view_as_until=clock.now() - timedelta(seconds=1)), "a test"))
    db.session.commit()
    assert client.get("/staff/").status_code == 200
    assert client.post("/viewing/end").location == "/", "it was over already: nothing to do"
    look(client, ana)
    assert client.post("/logout").location == "/login"
    assert client.get("/").location.startswith("/login")
    assert timedelta(minutes=30) == LOOKS_FOR


@pytest.mark.parametrize("loss", ["closed account", "lost role"])
def test_it_ends_with_what_it_rests_on(client: Client, loss: str) -> None:
    make.program()
    ana = person()
    look(client, ana)
    if loss == "closed account":
        change = sa.update(User).where(User.id == ana.id).values(disabled_at=make.NOON)
    else:
        grants = sa.table("role_grants", sa.column("role"), sa.column("partner_id"))
        change = sa.update(grants).where(grants.c.role == "partner_manager").values(role="qualifier")
    db.session.execute(all_partners(change, "a test"))
    db.session.commit()
    assert client.get("/staff/").status_code == 200


def test_nobody_looks_on_as_staff_or_as_someone_whose_account_is_closed(client: Client) -> None:
    maya, colleague = make.staff(Role.PARTNER_MANAGER), make.staff()
    closed = person(disabled_at=make.NOON)
    for who, sentence in ((colleague, "nobody as one of staff"), (closed, "is closed")):
        with pytest.raises(Refused, match=sentence):
            actions.start(maya, who, reason="Why not.", now=clock.now())
    client.as_(maya)
    page = client.post(address(closed), data=WHY)
    assert (page.status_code, "is closed" in page.text) == (422, True)


def test_who_may_look_on_finds_it_beside_each_person(client: Client) -> None:
    make.program()
    ana = person()
    page = address(ana).partition("/people/")[0]
    assert "Look on as Ana Lead" in client.as_(make.staff(Role.PARTNER_MANAGER)).get(page).text
    assert "Look on as Ana Lead" not in client.as_(make.staff(Role.QUALIFIER)).get(page).text
    assert client.post(address(ana), data=WHY).status_code == 403


def test_another_browser_of_the_same_person_is_not_touched(client: Client) -> None:
    make.program()
    ana = person()
    theirs = client_of(client.application).as_(ana)
    look(client, ana)
    assert "You look on as" not in theirs.get("/").text
    assert theirs.get("/account/").status_code == 200
