from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Base
from portal.ledger.rules import AccountKind


class Account(Base):
    """One side of a transfer. The balance is a copy that `verify` recomputes and compares."""

    __tablename__ = "accounts"
    __table_args__ = (
        sa.UniqueConstraint("id", "currency"),
        sa.Index(
            "uq_accounts_partner_id_kind_currency",
            "partner_id",
            "kind",
            "currency",
            unique=True,
            sqlite_where=sa.text("partner_id IS NOT NULL"),
            postgresql_where=sa.text("partner_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_accounts_kind_currency",
            "kind",
            "currency",
            unique=True,
            sqlite_where=sa.text("partner_id IS NULL"),
            postgresql_where=sa.text("partner_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("partners.id"))
    """None: an account of the program itself."""
    kind: Mapped[AccountKind]
    currency: Mapped[str] = mapped_column(sa.String(3))
    balance_minor: Mapped[int] = mapped_column(default=0)
    """Credits less debits, in minor units."""


class Transfer(Base):
    """One movement: a debit and a credit of the same amount. Append-only by trigger, chained per partner."""

    __tablename__ = "transfers"
    __table_args__ = (
        sa.ForeignKeyConstraint(["debit_account_id", "currency"], ["accounts.id", "accounts.currency"]),
        sa.ForeignKeyConstraint(["credit_account_id", "currency"], ["accounts.id", "accounts.currency"]),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.CheckConstraint("debit_account_id <> credit_account_id", name="two_accounts"),
        sa.UniqueConstraint("partner_id", "partner_seq"),
        sa.Index("ix_transfers_ref", "ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), unique=True)
    """What it is for, once only: `accrue:<line>`, `pay:<line>`."""
    partner_id: Mapped[int] = mapped_column(sa.ForeignKey("partners.id"))
    partner_seq: Mapped[int]
    ref: Mapped[str] = mapped_column(sa.String(12))
    """The fee line's public reference."""
    debit_account_id: Mapped[int]
    credit_account_id: Mapped[int]
    amount_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    at: Mapped[datetime]
    prev: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))
