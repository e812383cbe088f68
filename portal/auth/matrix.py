"""Who may do what, to be read on one page: made from GRANTS and nothing else."""

from collections.abc import Sequence
from typing import NamedTuple

from portal.auth.permissions import GRANTS, Permission, Reach
from portal.auth.rules import PARTNER_ROLES, ROLE_HINT, ROLE_LABEL, STAFF_ROLES, Role

_P = Permission
GROUPS: dict[str, tuple[Permission, ...]] = {
    "Referrals": (
        _P.VIEW_REFERRALS,
        _P.SUBMIT_REFERRALS,
        _P.SEND_MESSAGES,
        _P.REVIEW_REFERRALS,
        _P.DECIDE_REFERRALS,
        _P.DECIDE_CLAIMS,
        _P.ANSWER_PARTNERS,
        _P.ENTER_REFERRALS,
        _P.EDIT_ENGAGEMENT,
    ),
    "Deals": (
        _P.VIEW_DEALS,
        _P.MOVE_DEALS,
        _P.HAND_OVER_DEALS,
        _P.SHARE_DEALS,
        _P.IMPORT_DEALS,
        _P.RECORD_PAYMENTS,
        _P.KEEP_TASKS,
    ),
    "Agreements": (
        _P.VIEW_AGREEMENTS,
        _P.SIGN_AGREEMENTS,
        _P.REVIEW_AGREEMENTS,
        _P.SEND_AGREEMENTS,
        _P.EDIT_TEMPLATES,
    ),
    "Money": (
        _P.VIEW_EARNINGS,
        _P.VIEW_STATEMENTS,
        _P.PROPOSE_PAYOUT_DETAILS,
        _P.VIEW_FEES,
        _P.APPROVE_FEES,
        _P.VIEW_PAYOUTS,
        _P.BUILD_PAYOUTS,
        _P.RELEASE_PAYOUTS,
        _P.CONFIRM_PAYOUT_DETAILS,
        _P.DRAFT_FEE_PLANS,
        _P.PUBLISH_FEE_PLANS,
    ),
    "Company and partners": (_P.VIEW_COMPANY, _P.VIEW_PARTNERS, _P.VIEW_AS, _P.MANAGE_PARTNERS),
    "People": (
        _P.VIEW_TEAM,
        _P.MANAGE_TEAM,
        _P.MANAGE_SIGN_IN,
        _P.VIEW_PEOPLE,
        _P.MANAGE_PEOPLE,
        _P.MANAGE_PERSONAL_DATA,
        _P.SEE_EMERGENCY_ACCESS,
        _P.ASK_EMERGENCY_ACCESS,
        _P.CONFIRM_EMERGENCY_ACCESS,
        _P.USE_ACCOUNT,
        _P.SHARE_VIEWS,
    ),
    "Resources and criteria": (_P.READ_RESOURCES, _P.REVIEW_RESOURCES, _P.EDIT_RESOURCES, _P.EDIT_CRITERIA),
    "The program": (
        _P.SEE_HOME,
        _P.SEE_QUEUE,
        _P.VIEW_SETTINGS,
        _P.EDIT_SETTINGS,
        _P.VIEW_ACTIVITY,
        _P.VIEW_JOBS,
        _P.MANAGE_JOBS,
    ),
}
REST = "More"
"""Where a permission stands that no group names."""
SHORT = {Reach.OWN: "own", Reach.ASSIGNED: "in hand", Reach.COMPANY: "company", Reach.ANY: "all"}
LONG = {
    Reach.OWN: "what they made or what is theirs",
    Reach.ASSIGNED: "what is in their hands",
    Reach.COMPANY: "everything of their company",
    Reach.ANY: "everything",
}


class Line(NamedTuple):
    """One thing that may be done, with how far each of the roles reaches with it; empty where not at all."""

    what: str
    reaches: list[str]


class Group(NamedTuple):
    title: str
    lines: list[Line]


class RoleColumn(NamedTuple):
    label: str
    hint: str


class Side(NamedTuple):
    title: str
    roles: list[RoleColumn]
    groups: list[Group]


def sides() -> list[Side]:
    return [_side("Staff", STAFF_ROLES), _side("Partners", PARTNER_ROLES)]


def _side(title: str, roles: Sequence[Role]) -> Side:
    held = {permission for role in roles for permission in GRANTS[role]}
    named = {permission for permissions in GROUPS.values() for permission in permissions}
    grouped = GROUPS | {REST: tuple(permission for permission in Permission if permission not in named)}
    groups = (
        Group(name, [_line(permission, roles) for permission in permissions if permission in held])
        for name, permissions in grouped.items()
    )
    columns = [RoleColumn(ROLE_LABEL[role], ROLE_HINT[role]) for role in roles]
    return Side(title, columns, [group for group in groups if group.lines])


def _line(permission: Permission, roles: Sequence[Role]) -> Line:
    reaches = (GRANTS[role].get(permission) for role in roles)
    return Line(permission.value, [SHORT[reach] if reach else "" for reach in reaches])
