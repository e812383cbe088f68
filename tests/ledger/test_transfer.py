from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.extensions import db
from portal.ledger import queries
from portal.ledger.actions import transfer, transfer_all
from portal.ledger.models import Account, Transfer
from portal.ledger.rules import FIRST, AccountKind, Entry
from portal.money import Money
from portal.proof import broken
from portal.scope import all_partners
from tests.support import fees, make
from tests.support.past_the_guards import tampered
from tests.support.threads import at_once

A_TEST = "a test"


def earned(partner_id: int, ref: str, minor: int = 1000, **given: Any) -> Entry:
    usual = {"key": f"accrue:{ref}", "debit": AccountKind.FEES, "credit": AccountKind.PAYABLE, "currency": "EUR"}
    return Entry(partner_id=partner_id, ref=ref, amount_minor=minor, **usual | given)


def paid(partner_id: int, ref: str, minor: int = 1000) -> Entry:
    return earned(partner_id, ref, minor, key=f"pay:{ref}", debit=AccountKind.PAYABLE, credit=AccountKind.CASH)


def torn() -> list[str]:
    """What is broken, but for the fees, which these entries do not have."""
    return [sentence for sentence in broken() if "belongs to no fee" not in sentence]


def book(*entries: Entry) -> None:
    transfer_all(entries, now=make.NOON)
    db.session.commit()


def test_what_is_earned_and_not_paid_is_the_balance(app: Flask) -> None:
    partner = fees.company()
    book(earned(partner.id, "F-1"), earned(partner.id, "F-2", 500), paid(partner.id, "F-1"))
    assert fees.balance(partner.id, "EUR") == Money(500, "EUR")
    assert fees.balance(partner.id, "CHF") == Money(0, "CHF")
    assert not torn()


def test_each_entry_continues_the_one_before(app: Flask) -> None:
    partner, other = fees.company(), fees.company()
    book(earned(partner.id, "F-1"), earned(other.id, "F-9"))
    book(earned(partner.id, "F-2"))
    kept = db.session.execute(queries.entries(partner.id).order_by(Transfer.partner_seq)).all()
    assert [(row.partner_seq, row.ref, row.debit, row.credit) for row in kept] == [
        (1, "F-1", AccountKind.FEES, AccountKind.PAYABLE),
        (2, "F-2", AccountKind.FEES, AccountKind.PAYABLE),
    ]
    assert (kept[0].prev, kept[1].prev) == (FIRST, kept[0].hash)
    assert queries.head(partner.id) == (2, kept[1].hash)
    assert [row.ref for row in queries.entries_of(partner.id, "F-2")] == ["F-2"]


def test_no_entry_is_made_twice(app: Flask) -> None:
    partner_id = fees.company().id
    book(earned(partner_id, "F-1"))
    with pytest.raises(IntegrityError):
        transfer(earned(partner_id, "F-1"), now=make.NOON)
    db.session.rollback()
    assert fees.balance(partner_id, "EUR") == Money(1000, "EUR")
    assert not torn()


@pytest.mark.parametrize("minor", [0, -5])
def test_the_database_refuses_an_amount_that_is_not_positive(app: Flask, minor: int) -> None:
    with pytest.raises(IntegrityError):
        transfer(earned(fees.company().id, "F-1", minor), now=make.NOON)


def test_the_database_refuses_an_account_of_another_currency(app: Flask) -> None:
    partner = fees.company()
    book(earned(partner.id, "F-1"))
    row = db.session.scalars(all_partners(sa.select(Transfer), A_TEST)).one()
    ours = {name: getattr(row, name) for name in ("partner_id", "debit_account_id", "credit_account_id", "at", "ref")}
    other = {"key": "accrue:F-2", "partner_seq": 2, "amount_minor": 5, "currency": "CHF", "prev": "", "hash": ""}
    with pytest.raises(IntegrityError):
        db.session.execute(sa.insert(Transfer).values(**ours, **other))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transfers SET amount_minor = 1",
        "DELETE FROM transfers",
        "UPDATE accounts SET currency = 'CHF'",
        "DELETE FROM accounts",
    ],
)
def test_the_database_refuses_to_change_or_forget_an_entry(app: Flask, change: str) -> None:
    book(earned(fees.company().id, "F-1"))
    with pytest.raises(DBAPIError, match=r"append-only|frozen|kept"), db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert not torn()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # only it has INSERT OR REPLACE
def test_insert_or_replace_does_not_walk_past_the_guard(app: Flask) -> None:
    book(earned(fees.company().id, "F-1"))
    columns = [column for column in Transfer.__table__.columns if column.name != "amount_minor"]
    changed = sa.select(*columns, sa.literal(1))
    replace = sa.insert(Transfer).prefix_with("OR REPLACE").from_select([*columns, "amount_minor"], changed)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(all_partners(replace, A_TEST))
    assert not torn()


def test_eight_that_book_at_once_leave_one_chain(app: Flask) -> None:
    partner, other = fees.company(), fees.company()

    def book_two(place: int) -> None:
        book(earned(partner.id, f"F-{place}"), earned(other.id, f"G-{place}"))

    def book_two_the_other_way(place: int) -> None:
        book(earned(other.id, f"H-{place}"), earned(partner.id, f"I-{place}"))

    assert not at_once(app, *[lambda n=n: (book_two_the_other_way if n % 2 else book_two)(n) for n in range(8)])
    assert queries.head(partner.id).seq == queries.head(other.id).seq == 8
    assert fees.balance(partner.id, "EUR") == Money(8000, "EUR")
    assert not torn()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE accounts SET balance_minor = balance_minor + 1 WHERE partner_id IS NULL", "account of the program"),
        ("UPDATE accounts SET balance_minor = 0 WHERE partner_id IS NOT NULL", "has a balance of 0 minor units, but"),
        ("UPDATE transfers SET amount_minor = 1001 WHERE key = 'accrue:F-2'", "(accrue:F-2) was changed"),
        ("DELETE FROM transfers WHERE key = 'accrue:F-1'", "is missing: the next one is 2"),
        ("DELETE FROM transfers WHERE key = 'pay:F-1'", "ends at transfer 2, but its head says 3"),
        ("UPDATE transfers SET prev = '' WHERE key = 'accrue:F-2'", "does not continue"),
        ("UPDATE partners SET chain_head = ''", "ends at transfer 3, but its head says 3"),
        ("UPDATE transfers SET debit_account_id = 3 WHERE key = 'pay:F-1'", "account that is not its partner's"),
    ],
)
def test_what_was_tampered_with_is_named(app: Flask, change: str, named: str) -> None:
    partner = fees.company()
    book(earned(partner.id, "F-1"), earned(partner.id, "F-2"), paid(partner.id, "F-1"))
    foreign = Account(id=9, partner_id=fees.company().id, kind=AccountKind.PAYABLE, currency="EUR")
    make.saved(foreign)
    assert not torn()
    tampered(change.replace("debit_account_id = 3", f"debit_account_id = {foreign.id}"))
    assert [sentence for sentence in torn() if named in sentence]
