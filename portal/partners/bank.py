"""Account numbers: sealed to their row on the way in, opened only to be paid to."""

from portal import vault
from portal.partners.models import PayoutDetails


def seal_account(iban: str, *, ref: str, partner_id: int) -> str:
    return vault.seal(iban, table="payout_details", row=ref, column="account_sealed", partner=partner_id)


def open_account(sealed: str, *, ref: str, partner_id: int) -> str:
    """Raises CannotUnseal where the token was altered or belongs elsewhere."""
    return vault.unseal(sealed, table="payout_details", row=ref, column="account_sealed", partner=partner_id)


def account_of(details: PayoutDetails) -> str:
    """The whole IBAN. For the payment and for nobody's screen."""
    return open_account(details.account_sealed, ref=details.ref, partner_id=details.partner_id)
