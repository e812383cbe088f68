"""What parts of a deal's fees its partners have: each more than nothing, all of them together the whole."""

import re
from collections.abc import Mapping

from portal.errors import Refused

WHOLE = 10_000
FEWEST = 2
NO_REASON = "Say in a sentence why it is shared like this."
_PERCENT = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?\s*%?", re.ASCII)


def share_of(text: str) -> int:
    """Basis points of a share as people type it: `60`, `33.33`, `12,5 %`. Raises `Refused` for what is none."""
    typed = _PERCENT.fullmatch(text.strip())
    share_bp = int(typed[1]) * 100 + int((typed[2] or "").ljust(2, "0")) if typed else 0
    if not share_bp:
        raise Refused("Write a share between 0.01 and 99.99 per cent, for example 60.")
    return share_bp


def percent(share_bp: int) -> str:
    """`6000` is 60, `3333` is 33.33: as it is typed."""
    whole, rest = divmod(share_bp, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") if rest else str(whole)


def check_shares(shares: Mapping[int, int]) -> None:
    """Raise `Refused` unless two or more have a part, and the parts make the whole."""
    if len(shares) < FEWEST or not all(0 < share_bp < WHOLE for share_bp in shares.values()):
        raise Refused("Each partner needs a share of more than nothing and less than all.")
    if (total := sum(shares.values())) != WHOLE:
        raise Refused(f"The shares add up to {percent(total)} %. Together they make 100 %.")
