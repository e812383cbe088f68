from typing import Any

import pytest

from portal.auth.rules import Role
from portal.errors import Refused
from portal.sso.rules import (
    WELL_KNOWN,
    check_domains,
    check_roles_of_side,
    groups_in,
    is_safe,
    plain_domains,
    plain_issuer,
    roles_after,
    vouched,
)
from tests.support.sign_on import settings

LEAD, MEMBER, FINANCE = Role.PARTNER_ADMIN, Role.PARTNER_MEMBER, Role.PARTNER_FINANCE
MAPPING = {FINANCE: ("money", "books"), LEAD: ("leads",)}


@pytest.mark.parametrize(
    ("held", "groups", "usual", "then"),
    [
        (set(), {"money"}, set(), {FINANCE}),
        (set(), {"books", "leads"}, set(), {FINANCE, LEAD}),
        (set(), {"others"}, {MEMBER}, {MEMBER}),
        (set(), {"money"}, {MEMBER}, {FINANCE}),
        (set(), set(), set(), set()),
        ({MEMBER}, {"money"}, set(), {MEMBER, FINANCE}),
        ({MEMBER, FINANCE}, set(), set(), {MEMBER}),
        ({FINANCE}, set(), {MEMBER}, {MEMBER}),
        ({FINANCE}, set(), set(), set()),
        ({LEAD}, {"money"}, {MEMBER}, {FINANCE}),
        ({FINANCE}, {"Money"}, set(), set()),
    ],
)
def test_groups_decide_on_the_roles_that_they_give_and_on_no_others(
    held: set[Role], groups: set[str], usual: set[Role], then: set[Role]
) -> None:
    assert roles_after(held, groups, MAPPING, usual) == then


def test_without_a_mapping_roles_are_as_people_gave_them() -> None:
    assert roles_after({LEAD}, {"money"}, {}, {MEMBER}) == {LEAD}


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        (["a", "b"], {"a", "b"}),
        ("a", {"a"}),
        (["a", 7, None, ["b"]], {"a"}),
        (None, set()),
        ({"a": 1}, set()),
        (7, set()),
        ([], set()),
    ],
)
def test_groups_are_read_however_they_are_sent(claim: Any, groups: set[str]) -> None:
    assert groups_in(claim) == groups


@pytest.mark.parametrize(
    "typed",
    [
        "http://login.example.com",
        "login.example.com",
        "https://",
        "https://user:secret@login.example.com",
        "https://login.example.com?tenant=1",
        "https://login.example.com#part",
        "https://login example.com",
        "https://[::1",
        "https://login.example.com:99999",
        "file:///etc/passwd",
        "http://localhost:8000",
        "",
    ],
)
def test_an_issuer_is_an_address_that_secrets_may_be_sent_to(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        plain_issuer(typed, local=False)
    assert refusal.value.field == "issuer"


def test_the_address_of_the_discovery_document_will_do() -> None:
    issuer = "https://login.example.com/realms/work"
    assert plain_issuer(f" {issuer}{WELL_KNOWN} ", local=False) == issuer
    assert plain_issuer("https://example.auth0.com/", local=False) == "https://example.auth0.com/"


def test_on_ones_own_machine_the_provider_may_run_there_too() -> None:
    assert plain_issuer("http://localhost:9400", local=True) == "http://localhost:9400"
    assert not is_safe("http://login.example.com", local=True)
    assert not is_safe("http://localhost.example.com", local=True)


def test_domains_are_read_however_they_are_typed() -> None:
    typed = "Brightwater.example, @lane.example;\nlane.example sub.lane.example."
    assert plain_domains(typed) == ("brightwater.example", "lane.example", "sub.lane.example")


@pytest.mark.parametrize(
    "typed", ["", "  ", "localhost", "a@b.example", "*.lane.example", "lane..example", "-a.example", "1.2.3.4"]
)
def test_what_is_no_domain_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        plain_domains(typed)
    assert refusal.value.field == "domains"


@pytest.mark.parametrize(
    ("domain", "why"),
    [("gmail.com", "Anybody can have"), ("new.example", "Nobody of your company"), ("shared.example", "alone")],
)
def test_a_company_vouches_for_its_own_domains(domain: str, why: str) -> None:
    known, foreign = {"own.example", "gmail.com", "shared.example"}, {"shared.example"}
    check_domains(["own.example"], known=known, foreign=foreign)
    with pytest.raises(Refused, match=why):
        check_domains(["own.example", domain], known=known, foreign=foreign)


def test_roles_are_of_one_side() -> None:
    check_roles_of_side(settings(groups_by_role=MAPPING, default_roles=frozenset({MEMBER})), is_partner=True)
    for wrong in ({"default_roles": frozenset({Role.AUDITOR})}, {"groups_by_role": {Role.PROGRAM_ADMIN: ("all",)}}):
        with pytest.raises(Refused):
            check_roles_of_side(settings(**wrong), is_partner=True)
    with pytest.raises(Refused):
        check_roles_of_side(settings(default_roles=frozenset({MEMBER})), is_partner=False)


@pytest.mark.parametrize(("name", "then"), [(" Ana ", "Ana"), (None, "ana"), ("", "ana"), ("x" * 300, "x" * 120)])
def test_whoever_has_no_name_is_called_by_their_address(name: str | None, then: str) -> None:
    claims = {"iss": "https://i", "sub": "1", "email": "ana@own.example", "email_verified": True, "name": name}
    assert vouched(claims, group_claim="groups", domains=["own.example"]).name == then
