"""What is read once it is a submission's turn."""

import pytest
from flask import Flask

from portal.referrals import turns
from tests.support import sales


def test_a_reference_that_is_taken_is_given_to_nobody_else(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sales.program()
    by = sales.lead()
    first = sales.referral(by)
    monkeypatch.setattr(turns, "random_ref", lambda letter: first.ref)
    assert sales.referral(by).ref != first.ref


def test_a_company_is_known_under_the_first_reference(app: Flask) -> None:
    sales.program()
    by, other = sales.lead(), sales.lead()
    sent = sales.referral(by, website="kallwitz.example")
    assert turns.begin(by.partner_id or 0, "kallwitz.example").introduced == sent.ref
    assert turns.begin(other.partner_id or 0, "kallwitz.example").introduced is None
