"""Markdown that people can edit: rendered so that it is safe to show, its places filled with values."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from portal.errors import Refused
from portal.later import later

if TYPE_CHECKING:
    from portal import markdown_html
else:
    markdown_html = later("portal.markdown_html")

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
BIDI_CONTROLS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """The HTML of a text: headings from h2 down, clauses such as **4.1** with the anchor `#clause-4-1`."""
    return markdown_html.rendered(text)


def fill(template: str, values: Mapping[str, object]) -> str:
    """Put the values in the places named {{like_this}}; what a value holds is shown as it is, never read as Markdown.

    Raises Refused, naming the placeholder, where the template asks for a value that there is not."""

    def value(place: re.Match[str]) -> str:
        name = place[1]
        if name not in values:
            raise Refused(f"The text asks for {{{{{name}}}}}, and nothing by that name is known.")
        return literal(str(values[name]))

    return PLACEHOLDER.sub(value, template)


def literal(text: str) -> str:
    """Markdown that shows exactly this text, on one line: all but letters and digits as character references."""
    return "".join(_literal(each) for each in " ".join(text.split()))


def _literal(character: str) -> str:
    if character.isalnum() or character in " ,":
        return character
    if character in BIDI_CONTROLS or unicodedata.category(character) in ("Cc", "Cs"):
        return ""
    return f"&#{ord(character)};"
