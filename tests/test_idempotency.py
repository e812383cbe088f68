"""A form that is sent twice does its work once, and the second sender learns what came of the first."""

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from portal.extensions import db
from portal.idempotency import FIELD, IdempotencyKey, new_key
from portal.scope import all_partners
from tests.support import make
from tests.support.client import Client, client_of

URL = "/team/invitation"


def form(key: str, email: str = "new@example.org", **given: Any) -> dict[str, Any]:
    return {"name": "New person", "email": email, "roles": "partner_member", FIELD: key} | given


def people() -> int:
    return db.session.scalar(all_partners(sa.select(sa.func.count(User.id)), "a test")) or 0


@pytest.fixture
def lead(app: Flask) -> User:
    make.program()
    return make.partner_user(Role.PARTNER_ADMIN)


@pytest.fixture
def client(app: Flask, lead: User) -> Client:
    return client_of(app).as_(lead)


def test_the_same_form_sent_again_leads_to_the_same_place_and_does_nothing(client: Client) -> None:
    key = new_key()
    first, second = client.post(URL, data=form(key)), client.post(URL, data=form(key))
    assert (first.status_code, first.location) == (second.status_code, second.location) == (303, "/team/")
    assert people() == 2


def test_the_same_key_with_another_answer_is_refused(client: Client) -> None:
    key = new_key()
    client.post(URL, data=form(key))
    assert client.post(URL, data=form(key, "other@example.org")).status_code == 422
    assert people() == 2


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("a.csv", b"one", 303), ("a.csv", b"two", 422), ("b.csv", b"one", 422), ("a.csv", b"one more", 422)],
)
def test_a_file_is_part_of_what_was_sent(client: Client, name: str, content: bytes, status: int) -> None:
    key = new_key()
    assert client.post(URL, data=form(key, paper=(BytesIO(b"one"), "a.csv"))).status_code == 303
    assert client.post(URL, data=form(key, paper=(BytesIO(content), name))).status_code == status
    assert people() == 2


def test_a_corrected_form_keeps_its_key(client: Client) -> None:
    key = new_key()
    assert client.post(URL, data=form(key, "no address")).status_code == 422
    assert client.post(URL, data=form(key)).status_code == 303
    assert people() == 2


def test_nobody_is_answered_from_the_key_of_another(client: Client, app: Flask, lead: User) -> None:
    key = new_key()
    client.post(URL, data=form(key))
    colleague = make.partner_user(Role.PARTNER_ADMIN, partner_id=lead.partner_id)
    assert client_of(app).as_(colleague).post(URL, data=form(key)).status_code == 422
    assert people() == 3


def test_a_key_counts_for_one_address_only(client: Client, lead: User) -> None:
    key = new_key()
    client.post(URL, data=form(key))
    assert client.post("/account/", data=form(key, theme="", time_zone="")).status_code == 422


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "x" * 21 + "/", "é" * 22])
def test_a_form_without_a_key_of_ours_is_refused(client: Client, key: str) -> None:
    assert client.post(URL, data=form(key)).status_code == 400
    assert people() == 1


def test_what_was_typed_is_not_kept_with_the_key(client: Client) -> None:
    client.post(URL, data=form(new_key()))
    (kept,) = db.session.scalars(sa.select(IdempotencyKey))
    assert kept.result == "/team/"
    assert "new@example.org" not in f"{kept.owner}{kept.body}{kept.key}"
