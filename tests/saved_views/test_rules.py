import pytest

from portal.errors import Refused
from portal.saved_views import rules
from portal.saved_views.rules import MOST, ListName


@pytest.mark.parametrize(("typed", "kept"), [("Late ones", "Late ones"), ("  Late \t ones ", "Late ones")])
def test_a_name_is_kept_without_stray_blanks(typed: str, kept: str) -> None:
    assert rules.check_name(typed, ["Norway"]) == kept


@pytest.mark.parametrize("typed", ["", "  ", "x" * 41, "norway", "NORWAY ", "All", "all"])
def test_a_name_that_is_empty_long_or_taken_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check_name(typed, ["Norway"])
    assert refused.value.field == "name"


@pytest.mark.parametrize("query", ["", "sort=due", "view", "state=" + "x" * 2_000])
def test_what_narrows_nothing_or_says_too_much_is_no_view(query: str) -> None:
    with pytest.raises(Refused):
        rules.choice_of(query)


def test_a_view_is_an_address() -> None:
    choice = rules.choice_of("q=Kari+Berg&state=submitted&state=declined&sort=due")
    assert choice == [["q", "Kari Berg"], ["state", "submitted"], ["state", "declined"], ["sort", "due"]]
    assert rules.address(ListName.REFERRALS, choice) == (
        "/referrals/?q=Kari+Berg&state=submitted&state=declined&sort=due"
    )


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        ([("state", "b"), ("state", "a")], True),
        ([("state", "a")], False),
        ([("state", "a"), ("state", "b"), ("q", "x")], False),
    ],
)
def test_the_order_of_an_address_makes_no_difference(asked: list[tuple[str, str]], same: bool) -> None:
    own = rules.in_one_order([["state", "a"], ["state", "b"]])
    assert (rules.in_one_order(asked) == own) is same


def test_there_is_room_for_twenty() -> None:
    rules.check_room(MOST - 1)
    rules.check_shared_room(MOST - 1)
    for check in (rules.check_room, rules.check_shared_room):
        with pytest.raises(Refused, match=f"{MOST} views"):
            check(MOST)
