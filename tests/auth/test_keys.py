"""The list of keys in the account says what the pages bind, and how single letters come back."""

import re
from pathlib import Path

import pytest

from portal import look
from portal.auth.models import User
from portal.extensions import db
from tests.support import make
from tests.support.client import Client

TEMPLATES = Path(look.__file__).parent / "templates"
BOUND = re.compile(r"""(?:\bkey=|data-key=|shortcut\()"(\w)\"""")
BOUND_IN = {
    "In the list of referrals": ("referrals/staff_index.html",),
    "In the list of tasks": ("tasks/index.html",),
    "In Today": ("home/today.html",),
    "On a referral": ("referrals/staff_show.html", "conflicts/_staff.html"),
    "On a deal": ("deals/staff_show.html",),
    "On the board": ("deals/board.html",),
    "In Nurture": ("deals/nurture.html",),
    "On a task": ("tasks/show.html",),
}


def _listed(page: str) -> dict[str, set[str]]:
    """The letters below each heading; those that only move stand in the scripts, not in templates."""
    places = re.findall(r"<h3>(.*?)</h3>(.*?)</dl>", page, re.DOTALL)
    return {name: set(re.findall(r"<kbd>([A-Z])</kbd>", keys)) - {"J", "K"} for name, keys in places}


def test_the_account_lists_each_key_that_a_page_binds_and_no_other(client: Client) -> None:
    make.program()
    listed = _listed(client.as_(make.staff()).get("/account/").text)
    assert (listed.pop("Everywhere"), listed.pop("In every list")) == (set(), set())
    bound = {
        place: {key.upper() for path in paths for key in BOUND.findall((TEMPLATES / path).read_text("utf-8"))}
        for place, paths in BOUND_IN.items()
    }
    assert listed == bound
    all_that_bind = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if BOUND.search(path.read_text("utf-8"))
    }
    assert all_that_bind == {path for paths in BOUND_IN.values() for path in paths} | {"admin/design.html"}


@pytest.mark.parametrize(("are_on", "link"), [(True, "Keys"), (False, "Keys are off: turn them on")])
def test_the_link_to_the_keys_says_whether_they_work(client: Client, are_on: bool, link: str) -> None:
    make.program()
    user: User = make.staff()
    user.letter_keys = are_on
    db.session.commit()
    page = client.as_(user).get("/account/").text
    assert f'<a class="keys" href="/account/#keys" data-behaviour="key-help">{link}</a>' in page
    assert ("Single letters are off" in page) is not are_on
