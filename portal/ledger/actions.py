"""Double entry, append-only.

Locks are taken in one order, each kind by its id: partners, then the records that a transfer is about, then accounts.
Whoever locks such records before a transfer holds their partners first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.extensions import db, insert_into
from portal.ledger.models import Account, Transfer
from portal.ledger.rules import OF_THE_PARTNER, AccountKind, Entry, link_hash
from portal.partners.models import Partner
from portal.scope import all_partners

WHY = "a transfer touches accounts of the program and of partners"


class Side(NamedTuple):
    """Which account an entry debits or credits."""

    partner_id: int | None
    kind: AccountKind
    currency: str


def transfer(entry: Entry, *, now: datetime) -> None:
    """Make one transfer. Its key is unique: a second one with the same key breaks the whole transaction."""
    transfer_all([entry], now=now)


def transfer_all(entries: Sequence[Entry], *, now: datetime) -> None:
    """Make several transfers at once, each linked into its partner's chain, in the order given."""
    if not entries:
        return
    db.session.flush()
    chains = _locked_chains({entry.partner_id for entry in entries})
    accounts = _accounts({side for entry in entries for side in _sides(entry)})
    rows: list[dict[str, Any]] = []
    for entry in entries:
        chain = chains[entry.partner_id]
        debit, credit = _sides(entry)
        rows.append(
            {
                **{"key": entry.key, "partner_id": entry.partner_id, "ref": entry.ref},
                **{"debit_account_id": accounts[debit], "credit_account_id": accounts[credit]},
                **{"amount_minor": entry.amount_minor, "currency": entry.currency, "at": now},
                **chain.append(entry, now),
            }
        )
    db.session.execute(sa.insert(Transfer), rows)
    _keep_heads(chains)
    _keep_balances(rows)


def hold(*partner_ids: int) -> None:
    """Nothing else is booked for these partners until this transaction ends."""
    _locked_chains(set(partner_ids))


class _Chain:
    """The end of a partner's chain, while it is locked."""

    def __init__(self, partner: str, seq: int, head: str) -> None:
        self.partner, self.seq, self.head = partner, seq, head

    def append(self, entry: Entry, at: datetime) -> dict[str, Any]:
        prev, self.seq = self.head, self.seq + 1
        self.head = link_hash(entry, partner=self.partner, seq=self.seq, at=at, prev=prev)
        return {"partner_seq": self.seq, "prev": prev, "hash": self.head}


def _sides(entry: Entry) -> tuple[Side, Side]:
    debit, credit = (
        Side(entry.partner_id if kind in OF_THE_PARTNER else None, kind, entry.currency)
        for kind in (entry.debit, entry.credit)
    )
    return debit, credit


def _locked_chains(partner_ids: set[int]) -> dict[int, _Chain]:
    """The key stays shared: rows that merely point at a partner are written meanwhile, and nobody deadlocks on it."""
    wanted = sa.select(Partner.id, Partner.ref, Partner.chain_seq, Partner.chain_head)
    wanted = wanted.where(Partner.id.in_(partner_ids)).order_by(Partner.id).with_for_update(key_share=True)
    found = db.session.execute(all_partners(wanted, WHY))
    return {row.id: _Chain(row.ref, row.chain_seq, row.chain_head) for row in found}


def _keep_heads(chains: dict[int, _Chain]) -> None:
    for partner_id, chain in chains.items():
        ends = sa.update(Partner).where(Partner.id == partner_id).execution_options(synchronize_session=False)
        db.session.execute(all_partners(ends, WHY).values(chain_seq=chain.seq, chain_head=chain.head))


def _keep_balances(rows: Iterable[dict[str, Any]]) -> None:
    """Added in the database, not read and written back."""
    sums: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        sums[row["debit_account_id"]] -= row["amount_minor"]
        sums[row["credit_account_id"]] += row["amount_minor"]
    for account_id, minor in sorted(sums.items()):
        added = sa.update(Account).where(Account.id == account_id).execution_options(synchronize_session=False)
        db.session.execute(all_partners(added, WHY).values(balance_minor=Account.balance_minor + minor))


def _accounts(sides: set[Side]) -> dict[Side, int]:
    """The ids of these accounts; one that is not there yet is opened."""
    found = _opened(sides)
    if missing := sides - set(found):
        values = [{**side._asdict(), "balance_minor": 0} for side in sorted(missing, key=str)]
        db.session.execute(insert_into(Account).on_conflict_do_nothing(), values)
        found = _opened(sides)
    return found


def _opened(sides: set[Side]) -> dict[Side, int]:
    of_these = sa.or_(
        *(
            sa.and_(
                Account.partner_id.is_(None) if side.partner_id is None else Account.partner_id == side.partner_id,
                Account.kind == side.kind,
                Account.currency == side.currency,
            )
            for side in sides
        )
    )
    wanted = sa.select(Account.id, Account.partner_id, Account.kind, Account.currency).where(of_these)
    found = db.session.execute(all_partners(wanted, WHY))
    return {Side(row.partner_id, row.kind, row.currency): row.id for row in found}
