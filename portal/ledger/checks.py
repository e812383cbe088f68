from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from portal.ledger.models import Account, Transfer
from portal.ledger.rules import FIRST, OF_THE_PARTNER, AccountKind, Entry, link_hash
from portal.partners.models import Partner
from portal.proof import check, rows


@check("What one account lost another got: in each currency, all balances add up to nothing")
def sums(connection: sa.Connection) -> Iterator[str]:
    total = sa.func.sum(Account.balance_minor)
    for currency, minor in connection.execute(sa.select(Account.currency, total).group_by(Account.currency)):
        if minor:
            yield f"The balances in {currency} do not add up to nothing, but to {minor} minor units."


@check("The balance of each account is the sum of its transfers")
def balances(connection: sa.Connection) -> Iterator[str]:
    moved = sa.union_all(
        sa.select(Transfer.debit_account_id.label("account_id"), (-Transfer.amount_minor).label("minor")),
        sa.select(Transfer.credit_account_id, Transfer.amount_minor),
    ).subquery()
    summed = (
        sa.select(moved.c.account_id, sa.func.sum(moved.c.minor).label("minor")).group_by(moved.c.account_id).subquery()
    )
    found = sa.func.coalesce(summed.c.minor, 0)
    wrong = (
        sa.select(Account.kind, Account.currency, Account.balance_minor, Partner.ref, found.label("found"))
        .join(summed, summed.c.account_id == Account.id, isouter=True)
        .join(Partner, Partner.id == Account.partner_id, isouter=True)
        .where(Account.balance_minor != found)
    )
    for row in rows(connection, wrong):
        whose = f"of {row.ref}" if row.ref else "of the program"
        yield (
            f"The {row.kind} account {whose} in {row.currency} has a balance of {row.balance_minor} minor units, "
            f"but its transfers add up to {row.found}."
        )


@check("Each side of a transfer is an account of the partner that it is for, or of the program")
def owners(connection: sa.Connection) -> Iterator[str]:
    for side in (Transfer.debit_account_id, Transfer.credit_account_id):
        foreign = sa.or_(
            Account.partner_id != Transfer.partner_id, Account.partner_id.is_(None) == Account.kind.in_(OF_THE_PARTNER)
        )
        for (key,) in rows(connection, sa.select(Transfer.key).join(Account, Account.id == side).where(foreign)):
            yield f"The transfer {key} touches an account that is not its partner's."


@check("Each partner's chain of transfers is gapless, each link holds the one before, and its head is the last")
def chains(connection: sa.Connection) -> Iterator[str]:
    partner, seq, last = "", 0, FIRST
    for row in rows(connection, _links()):
        if row.partner != partner:
            partner, seq, last = row.partner, 0, FIRST
        seq += 1
        if row.partner_seq != seq:
            yield f"Transfer {seq} of {partner} is missing: the next one is {row.partner_seq}."
            seq = row.partner_seq
        elif row.prev != last:
            yield f"Transfer {seq} of {partner} ({row.key}) does not continue the one before it."
        if row.hash != _hash_of(row):
            yield f"Transfer {seq} of {partner} ({row.key}) was changed: its hash is another."
        last = row.hash


@check("The head of each partner's chain is its last transfer")
def heads(connection: sa.Connection) -> Iterator[str]:
    seq = sa.func.max(Transfer.partner_seq).label("seq")
    ends = sa.select(Transfer.partner_id, seq).group_by(Transfer.partner_id).subquery()
    last = sa.and_(Transfer.partner_id == Partner.id, Transfer.partner_seq == ends.c.seq)
    wrong = (
        sa.select(Partner.ref, Partner.chain_seq, sa.func.coalesce(ends.c.seq, 0).label("seq"))
        .join(ends, ends.c.partner_id == Partner.id, isouter=True)
        .join(Transfer, last, isouter=True)
        .where(
            sa.or_(
                Partner.chain_seq != sa.func.coalesce(ends.c.seq, 0),
                Partner.chain_head != sa.func.coalesce(Transfer.hash, FIRST),
            )
        )
    )
    for row in rows(connection, wrong):
        yield f"The chain of {row.ref} ends at transfer {row.seq}, but its head says {row.chain_seq}."


def _links() -> sa.Executable:
    debit, credit = sa.orm.aliased(Account), sa.orm.aliased(Account)
    return (
        sa.select(
            Transfer.__table__,
            Partner.ref.label("partner"),
            debit.kind.label("debit"),
            credit.kind.label("credit"),
        )
        .join(Partner, Partner.id == Transfer.partner_id)
        .join(debit, debit.id == Transfer.debit_account_id)
        .join(credit, credit.id == Transfer.credit_account_id)
        .order_by(Transfer.partner_id, Transfer.partner_seq)
    )


def _hash_of(row: sa.Row[Any]) -> str:
    entry = Entry(
        key=row.key,
        partner_id=row.partner_id,
        ref=row.ref,
        debit=AccountKind(row.debit),
        credit=AccountKind(row.credit),
        amount_minor=row.amount_minor,
        currency=row.currency,
    )
    return link_hash(entry, partner=row.partner, seq=row.partner_seq, at=row.at, prev=row.prev)
