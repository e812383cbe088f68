import socket
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import attempts
from portal.errors import Refused
from portal.extensions import db
from portal.notifications import jobs
from portal.notifications.actions import send_again, write_to
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState
from portal.scope import all_partners
from tests.support import make
from tests.support.mailing import mails_go_to
from tests.support.make import NOON


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mails_go_to(app, monkeypatch, tmp_path.as_uri())
    make.program()
    return tmp_path


def _written() -> Delivery:
    delivery = write_to("ana@brightwater.example", "Received", ["We have it."], now=NOON)
    db.session.commit()
    return delivery


def _found(delivery: Delivery) -> Delivery:
    again = sa.select(Delivery).where(Delivery.id == delivery.id).execution_options(populate_existing=True)
    return db.session.scalars(all_partners(again, "test")).one()


def test_a_delivery_that_is_due_is_sent_once(folder: Path) -> None:
    delivery = _written()
    assert jobs.due(NOON, 10) == [(delivery.id, 0)]
    jobs.attempt(delivery.id, 0, NOON)
    jobs.attempt(delivery.id, 0, NOON)
    assert len(list(folder.glob("*.eml"))) == 1
    assert _found(delivery).state is DeliveryState.SENT
    assert _found(delivery).sent_at == NOON
    assert jobs.due(NOON + timedelta(days=1), 10) == []


def test_nothing_is_due_before_its_time(folder: Path) -> None:
    _written()
    assert jobs.due(NOON - timedelta(seconds=1), 10) == []


@pytest.fixture
def nobody_listens(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mails_go_to(app, monkeypatch, f"smtp://127.0.0.1:{taken.getsockname()[1]}")


@pytest.mark.usefixtures("nobody_listens")
def test_a_failure_sets_the_next_attempt_and_says_why() -> None:
    delivery = _written()
    jobs.attempt(delivery.id, 0, NOON)
    found = _found(delivery)
    assert found.state is DeliveryState.PENDING
    assert found.attempts == 1
    assert "refused" in found.error
    assert jobs.due(NOON, 10) == []
    assert jobs.due(NOON + timedelta(seconds=66), 10) == [(delivery.id, 1)]


@pytest.mark.usefixtures("nobody_listens")
def test_after_three_days_it_is_given_up_and_can_be_sent_again() -> None:
    delivery, now = _written(), NOON
    while (found := _found(delivery)).state is DeliveryState.PENDING:
        now = found.next_at
        jobs.attempt(found.id, found.attempts, now)
    assert now - NOON <= attempts.GIVE_UP_AFTER
    send_again(found, now=now)
    db.session.commit()
    assert jobs.due(now, 10) == [(delivery.id, found.attempts)]


def test_only_what_was_given_up_is_sent_again(folder: Path) -> None:
    with pytest.raises(Refused):
        send_again(_written(), now=NOON)


def test_an_attempt_whose_worker_died_is_made_again_after_its_lease(folder: Path) -> None:
    delivery = _written()
    attempts.claim(Delivery, delivery.id, 0, NOON, Delivery.id)
    assert jobs.due(NOON + timedelta(minutes=2), 10) == []
    assert jobs.due(NOON + attempts.LEASE, 10) == [(delivery.id, 1)]
    assert "not finished" in _found(delivery).error


def test_a_late_answer_of_a_lost_attempt_changes_nothing(folder: Path) -> None:
    delivery = _written()
    attempts.claim(Delivery, delivery.id, 0, NOON, Delivery.id)
    jobs.attempt(delivery.id, 1, NOON + attempts.LEASE)
    attempts.fail(Delivery, delivery.id, 0, NOON + attempts.LEASE, "timed out")
    assert _found(delivery).state is DeliveryState.SENT


def test_a_recipient_with_a_line_break_fails_alone(folder: Path) -> None:
    bad = write_to("x@y.example\nBcc: z@y.example", "Hello", ["x"], now=NOON)
    good = _written()
    for row_id, number in jobs.due(NOON, 10):
        jobs.attempt(row_id, number, NOON)
    assert _found(bad).attempts == 1
    assert _found(good).state is DeliveryState.SENT
