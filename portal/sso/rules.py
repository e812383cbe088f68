"""Single sign-on decided from values alone: addresses of providers, mail domains, groups and roles."""

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES, Role, plain_address
from portal.config import LOOPBACK
from portal.errors import Refused

OF_STAFF = "staff"
"""What the connection of staff is kept under; a company's under the company's reference."""
FLOW_LASTS = timedelta(minutes=10)
"""How long somebody may take at the identity provider."""
GROUPS_CLAIM = "groups"
MOST_DOMAINS = 20
WELL_KNOWN = "/.well-known/openid-configuration"
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# fmt: off
FREE_MAIL = frozenset([
    "126.com", "163.com", "aol.com", "fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch",
    "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com", "icloud.com", "laposte.net", "libero.it",
    "live.com", "mac.com", "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "orange.fr",
    "outlook.com", "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "seznam.cz", "t-online.de",
    "tuta.com", "tutanota.com", "web.de", "wp.pl", "yahoo.com", "yandex.com", "yandex.ru", "ymail.com", "zoho.com",
])
# fmt: on
"""Domains in which anybody may have an address: no company says who those people are."""


@dataclass(frozen=True)
class Settings:
    """What whoever sets a connection up decides."""

    issuer: str
    client_id: str
    domains: tuple[str, ...]
    group_claim: str
    groups_by_role: dict[Role, tuple[str, ...]]
    default_roles: frozenset[Role]
    creates_accounts: bool
    local_login_off: bool


@dataclass(frozen=True)
class Vouched:
    """A person, as an identity provider vouches for them."""

    issuer: str
    subject: str
    email: str
    name: str
    groups: frozenset[str]


def plain_issuer(typed: str, *, local: bool) -> str:
    """The issuer as it is stored; the whole address of its discovery document will do. `local`: this portal runs on
    the machine of whoever looks at it, and so may the provider. Raises Refused."""
    issuer = typed.strip().removesuffix(WELL_KNOWN)
    try:
        url = urlsplit(issuer)
        host, _ = url.hostname, url.port
    except ValueError as failure:
        raise Refused("This is not the address of an identity provider.", "issuer") from failure
    if not host or url.query or url.fragment or url.username or any(ord(letter) <= 32 for letter in issuer):
        raise Refused("This is not the address of an identity provider.", "issuer")
    if not is_safe(issuer, local=local):
        raise Refused("The address has to begin with https://.", "issuer")
    return issuer


def is_safe(url: str, *, local: bool) -> bool:
    """Whether secrets may be sent there, going by the address alone."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (local and parts.scheme == "http" and parts.hostname in LOOPBACK)


def plain_domains(typed: str) -> tuple[str, ...]:
    """Mail domains, parted by blanks, commas or lines. Raises Refused naming the one that is none."""
    found = dict.fromkeys(each.lower().removeprefix("@").rstrip(".") for each in re.split(r"[\s,;]+", typed) if each)
    if not found:
        raise Refused("Name at least one domain.", "domains")
    if len(found) > MOST_DOMAINS:
        raise Refused(f"Up to {MOST_DOMAINS} domains, please.", "domains")
    for domain in found:
        if not _DOMAIN.fullmatch(domain):
            raise Refused(f"“{domain[:80]}” is not a mail domain. Write it like brightwater.example.", "domains")
    return tuple(found)


def check_domains(domains: Collection[str], *, known: Collection[str], foreign: Collection[str]) -> None:
    """A company vouches for domains that its own people write from, and nobody else's. Raises Refused.

    `known` are those in which somebody of the company has come in, `foreign` those in which anybody else has an
    address or a connection."""
    for domain in domains:
        if domain in FREE_MAIL:
            raise Refused(f"Anybody can have an address at {domain}, so your company cannot vouch for it.", "domains")
        if domain not in known:
            raise Refused(f"Nobody of your company has come in with an address at {domain} yet.", "domains")
        if domain in foreign:
            raise Refused(f"{domain} is not your company's alone. Write to your contact.", "domains")


def domain_of(email: str) -> str:
    return plain_address(email).rpartition("@")[2]


def roles_of_side(*, is_partner: bool) -> tuple[Role, ...]:
    return PARTNER_ROLES if is_partner else STAFF_ROLES


def check_roles_of_side(settings: Settings, *, is_partner: bool) -> None:
    """Raises Refused for a role of the other side."""
    if not settings.default_roles | settings.groups_by_role.keys() <= set(roles_of_side(is_partner=is_partner)):
        raise Refused("Choose roles of this side only.", "default_roles")


def roles_after(
    held: Set[Role], groups: Set[str], groups_by_role: Mapping[Role, Collection[str]], usual: Set[Role]
) -> frozenset[Role]:
    """What somebody in these groups holds from now on: roles that groups give go by the groups, others stay.

    Empty where neither groups nor what is usual gives any: such a person does not come in."""
    given = {role for role, names in groups_by_role.items() if not groups.isdisjoint(names)}
    return frozenset((held - groups_by_role.keys()) | given) or frozenset(usual)


def groups_in(claim: object) -> frozenset[str]:
    """Names of groups: providers send a list, or one name alone. Anything else is none."""
    names = [claim] if isinstance(claim, str) else claim
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()


def vouched(claims: Mapping[str, Any], *, group_claim: str, domains: Collection[str]) -> Vouched:
    """Who these claims are about. Raises Refused where the provider does not answer for the address."""
    email = claims.get("email")
    if not isinstance(email, str) or "@" not in email:
        raise Refused("Your identity provider did not tell your mail address. It has to send the claim “email”.")
    if claims.get("email_verified") not in (True, "true"):
        raise Refused("Your identity provider does not say that your mail address was verified.")
    if domain_of(email) not in domains:
        raise Refused("Your mail address is at a domain that this sign-in is not for.")
    name = claims.get("name")
    return Vouched(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=plain_address(email),
        name=(name.strip()[:120] if isinstance(name, str) else "") or email.split("@")[0][:120],
        groups=groups_in(claims.get(group_claim)),
    )
