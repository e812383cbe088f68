"""After an erasure the person's words stand nowhere: not in a row, a file, a mail, a free page or a fresh copy."""

import io
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pyrage
import pytest
import sqlalchemy as sa
from flask import Flask

from portal import clock, storage, worker
from portal.attempts import LEASE
from portal.auth.models import User
from portal.auth.rules import Role
from portal.config import Settings
from portal.conversation import actions as conversation
from portal.conversation.file_rules import look
from portal.conversation.models import Message, RefusedMail
from portal.conversation.rules import Trouble
from portal.deals.models import Deal, DealImport
from portal.extensions import db
from portal.lookalikes.models import CompanyName
from portal.notifications.actions import write_to
from portal.privacy import actions, sweeping
from portal.privacy.models import Erasure
from portal.privacy.rules import JobState, Kind, Reason, Subject
from portal.referrals.models import Referral
from portal.referrals.rules import Status
from portal.scope import all_partners
from portal.sso.models import Connection
from portal.viewing.models import Viewing
from tests.backup.fixtures import MINE, made
from tests.privacy import canary
from tests.privacy.canary import EMAIL, NAME, PHONE
from tests.privacy.people import a_lead, account, begin, company, contact, ref_of
from tests.support import agreements, make, sales
from tests.support.make import NOON
from tests.support.proof import nothing_broken


@pytest.fixture
def settings(app: Flask) -> Settings:
    return begin(app)


def erased(app: Flask, subject: Subject, ref: str, by: User | None = None) -> Erasure:
    order = actions.ask_for_erasure(by, subject, ref, reason=Reason.ASKED, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    found = sa.select(Erasure).where(Erasure.id == order.id).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def named_by_others(partner_id: int, user_id: int, *, talked_about: int | None = None) -> None:
    """The person's name in everything that somebody else can write."""
    other = sales.qualified(make.partner_user(Role.PARTNER_ADMIN, partner_id=partner_id))
    make.saved(
        Viewing(
            partner_id=partner_id,
            user_id=user_id,
            by_id=agreements.admin().id,
            reason="x",
            started_at=clock.now(),
            ends_at=clock.now(),
        )
    )
    file = storage.put(f"company,note\nNordlys,{NAME} called\n".encode(), "text/csv").sha256
    make.saved(
        DealImport(
            ref="I-222222",
            by_id=agreements.admin().id,
            at=clock.now(),
            file_name="x",
            file_sha256=file,
            rows=1,
            ready=1,
            notes=[],
            report_sha256=file,
        )
    )
    own = {"referrals": other.referral_id, "deals": other.id}
    for referral_id in filter(None, (other.referral_id, talked_about)):
        conversation_of(referral_id)
    make.saved(RefusedMail(at=clock.now(), sender=EMAIL, subject=NAME, trouble=Trouble.EMPTY))
    for table, names in canary.free_texts():
        where = sa.column("id") == own[table] if table in own else sa.true()
        if table in (*own, "viewings", "agreements", "deal_imports", "messages", "message_files"):
            canary.write(table, names, where)
    write_to("other@words.example", f"About {NAME}", [f"{NAME} called."], now=clock.now())
    db.session.commit()


def conversation_of(referral_id: int) -> Message:
    """What our people wrote on a referral, with a text and a picture of the person."""
    wanted = sa.select(Referral).where(Referral.id == referral_id)
    referral = db.session.scalars(all_partners(wanted, "a test")).one()
    files = [look("notes.txt", f"{NAME} called.".encode()), look(f"{NAME}.pdf", b"%PDF-1.7 of nobody")]
    manager = make.staff(Role.PARTNER_MANAGER)
    return conversation.write(manager, referral, text=f"I called {NAME}.", files=files, now=clock.now())


def test_nothing_is_left_of_a_prospect(app: Flask, settings: Settings, tmp_path: Path) -> None:
    lead, admin = a_lead(), agreements.admin()
    deal = sales.qualified(lead, **contact())
    first, opened = ref_of(deal), deal.ref
    waiting = sales.referral(a_lead(), **contact(contact_email=EMAIL.upper())).ref
    mine = Referral.id == deal.referral_id
    canary.fill("referrals", mine, {Kind.PROSPECT})
    canary.write("referrals", ["contact_email"], sa.false())
    db.session.execute(
        all_partners(
            sa.update(Referral).where(mine).values(contact_email=EMAIL, asked_before=[[NAME, PHONE]]), "a test"
        )
    )
    canary.fill("deals", Deal.id == deal.id, {Kind.PROSPECT})
    db.session.execute(all_partners(sa.update(Deal).where(Deal.id == deal.id).values(before={"step": NAME}), "a test"))
    db.session.commit()
    named_by_others(lead.partner_id or 0, lead.id, talked_about=deal.referral_id)
    write_to("other@words.example", "A call", [f"It was from {PHONE}."], now=clock.now())
    actions.ask_for_export(admin, Subject.PROSPECT, waiting, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    assert len(canary.traces(settings)) > 20

    done = erased(app, Subject.PROSPECT, waiting, admin)

    assert done.state is JobState.DONE, done.error
    assert canary.traces(settings, fresh_copy(app, tmp_path)) == []
    assert set(done.refs) == {waiting, first}
    assert marks_of(done.refs) == {(None, None)}
    assert sales.again(waiting).status is Status.DECLINED
    assert sales.again_deal(opened).next_step.startswith("Find another contact")
    nothing_broken()


def test_nothing_is_left_of_an_account(app: Flask, settings: Settings, tmp_path: Path) -> None:
    partner, admin = company(), agreements.admin()
    user = make.partner_user(Role.PARTNER_ADMIN, partner_id=partner.id, name=NAME, email=EMAIL, has_password=True)
    sent, ref, user_id = sales.referral(user).ref, user.ref, user.id
    make.saved(
        Connection(
            ref="SC-22222",
            owner="staff",
            issuer="https://id.words.example",
            client_id="portal",
            client_secret_sealed="sealed",
            group_claim="groups",
            groups_by_role={},
            default_roles=[],
            created_at=clock.now(),
        )
    )
    tables = canary.sign_in_rows(user.id)
    write_to(EMAIL, f"Hello {NAME}", [NAME], now=clock.now(), user_id=user.id, partner_id=partner.id)
    db.session.commit()
    named_by_others(partner.id, user.id)
    actions.ask_for_export(admin, Subject.USER, ref, now=clock.now())
    db.session.commit()
    worker.run_until_idle(app, clock.now())
    assert tables > 5
    assert len(canary.traces(settings)) > 20

    done = erased(app, Subject.USER, ref, admin)

    assert done.state is JobState.DONE, done.error
    assert canary.traces(settings, fresh_copy(app, tmp_path)) == []
    again = account(ref)
    assert (again.name, again.is_active) == (f"Erased person {ref}", False)
    assert sales.again(sent).by_id == user_id
    nothing_broken()


def test_a_large_database_is_written_anew_in_the_night(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "QUICK_BYTES", 0)
    user = make.staff(name=NAME, email=EMAIL).ref
    order = actions.ask_for_erasure(None, Subject.USER, user, reason=Reason.ASKED, now=NOON).ref
    db.session.commit()
    worker.run_until_idle(app, NOON)
    assert state_of(order) == (JobState.PENDING, True), "the rows are empty at once"
    db.session.commit()
    worker.run_until_idle(app, NOON + timedelta(hours=14, minutes=59))  # 02:59 in Berlin
    assert state_of(order) == (JobState.PENDING, True)
    db.session.commit()
    worker.run_until_idle(app, NOON + timedelta(hours=15))
    assert state_of(order) == (JobState.DONE, True)
    assert canary.traces(settings) == []


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_a_transaction_from_before_is_waited_for(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though it is in another database of the server, what it may see would be kept in all of them."""
    monkeypatch.setattr(sweeping, "WAIT_S", 0)
    beside = db.engine.url.set(database="postgres", drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(beside) as other:
        other.execute("SELECT pg_current_xact_id()")
        with pytest.raises(sweeping.StillRead, match="since before"):
            sweeping.compact(db.engine)


def test_a_mail_that_was_on_its_way_is_looked_for_once_more(app: Flask, settings: Settings) -> None:
    user = make.staff(name=NAME, email=EMAIL)
    ref = user.ref
    mail = write_to(EMAIL, "Hello", [NAME], now=NOON, user_id=user.id)
    mail.attempts, mail.next_at = 1, NOON + LEASE
    folder, mark = settings.home / "mail", mail.message_id[:8]
    order = actions.ask_for_erasure(None, Subject.USER, ref, reason=Reason.ASKED, now=NOON).ref
    db.session.commit()
    worker.run_until_idle(app, NOON)
    assert state_of(order) == (JobState.PENDING, True)
    folder.mkdir(exist_ok=True)
    (folder / f"20261118T110000-{EMAIL}-{mark}.eml").write_text(f"To: {NAME}")
    db.session.commit()
    worker.run_until_idle(app, NOON + LEASE)
    assert state_of(order) == (JobState.DONE, True)
    assert canary.traces(settings) == []


def marks_of(refs: list[str]) -> set[tuple[int | None, ...]]:
    """By what else a contact's records could be found."""
    marks = sa.select(CompanyName.person, CompanyName.phone).where(CompanyName.ref.in_(refs))
    return {tuple(row) for row in db.session.execute(all_partners(marks, "a test"))}


def state_of(ref: str) -> tuple[JobState, bool]:
    """Of an erasure, and whether its rows are empty."""
    wanted = sa.select(Erasure).where(Erasure.ref == ref).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one()
    return found.state, found.erased_at is not None


def fresh_copy(app: Flask, folder: Path) -> Path:
    """A backup made now, opened; and the database file as somebody copies it."""
    backup = made(app, folder / "backup.age")
    opened = io.BytesIO(pyrage.decrypt(backup.read_bytes(), [MINE]))
    with tarfile.open(fileobj=opened, mode="r:gz") as members:
        members.extractall(folder / "backup", filter="data")
    backup.unlink()
    if db.engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(db.engine.url.database or "")) as source,
            closing(sqlite3.connect(folder / "copy.sqlite")) as copy,
        ):
            source.backup(copy)
    return folder
