from datetime import timedelta

import pytest

from portal.auth.rules import (
    PersonState,
    Role,
    check_password,
    check_roles,
    device_words,
    is_live,
    link_trouble,
    network_of,
    path_after_sign_in,
    person_state,
)
from portal.errors import Refused
from tests.support.make import NOON

COMMON = frozenset({"qwerty123456"})
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "password",
    ["", "eleven char", "x" * 12, "ab" * 8, "y" * 129, "QWERTY123456", "ana@lane.example", "anaanaanaana"],
)
def test_a_password_that_is_short_long_or_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(Refused, match=r"^[A-Z].*\.$") as refusal:
        check_password(password, email="ana@lane.example", common=COMMON)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("password", ["twelve chars", "correct horse battery", "grüße aus köln", "z0" + "abc" * 42])
def test_no_rule_says_what_a_password_is_made_of(password: str) -> None:
    check_password(password, email="ana@lane.example", common=COMMON)


@pytest.mark.parametrize(
    ("roles", "is_partner_user"),
    [
        (frozenset(), True),
        (frozenset(), False),
        (frozenset({Role.AUDITOR}), True),
        (frozenset({Role.PARTNER_ADMIN}), False),
        (frozenset({Role.PARTNER_ADMIN, Role.AUDITOR}), True),
    ],
)
def test_roles_of_both_sides_are_never_mixed(roles: frozenset[Role], is_partner_user: bool) -> None:
    with pytest.raises(Refused):
        check_roles(roles, is_partner_user=is_partner_user)


@pytest.mark.parametrize(
    ("wanted", "is_staff", "path"),
    [
        (None, False, "/"),
        (None, True, "/staff/"),
        ("/referrals/R-7F3KQ2?tab=1", False, "/referrals/R-7F3KQ2?tab=1"),
        ("/staff/deals/", True, "/staff/deals/"),
        ("/account/", True, "/account/"),
        ("/account/", False, "/account/"),
        ("/staff/deals/", False, "/"),
        ("/referrals/", True, "/staff/"),
        ("https://evil.example/", False, "/"),
        ("//evil.example/", False, "/"),
        ("/\\evil.example", False, "/"),
        ("/\t/evil.example", False, "/"),
        ("referrals/", False, "/"),
        ("javascript:alert(1)", False, "/"),
    ],
)
def test_after_signing_in_only_ones_own_pages_are_gone_to(wanted: str | None, is_staff: bool, path: str) -> None:
    assert path_after_sign_in(wanted, is_staff=is_staff) == path


@pytest.mark.parametrize(
    ("has_accepted", "disabled", "revoked", "invited_until", "state"),
    [
        (True, False, False, None, PersonState.ACTIVE),
        (True, True, False, None, PersonState.DISABLED),
        (False, True, False, NOON + DAY, PersonState.DISABLED),
        (False, False, False, NOON + DAY, PersonState.INVITED),
        (False, False, False, NOON, PersonState.LAPSED),
        (False, False, False, None, PersonState.LAPSED),
        (False, False, True, NOON, PersonState.REVOKED),
        (False, True, True, NOON, PersonState.DISABLED),
    ],
)
def test_where_a_person_stands_is_read_from_the_account(
    has_accepted: bool, disabled: bool, revoked: bool, invited_until: None, state: PersonState
) -> None:
    found = person_state(
        has_accepted=has_accepted,
        disabled_at=NOON if disabled else None,
        revoked_at=NOON if revoked else None,
        invited_until=invited_until,
        now=NOON,
    )
    assert found is state


def test_a_link_opens_once_and_until_its_time() -> None:
    assert link_trouble(used_at=None, expires_at=NOON + DAY, now=NOON) is None
    assert "used" in (link_trouble(used_at=NOON, expires_at=NOON + DAY, now=NOON) or "")
    assert "expired" in (link_trouble(used_at=None, expires_at=NOON, now=NOON) or "")


def test_a_session_ends_after_a_pause_and_after_its_life() -> None:
    roles = frozenset({Role.PARTNER_ADMIN})
    assert is_live(NOON, NOON, NOON + timedelta(hours=11), roles)
    assert not is_live(NOON, NOON, NOON + timedelta(hours=12), roles)
    assert not is_live(NOON, NOON + 14 * DAY, NOON + 14 * DAY, roles)


@pytest.mark.parametrize("role", [Role.FINANCE_MAKER, Role.FINANCE_APPROVER, Role.PROGRAM_ADMIN, Role.AUDITOR])
def test_whoever_moves_money_gives_roles_or_reads_all_is_signed_in_for_a_shorter_time(role: Role) -> None:
    roles = frozenset({role, Role.QUALIFIER})
    assert is_live(NOON, NOON, NOON + timedelta(minutes=119), roles)
    assert not is_live(NOON, NOON, NOON + timedelta(hours=2), roles)
    assert not is_live(NOON, NOON + DAY / 2, NOON + DAY / 2, roles)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::1", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_tries_are_counted_by_what_one_customer_holds(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.5", "A browser"),
    ],
)
def test_a_browser_is_told_in_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
