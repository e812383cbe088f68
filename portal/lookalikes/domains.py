"""Whose company a referral names: the registrable domain, so that one company is one row however it is typed."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from portal.errors import Refused
from portal.lookalikes.names import fold

_SUFFIXES = PublicSuffixList(accept_unknown=True)
_NO_ADDRESS = "“{}” is not a web address. Write it like calderfinch.com."
_MAIL_PROVIDERS = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "proton.me",
        "protonmail.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "t-online.de",
        "freenet.de",
    ]
)
_DIRECTORIES = frozenset(
    ["linkedin.com", "xing.com", "facebook.com", "instagram.com", "crunchbase.com", "northdata.de"]
)


def domain_of(website: str) -> str:
    """The registrable domain, lower case and in ASCII, of an address, link or mail address as people paste them.

    Raises `Refused` for what cannot be a company's own address."""
    typed = website.strip()
    host, has_path = _host_of(typed)
    domain = _SUFFIXES.privatesuffix(host)
    if domain is None:
        raise Refused(_NO_ADDRESS.format(typed), "website")
    if domain in _MAIL_PROVIDERS:
        raise Refused(f"{domain} belongs to a mail provider. Give the company's own website.", "website")
    if domain in _DIRECTORIES and has_path:
        raise Refused(f"That is a page about the company on {domain}. Give the company's own website.", "website")
    return domain


def is_of_a_mail_provider(domain: str) -> bool:
    """Whether anybody can have an address there."""
    return domain in _MAIL_PROVIDERS


@lru_cache(maxsize=20_000)
def label_of(domain: str) -> str:
    """What is left of a registrable domain without its ending and its hyphens: brueck-antriebe.de is bruckantriebe, as
    brück-antriebe.at is."""
    suffix = _SUFFIXES.publicsuffix(domain) or ""
    label = domain.removesuffix(suffix).rstrip(".").rpartition(".")[2]
    return fold(_decoded(label)).replace("-", "")


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


def _host_of(typed: str) -> tuple[str, bool]:
    if not typed:
        raise Refused("Give the company's website.", "website")
    try:
        parts = urlsplit(typed if "://" in typed else f"//{typed}")
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
    except ValueError:  # UnicodeError, from the IDNA codec, is one too
        raise Refused(_NO_ADDRESS.format(typed), "website") from None
    if not _is_host_name(host):
        raise Refused(_NO_ADDRESS.format(typed), "website")
    return host, parts.path not in ("", "/")


def _is_host_name(host: str) -> bool:
    if "." not in host or len(host) > 253 or _is_ip(host):
        return False
    return all(
        0 < len(label) <= 63 and label.replace("-", "").isalnum() and not label.startswith("-") and label[-1] != "-"
        for label in host.split(".")
    )


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
