"""Numbers as people type them, in English or German, in a form as in a list. Pure."""

import re
from decimal import Decimal

from portal.errors import Refused

LARGEST = 10**12
_LONGEST = 30
_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'\u2019"))
_GROUPED = {point: rf"[1-9][0-9]{{0,2}}(\{point}[0-9]{{3}})+" for point in ",."}
"""Thousands stand in threes."""
_COUNT = re.compile(rf"[0-9]+|{_GROUPED[',']}|{_GROUPED['.']}")


def parse_number(text: str) -> Decimal:
    """`1200`, `1,200.50`, `1.200,50`, `1 200`. Raises Refused, also for `1.200`, which can be read in two ways."""
    typed = _plain(text)
    readings = {
        Decimal(typed.replace(group, "").replace(point, "."))
        for group, point in ((",", "."), (".", ","))
        if re.fullmatch(rf"-?([0-9]+|{_GROUPED[group]})(\{point}[0-9]{{1,12}})?", typed)
    }
    if not readings or abs(max(readings, key=abs)) > LARGEST:
        raise Refused(f"“{text[:40]}” is no number of at most twelve digits.")
    if len(readings) > 1:
        raise Refused(f"“{text}” can be read in two ways. Write it like 1200, or 1.20.")
    return readings.pop()


def parse_count(text: str, *, least: int, most: int) -> int:
    """How many of something: `1200`, `1.200`, `1,200`, `1 200`. There are no parts of one: a dot or a comma groups
    thousands. Raises Refused for what is not one whole number, such as `1.5`, `12.00` or `100-200`."""
    typed = _plain(text)
    if not _COUNT.fullmatch(typed):
        raise Refused(f"“{text[:40]}” is not one whole number. Write it like 1200.")
    count = int(re.sub("[.,]", "", typed))
    if not least <= count <= most:
        raise Refused(f"Write a number from {least:,} to {most:,}.")
    return count


def _plain(text: str) -> str:
    """Without what groups thousands and nothing else; the typographic minus is typed too."""
    return text.strip().translate(_BLANKS).replace("\u2212", "-") if len(text) <= _LONGEST else ""
