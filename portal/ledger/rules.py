"""Accounts, and the link of a partner's chain."""

from enum import StrEnum


class AccountKind(StrEnum):
    FEES = "fees"
    """Program: what partner business has cost."""
    CASH = "cash"
    """Program: what left the bank."""
    PAYABLE = "payable"
    """Partner: what is earned and not yet paid."""
