"""Two conflicts at once, of the same two partners: what is done about one leaves the other as it is."""

from typing import NamedTuple

import pytest

from portal.auth.models import User
from portal.auth.rules import Role
from portal.conflicts import actions, queries
from portal.conflicts.models import Conflict
from portal.conflicts.rules import ConflictState
from portal.errors import Refused
from portal.extensions import db
from portal.prechecks import actions as prechecks
from portal.referrals import actions as referrals
from portal.referrals.models import Referral
from tests.conflicts.claims import ACME, DAY, HOUR, SPELT, conflicts
from tests.support import make, sales
from tests.support.make import NOON

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
OTHER = {"company": "Ahrens Logistik", "website": "ahrens.example"}


class Contest(NamedTuple):
    first: Referral
    second: Referral
    conflict: Conflict


@pytest.fixture
def both(two: tuple[User, User]) -> tuple[Contest, Contest]:
    """Ben's claims to two companies that Hana introduced before."""
    sent = [
        (sales.referral(two[0], **told), sales.referral(two[1], NOON + HOUR, **again))
        for told, again in ((ACME, SPELT), (OTHER, OTHER))
    ]
    one, other = zip(sent, conflicts(), strict=True)
    return Contest(*one[0], one[1]), Contest(*other[0], other[1])


def pages() -> list[list[int]]:
    shown = (queries.page(is_open=is_open, token=None, url=lambda _: "") for is_open in (True, False))
    return [[row.id for row in each.rows] for each in shown]


def test_each_claim_has_its_own_conflict(both: tuple[Contest, Contest], two: tuple[User, User]) -> None:
    for each in both:
        assert queries.open_of(each.second) is each.conflict
        assert list(queries.of_claim(two[0], each.first)) == [each.conflict]
        assert list(queries.of_claim(two[1], each.second)) == [each.conflict]
    stranger = sales.lead()
    assert list(queries.of_claim(stranger, sales.referral(stranger, company="Borgholm"))) == []
    assert pages() == [[each.conflict.id for each in both], []]


def test_one_that_was_decided_is_decided_no_more(both: tuple[Contest, Contest], two: tuple[User, User]) -> None:
    maya = sales.detached(make.staff(Role.QUALIFIER))
    one, other = both
    actions.set_aside(
        maya, one.second, seen_version=one.second.version, now=NOON + 2 * HOUR, because="Another subsidiary."
    )
    db.session.commit()
    with pytest.raises(Refused, match="in conflict no more"):
        queries.open_of(one.second)
    assert queries.open_of(other.second) is other.conflict
    assert pages() == [[other.conflict.id], [one.conflict.id]]


def test_one_that_is_over_takes_no_other_along(both: tuple[Contest, Contest], two: tuple[User, User]) -> None:
    one, other = both
    referrals.withdraw(two[0], one.first, seen_version=one.first.version, now=NOON + DAY)
    db.session.commit()
    now, version = NOON + DAY, one.conflict.version
    assert queries.over(now, 9) == [(one.conflict.id, version)]
    assert queries.over_to_change(one.conflict.id, version, now) == (one.conflict, one.second)
    assert queries.over_to_change(one.conflict.id, version + 1, now) is None
    assert queries.over_to_change(other.conflict.id, other.conflict.version, now) is None


def test_a_hold_that_became_a_referral_is_followed_by_its_own(
    both: tuple[Contest, Contest], two: tuple[User, User]
) -> None:
    prechecks.hold(two[0], prechecks.check(two[0], "borgholm.example", now=NOON), now=NOON)
    db.session.commit()
    told = {"company": "Borgholm AB", "website": "borgholm.example"}
    sales.referral(two[1], NOON + HOUR, **told)
    before = [each.against_ref for each in conflicts()]
    became = sales.referral(two[0], NOON + 2 * HOUR, **told)
    assert [each.against_ref for each in conflicts()] == [*before[:2], became.ref] != before
    assert {each.state for each in conflicts()} == {ConflictState.OPEN}
