"""Each machine of a claim, walked over all pairs of states; and who may take each step, written by hand."""

import pytest
from flask import Flask

from portal.appeals.rules import AppealState
from portal.appeals.rules import check_move as check_appeal
from portal.auth.permissions import Access, reach_of
from portal.auth.rules import Role
from portal.protections.rules import ExtensionState, check_extension_move
from portal.protections.rules import check_move as check_protection
from portal.referrals.rules import ProtectionState, Status
from portal.referrals.rules import check_move as check_referral
from tests.moves import assert_only

SENDERS = "partner_member partner_admin"
# The step, the view that takes it, and everyone who may; every other role is refused.
STEPS = {
    "referral > submitted": ("referral_form.new", SENDERS),
    "referral expired > submitted": ("referral_renewal.renew", SENDERS),
    "referral > needs_info": ("staff_referrals.ask", "qualifier"),
    "referral needs_info > under_review": ("referrals.answer", SENDERS),
    "referral > qualified": ("staff_referrals.qualify", "qualifier"),
    "referral > declined": ("staff_referrals.decline", "qualifier"),
    "referral > withdrawn": ("referrals.withdraw", SENDERS),
    "protection > extension_requested": ("protections.ask", SENDERS),
    "protection extension_requested > active": ("staff_protections.decide", "qualifier partner_manager"),
    "protection > released": ("protections.release", SENDERS),
    "protection > revoked": ("staff_protections.revoke", "qualifier partner_manager"),
    "appeal > open": ("appeals.create", SENDERS),
    "appeal > withdrawn": ("appeals.withdraw", SENDERS),
    "appeal > upheld or rejected": ("staff_appeals.decide", "qualifier partner_manager"),
}


def test_a_referral_moves_along_its_table_only() -> None:
    assert_only(
        check_referral,
        Status,
        "draft        > submitted",
        "submitted    > under_review needs_info conflict qualified declined withdrawn",
        "needs_info   > under_review expired withdrawn",
        "under_review > needs_info conflict qualified declined withdrawn",
        "conflict     > under_review declined qualified",
        "declined     > under_review",
        "expired      > submitted",
    )


def test_a_protection_moves_along_its_table_only() -> None:
    assert_only(
        check_protection,
        ProtectionState,
        "active              > extension_requested paused released revoked tail expired",
        "extension_requested > active paused released revoked tail expired",
        "paused              > active extension_requested released revoked",
        "tail                > expired released revoked",
        "released            > active tail expired",
        "revoked             > active tail expired",
    )


def test_an_appeal_and_a_request_are_answered_once() -> None:
    assert_only(check_appeal, AppealState, "open > upheld rejected withdrawn")
    assert_only(check_extension_move, ExtensionState, "asked > granted refused lapsed")


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_each_step_is_taken_by_these_roles_and_by_no_other(app: Flask) -> None:
    for step, (view, roles) in STEPS.items():
        access: Access = vars(app.view_functions[view])["__access__"]
        for role in Role:
            reach = reach_of({role}, access.permission)
            may = reach is not None and reach >= access.relation
            assert may == (role in roles.split()), f"{step}: {role}"
