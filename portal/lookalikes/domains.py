"""Whose company a referral names: the registrable domain, so that one company is one row however it is typed."""

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from portal.errors import Refused
from portal.lookalikes.letters import fold
from portal.lookalikes.words import listed

_SUFFIXES = PublicSuffixList(accept_unknown=True)
_NO_ADDRESS = "“{}” is not a web address. Write it like calderfinch.com."
_MAIL_PROVIDERS = listed(
    """gmail.com googlemail.com outlook.com outlook.de outlook.fr hotmail.com hotmail.de hotmail.fr hotmail.co.uk
    live.com live.de msn.com yahoo.com yahoo.de yahoo.fr yahoo.co.uk ymail.com icloud.com me.com mac.com proton.me
    protonmail.com aol.com mail.com gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de posteo.de
    mailbox.org bluewin.ch chello.at laposte.net wanadoo.fr btinternet.com zoho.com fastmail.com tutanota.com hey.com"""
)
_DIRECTORIES = listed(
    """linkedin.com xing.com facebook.com instagram.com twitter.com x.com youtube.com tiktok.com crunchbase.com
    northdata.de northdata.com kununu.com glassdoor.com yelp.com tripadvisor.com wikipedia.org google.com
    etsy.com"""
)
_SITE_HOSTS = listed(
    """wordpress.com weebly.com jimdo.com jimdosite.com jimdofree.com squarespace.com webnode.com webnode.page
    tumblr.com business.site godaddysites.com mystrikingly.com site123.me over-blog.com e-monsite.com"""
)
"""Where every customer has a name below: as good as an ending, and not in the list of those."""


@lru_cache(maxsize=2_000)
def domain_of(website: str) -> str:
    """The registrable domain, lower case and in ASCII, of an address, link or mail address as people paste them.

    Raises `Refused` for what cannot be a company's own address."""
    typed = website.strip()
    host, has_path = _host_of(typed)
    domain = _registrable(host)
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
    host = domain.partition(".")[2]
    suffix = host if host in _SITE_HOSTS else _SUFFIXES.publicsuffix(domain) or ""
    label = domain.removesuffix(suffix).rstrip(".").rpartition(".")[2]
    return fold(_decoded(label)).replace("-", "")


def _registrable(host: str) -> str | None:
    domain: str | None = _SUFFIXES.privatesuffix(host)
    if domain not in _SITE_HOSTS or host in (domain, f"www.{domain}"):
        return domain
    return host.removesuffix(f".{domain}").rpartition(".")[2] + f".{domain}"


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
