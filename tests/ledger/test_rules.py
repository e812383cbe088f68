import hashlib
from dataclasses import replace
from datetime import timedelta, timezone

from portal.ledger.rules import FIRST, AccountKind, Entry, link_hash
from tests.support.make import NOON

ENTRY = Entry(
    key="accrue:F-3QK7VN",
    partner_id=1,
    ref="F-3QK7VN",
    debit=AccountKind.FEES,
    credit=AccountKind.PAYABLE,
    amount_minor=260_000,
    currency="EUR",
)


def test_the_hash_is_the_one_that_the_documentation_lets_anyone_compute() -> None:
    text = (
        '{"amount_minor":260000,"at":"2026-11-18T11:00:00+00:00","credit":"payable","currency":"EUR","debit":"fees",'
        '"key":"accrue:F-3QK7VN","partner":"P-7F3KQ2",'
        '"prev":"0000000000000000000000000000000000000000000000000000000000000000","ref":"F-3QK7VN","seq":1}'
    )
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert link_hash(ENTRY, partner="P-7F3KQ2", seq=1, at=NOON, prev=FIRST) == expected


def test_an_instant_hashes_alike_in_every_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    one, other = (link_hash(ENTRY, partner="P", seq=1, at=at, prev=FIRST) for at in (NOON, elsewhere))
    assert one == other


def test_whatever_changes_in_an_entry_changes_its_hash() -> None:
    hashes = {
        link_hash(replace(ENTRY, **change), partner="P", seq=1, at=NOON, prev=FIRST)
        for change in (
            {},
            {"key": "pay:F-3QK7VN"},
            {"ref": "F-3QK7VM"},
            {"amount_minor": 260_001},
            {"currency": "CHF"},
            {"debit": AccountKind.CASH},
            {"credit": AccountKind.FEES},
        )
    }
    hashes.add(link_hash(ENTRY, partner="Q", seq=1, at=NOON, prev=FIRST))
    hashes.add(link_hash(ENTRY, partner="P", seq=2, at=NOON, prev=FIRST))
    hashes.add(link_hash(ENTRY, partner="P", seq=1, at=NOON + timedelta(seconds=1), prev=FIRST))
    hashes.add(link_hash(ENTRY, partner="P", seq=1, at=NOON, prev="1" * 64))
    assert len(hashes) == 11
