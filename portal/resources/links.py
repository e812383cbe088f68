"""Links in a text, for whoever reads it: one that this reader may not open is told as plain words."""

import re
from urllib.parse import urlsplit

from flask import current_app
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from portal.auth.models import User
from portal.auth.permissions import Access
from portal.resources.rules import KIND_PATH

LINK = re.compile(r'<a href="(/[^"]*)">(.*?)</a>', re.DOTALL)
"""Links to a place on this site, as portal.markdown leaves them."""
STAFF_PATH = "/staff/resources"


def for_reader(text: Markup, reader: User) -> Markup:
    """The rendered text; our own people are led from text to text within their pages."""
    pages = current_app.url_map.bind("")

    def link(found: re.Match[str]) -> str:
        target = _within_staff(found[1]) if reader.is_staff else found[1]
        return f'<a href="{target}">{found[2]}</a>' if _opens(pages, target, reader) else found[2]

    return Markup(LINK.sub(link, text))  # noqa: S704  (of a text that is clean, words are kept and addresses are ours)


def _within_staff(target: str) -> str:
    for path in KIND_PATH.values():
        if target.startswith(f"{path}/") and target != f"{path}/":
            return STAFF_PATH + target.removeprefix(path)
    return target


def _opens(pages: MapAdapter, target: str, reader: User) -> bool:
    try:
        endpoint, _ = pages.match(urlsplit(target).path, method="GET")
    except HTTPException:
        return False
    access = getattr(current_app.view_functions[endpoint], "__access__", "public")
    return not isinstance(access, Access) or reader.may(*access)
