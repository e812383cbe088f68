"""What people type and paste, as it is kept: blanks, lines, and marks that nobody sees. Pure."""

import unicodedata
from collections.abc import Sequence

_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""The marks that override the direction of what follows them; a Hebrew or Arabic name needs none."""
_UNSEEN = dict.fromkeys([0xAD, 0x180E, 0x200B, *range(0x2060, 0x2065), 0xFEFF])
"""What takes no room and joins no letters: pasted along, it makes a name that nobody finds by typing it."""
MOST_YEARS = 10
"""So far from now lies what somebody plans or tells of: `0026` and `2062` are slips of the hand."""
MOST_QUOTED = 5
_NO_PART_OF_A_LINE = _TURNS | _UNSEEN


def is_seen(text: str) -> bool:
    """Whether anything of it can be read: marks without width fill no field."""
    return any(unicodedata.category(each)[0] not in "CZ" for each in text)


def quoted(parts: Sequence[str]) -> str:
    """`“a”, “b” and 3 more`: what was typed, said back."""
    more = f" and {len(parts) - MOST_QUOTED} more" if len(parts) > MOST_QUOTED else ""
    return ", ".join(f"“{each}”" for each in parts[:MOST_QUOTED]) + more


def strip(value: str | None) -> str | None:
    """What people paste has blanks around it; an answer of blanks is no answer."""
    if not isinstance(value, str):
        return value
    return value.strip() if is_seen(value) else None


def one_line(value: str | None) -> str | None:
    """What stands in a field of one line is one: a name with a line break in it would be two in a mail or a list, and
    one with a mark that turns the direction around would turn what stands behind it."""
    return as_line(value) if isinstance(value, str) else value


def as_line(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    return " ".join(filter(None, map(str.strip, text.translate(_NO_PART_OF_A_LINE).splitlines())))
