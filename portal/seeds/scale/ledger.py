"""The partners' chains of transfers, continued; balances are added up and kept at the end."""

from collections import defaultdict
from datetime import UTC, datetime

from portal.ledger.rules import OF_THE_PARTNER, AccountKind, Entry, link_hash
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.partners import Party
from portal.seeds.scale.working_time import WorkingTime


class Ledger:
    def __init__(self, bulk: Bulk, time: WorkingTime) -> None:
        self._bulk, self._time = bulk, time
        self._accounts = dict(bulk.found.accounts)
        self._moved: defaultdict[int, int] = defaultdict(int)
        self._chained: dict[int, Party] = {}

    def transfer(
        self,
        cause: str,
        ref: str,
        party: Party,
        minor: int,
        currency: str,
        at: int,
        *,
        sides: tuple[AccountKind, AccountKind],
    ) -> None:
        key = f"{cause}:{ref}"
        entry = Entry(
            key=key,
            partner_id=party.id,
            ref=ref,
            debit=sides[0],
            credit=sides[1],
            amount_minor=minor,
            currency=currency,
        )
        debit, credit = (self._account(party.id, kind, currency) for kind in sides)
        epoch, prev = self._time.epoch(at), party.chain_head
        party.chain_seq += 1
        party.chain_head = link_hash(
            entry, partner=party.ref, seq=party.chain_seq, at=datetime.fromtimestamp(epoch, UTC), prev=prev
        )
        self._chained[party.id] = party
        self._moved[debit] -= minor
        self._moved[credit] += minor
        self._bulk.add(
            "transfers",
            key=key,
            partner_id=party.id,
            partner_seq=party.chain_seq,
            ref=ref,
            debit_account_id=debit,
            credit_account_id=credit,
            amount_minor=minor,
            currency=currency,
            at=self._time.stored(epoch),
            prev=prev,
            hash=party.chain_head,
        )

    def finish(self) -> None:
        heads = [(party.chain_seq, party.chain_head, party.id) for party in self._chained.values()]
        self._bulk.change("UPDATE partners SET chain_seq = ?, chain_head = ? WHERE id = ?", heads)
        moved = [(minor, account_id) for account_id, minor in self._moved.items()]
        self._bulk.change("UPDATE accounts SET balance_minor = balance_minor + ? WHERE id = ?", moved)

    def _account(self, partner_id: int, kind: AccountKind, currency: str) -> int:
        owner = partner_id if kind in OF_THE_PARTNER else None
        side = (owner, kind.value, currency)
        if side not in self._accounts:
            self._accounts[side] = self._bulk.new_id("accounts")
            opened = {"id": self._accounts[side], "partner_id": owner, "kind": kind.value, "currency": currency}
            self._bulk.add("accounts", **opened, balance_minor=0)
        return self._accounts[side]
