from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.extensions import db
from portal.ledger.models import Account, Transfer
from portal.partners.models import Partner
from portal.scope import owned_by


class Head(NamedTuple):
    """Where a partner's chain ends: the number of its entries and the hash of the last."""

    seq: int
    hash: str


def entries(partner_id: int) -> sa.Select[*tuple[Any, ...]]:
    """The partner's ledger, to be paged by `Transfer.partner_seq`."""
    debit, credit = sa.orm.aliased(Account), sa.orm.aliased(Account)
    kept = sa.select(
        Transfer.partner_seq,
        Transfer.key,
        Transfer.ref,
        debit.kind.label("debit"),
        credit.kind.label("credit"),
        Transfer.amount_minor,
        Transfer.currency,
        Transfer.at,
        Transfer.prev,
        Transfer.hash,
    )
    kept = kept.join(debit, debit.id == Transfer.debit_account_id)
    kept = kept.join(credit, credit.id == Transfer.credit_account_id)
    return owned_by(kept.where(Transfer.partner_id == partner_id), partner_id)


def entries_of(partner_id: int, ref: str) -> list[Any]:
    """What was booked in the ledger for one record, oldest first."""
    return list(db.session.execute(entries(partner_id).where(Transfer.ref == ref).order_by(Transfer.partner_seq)))


def head(partner_id: int) -> Head:
    own = sa.select(Partner.chain_seq, Partner.chain_head).where(Partner.id == partner_id)
    return Head(*db.session.execute(owned_by(own, partner_id)).one())
