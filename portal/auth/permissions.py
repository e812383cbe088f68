"""Who may do what: one table, one decorator."""

from collections.abc import Callable, Collection
from enum import IntEnum, StrEnum
from functools import cache, wraps
from typing import Any, NamedTuple, ParamSpec

from flask import Flask, abort
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.auth.rules import Role
from portal.extensions import login_manager

P = ParamSpec("P")


class Reach(IntEnum):
    """How far a grant reaches. A larger one includes the smaller."""

    OWN = 1
    """What the person made."""
    ASSIGNED = 2
    """What was put into the person's hands."""
    COMPANY = 3
    ANY = 4


class Permission(StrEnum):
    USE_ACCOUNT = "use one's own account"
    SHARE_VIEWS = "share saved views of a list"

    SEE_HOME = "see the partner home"
    READ_RESOURCES = "read resources and profiles"
    VIEW_REFERRALS = "see referrals"
    SUBMIT_REFERRALS = "submit, correct and withdraw referrals"
    SEND_MESSAGES = "write on a referral"
    VIEW_AGREEMENTS = "see the company's agreements"
    SIGN_AGREEMENTS = "sign for the company"
    VIEW_EARNINGS = "see fees and why"
    VIEW_STATEMENTS = "see statements"
    VIEW_TEAM = "see the team"
    MANAGE_TEAM = "invite and disable colleagues"
    MANAGE_SIGN_IN = "set up the company's single sign-on"
    VIEW_COMPANY = "see the company's details"
    PROPOSE_PAYOUT_DETAILS = "propose payout details and the tax form"

    SEE_QUEUE = "see the work queue"
    REVIEW_REFERRALS = "see all referrals"
    DECIDE_REFERRALS = "qualify, ask, decline"
    ENTER_REFERRALS = "enter referrals for a partner, and add proof"
    ANSWER_PARTNERS = "write to partners on their referrals"
    DECIDE_CLAIMS = "decide extensions and appeals, revoke protections"
    VIEW_DEALS = "see all deals"
    MOVE_DEALS = "move deals"
    HAND_OVER_DEALS = "hand deals over to another owner"
    SHARE_DEALS = "change who has which share of a deal"
    IMPORT_DEALS = "import deals from a file"
    RECORD_PAYMENTS = "record what customers paid and got back"
    KEEP_TASKS = "keep tasks, and do them"
    VIEW_PARTNERS = "see all partners"
    VIEW_AS = "look on as a partner's user, changing nothing"
    MANAGE_PARTNERS = "create partners and invite their people"
    REVIEW_AGREEMENTS = "see all agreements"
    SEND_AGREEMENTS = "prepare and send agreements"
    EDIT_TEMPLATES = "edit agreement templates"
    VIEW_FEES = "see all fees"
    APPROVE_FEES = "approve fees and issue statements"
    VIEW_PAYOUTS = "see payout runs"
    BUILD_PAYOUTS = "build payout runs"
    RELEASE_PAYOUTS = "release payout runs and record payment"
    CONFIRM_PAYOUT_DETAILS = "confirm payout details"
    REVIEW_RESOURCES = "see resources in the making"
    EDIT_RESOURCES = "write and publish resources"
    VIEW_SETTINGS = "see the settings"
    EDIT_SETTINGS = "change the program's settings"
    EDIT_CRITERIA = "draft and publish criteria"
    EDIT_ENGAGEMENT = "draft and publish rules of engagement"
    DRAFT_FEE_PLANS = "draft fee plans"
    PUBLISH_FEE_PLANS = "publish fee plans of others"
    VIEW_PEOPLE = "see staff and their roles"
    MANAGE_PEOPLE = "invite and disable staff, give roles"
    SEE_EMERGENCY_ACCESS = "see, refuse and end emergency access"
    ASK_EMERGENCY_ACCESS = "ask for emergency access"
    CONFIRM_EMERGENCY_ACCESS = "confirm emergency access that others asked for"
    MANAGE_PERSONAL_DATA = "see, copy and erase what is held of a person"
    VIEW_ACTIVITY = "see the record of events"
    VIEW_JOBS = "see jobs and deliveries"
    MANAGE_JOBS = "send a delivery again"


_P = Permission
_EVERY_PARTNER = {
    _P.USE_ACCOUNT: Reach.OWN,
    _P.SEE_HOME: Reach.COMPANY,
    _P.READ_RESOURCES: Reach.COMPANY,
    _P.VIEW_TEAM: Reach.COMPANY,
}
_EVERY_STAFF = dict.fromkeys(
    (_P.SEE_QUEUE, _P.REVIEW_REFERRALS, _P.VIEW_DEALS, _P.VIEW_PARTNERS, _P.REVIEW_AGREEMENTS, _P.REVIEW_RESOURCES),
    Reach.ANY,
) | {_P.USE_ACCOUNT: Reach.OWN}
_WORKING_STAFF = _EVERY_STAFF | {_P.KEEP_TASKS: Reach.OWN, _P.SHARE_VIEWS: Reach.OWN}
_MONEY = {_P.VIEW_FEES: Reach.ANY, _P.VIEW_PAYOUTS: Reach.ANY, _P.SEE_EMERGENCY_ACCESS: Reach.ANY}
_OVERSIGHT = {
    _P.VIEW_SETTINGS: Reach.ANY,
    _P.VIEW_PEOPLE: Reach.ANY,
    _P.VIEW_ACTIVITY: Reach.ANY,
    _P.VIEW_JOBS: Reach.ANY,
}

GRANTS: dict[Role, dict[Permission, Reach]] = {
    Role.PARTNER_MEMBER: _EVERY_PARTNER
    | {
        _P.VIEW_REFERRALS: Reach.OWN,
        _P.SUBMIT_REFERRALS: Reach.OWN,
        _P.SEND_MESSAGES: Reach.OWN,
        _P.VIEW_EARNINGS: Reach.OWN,
    },
    Role.PARTNER_ADMIN: _EVERY_PARTNER
    | {
        _P.SHARE_VIEWS: Reach.COMPANY,
        _P.VIEW_REFERRALS: Reach.COMPANY,
        _P.SUBMIT_REFERRALS: Reach.COMPANY,
        _P.SEND_MESSAGES: Reach.COMPANY,
        _P.VIEW_AGREEMENTS: Reach.COMPANY,
        _P.VIEW_EARNINGS: Reach.COMPANY,
        _P.VIEW_STATEMENTS: Reach.COMPANY,
        _P.MANAGE_TEAM: Reach.COMPANY,
        _P.MANAGE_SIGN_IN: Reach.COMPANY,
        _P.VIEW_COMPANY: Reach.COMPANY,
        _P.PROPOSE_PAYOUT_DETAILS: Reach.COMPANY,
    },
    Role.PARTNER_FINANCE: _EVERY_PARTNER
    | {
        _P.VIEW_AGREEMENTS: Reach.COMPANY,
        _P.VIEW_EARNINGS: Reach.COMPANY,
        _P.VIEW_STATEMENTS: Reach.COMPANY,
        _P.VIEW_COMPANY: Reach.COMPANY,
        _P.PROPOSE_PAYOUT_DETAILS: Reach.COMPANY,
    },
    Role.PARTNER_SIGNATORY: _EVERY_PARTNER | {_P.VIEW_AGREEMENTS: Reach.COMPANY, _P.SIGN_AGREEMENTS: Reach.COMPANY},
    Role.QUALIFIER: _WORKING_STAFF
    | {
        _P.DECIDE_REFERRALS: Reach.ANY,
        _P.DECIDE_CLAIMS: Reach.ANY,
        _P.ENTER_REFERRALS: Reach.ANY,
        _P.ANSWER_PARTNERS: Reach.ANY,
    },
    Role.SALES_OWNER: _WORKING_STAFF
    | {
        _P.MOVE_DEALS: Reach.ASSIGNED,
        _P.IMPORT_DEALS: Reach.ANY,
        _P.RECORD_PAYMENTS: Reach.ASSIGNED,
        _P.ANSWER_PARTNERS: Reach.ANY,
        _P.HAND_OVER_DEALS: Reach.ASSIGNED,
    },
    Role.PARTNER_MANAGER: _WORKING_STAFF
    | {
        _P.ENTER_REFERRALS: Reach.ANY,
        _P.ANSWER_PARTNERS: Reach.ANY,
        _P.MANAGE_PARTNERS: Reach.ANY,
        _P.DECIDE_CLAIMS: Reach.ANY,
        _P.HAND_OVER_DEALS: Reach.ANY,
        _P.SHARE_DEALS: Reach.ANY,
        _P.VIEW_AS: Reach.ANY,
        _P.SEND_AGREEMENTS: Reach.ANY,
        _P.EDIT_ENGAGEMENT: Reach.ANY,
        _P.VIEW_FEES: Reach.ANY,
        _P.VIEW_ACTIVITY: Reach.ANY,
        _P.VIEW_SETTINGS: Reach.ANY,
    },
    Role.FINANCE_MAKER: _WORKING_STAFF
    | _MONEY
    | {_P.APPROVE_FEES: Reach.ANY, _P.BUILD_PAYOUTS: Reach.ANY, _P.RECORD_PAYMENTS: Reach.ANY},
    Role.FINANCE_APPROVER: _WORKING_STAFF
    | _MONEY
    | {
        _P.RELEASE_PAYOUTS: Reach.ANY,
        _P.CONFIRM_PAYOUT_DETAILS: Reach.ANY,
        _P.CONFIRM_EMERGENCY_ACCESS: Reach.ANY,
        _P.VIEW_SETTINGS: Reach.ANY,
        _P.PUBLISH_FEE_PLANS: Reach.ANY,
    },
    Role.CONTENT_EDITOR: _WORKING_STAFF
    | {_P.EDIT_RESOURCES: Reach.ANY, _P.VIEW_SETTINGS: Reach.ANY, _P.EDIT_CRITERIA: Reach.ANY},
    Role.PROGRAM_ADMIN: _WORKING_STAFF
    | _MONEY
    | _OVERSIGHT
    | {
        _P.SHARE_VIEWS: Reach.ANY,
        _P.MANAGE_PARTNERS: Reach.ANY,
        _P.HAND_OVER_DEALS: Reach.ANY,
        _P.VIEW_AS: Reach.ANY,
        _P.SEND_AGREEMENTS: Reach.ANY,
        _P.EDIT_TEMPLATES: Reach.ANY,
        _P.EDIT_SETTINGS: Reach.ANY,
        _P.EDIT_CRITERIA: Reach.ANY,
        _P.EDIT_ENGAGEMENT: Reach.ANY,
        _P.EDIT_RESOURCES: Reach.ANY,
        _P.DRAFT_FEE_PLANS: Reach.ANY,
        _P.PUBLISH_FEE_PLANS: Reach.ANY,
        _P.MANAGE_PEOPLE: Reach.ANY,
        _P.MANAGE_PERSONAL_DATA: Reach.ANY,
        _P.ASK_EMERGENCY_ACCESS: Reach.ANY,
        _P.CONFIRM_EMERGENCY_ACCESS: Reach.ANY,
        _P.MANAGE_JOBS: Reach.ANY,
        _P.IMPORT_DEALS: Reach.ANY,
    },
    Role.AUDITOR: _EVERY_STAFF | _MONEY | _OVERSIGHT | {_P.VIEW_AS: Reach.ANY, _P.ASK_EMERGENCY_ACCESS: Reach.ANY},
}


class Access(NamedTuple):
    """What opens a view: the permission, reaching at least this far."""

    permission: Permission
    relation: Reach


def reach_of(roles: Collection[Role], permission: Permission) -> Reach | None:
    """The furthest that any of these roles reaches with the permission; None where none holds it."""
    return _reaches(frozenset(roles)).get(permission)


@cache
def _reaches(roles: frozenset[Role]) -> dict[Permission, Reach]:
    found: dict[Permission, Reach] = {}
    for permission, reach in (grant for role in roles for grant in GRANTS[role].items()):
        found[permission] = max(reach, found.get(permission, reach))
    return found


def requires(
    permission: Permission, relation: Reach
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Declare, once and on the view, what it takes: signed out → sign-in, permission or reach missing → 403.

    `relation` is the least reach that opens the view. Whoever reaches further sees more of the same: each `visible_to`
    asks how far. That the two agree with GRANTS is checked when the app is made."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            user = current_user._get_current_object()
            if not user.is_authenticated:
                return login_manager.unauthorized()  # type: ignore[no-any-return]
            if not user.may(permission, relation):
                abort(403)
            return view(*args, **kwargs)

        guarded.__access__ = Access(permission, relation)  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    view.__access__ = "public"  # type: ignore[attr-defined]
    return view


def check_access(app: Flask) -> None:
    """Raises RuntimeError naming the views that declare no access, or one that the grants do not know."""
    views: dict[str, Any] = app.view_functions
    declared = {name: getattr(view, "__access__", None) for name, view in views.items()}
    if unguarded := sorted(name for name, access in declared.items() if access is None):
        raise RuntimeError(f"views without @requires or @public: {', '.join(unguarded)}")
    granted = {Access(permission, reach) for grants in GRANTS.values() for permission, reach in grants.items()}
    if strange := sorted(name for name, access in declared.items() if access != "public" and access not in granted):
        raise RuntimeError(f"views that ask for a reach that no role has: {', '.join(strange)}")
