"""What partners read: kinds of resource, and the shape of an address."""

import re
from enum import StrEnum

from portal.errors import Refused


class ResourceKind(StrEnum):
    GUIDE = "guide"
    PROFILE = "profile"


KIND_LABEL = {ResourceKind.GUIDE: "Guide", ResourceKind.PROFILE: "Ideal-customer profile"}
KIND_PATH = {ResourceKind.GUIDE: "/resources", ResourceKind.PROFILE: "/profiles"}
RESERVED = frozenset({"new", "preview"})
WORDS_A_MINUTE = 200
LONGEST = 60_000
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_slug(slug: str) -> None:
    """Raises Refused unless the address is lower case words with hyphens."""
    if not _SLUG.fullmatch(slug) or len(slug) > 80:
        raise Refused("Use lower-case letters, digits and hyphens: who-buys-and-why.", "slug")
    if slug in RESERVED:
        raise Refused("This address is taken by the portal itself. Choose another.", "slug")


def minutes_of(text: str) -> int:
    """Whole minutes that a reader takes, at least one."""
    return max(1, -(-len(text.split()) // WORDS_A_MINUTE))
