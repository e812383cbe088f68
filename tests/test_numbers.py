"""A number means the same in a form and in a list, however it is written."""

from decimal import Decimal

import pytest

from portal.errors import Refused
from portal.forms import CountField, Form
from portal.numbers import parse_count, parse_number


@pytest.mark.parametrize("text", ["1200", "1.200", "1,200", "1 200", "1\u202f200", "1'200", "1\u2019200", " 1200 "])
def test_thousands_of_people_are_written_in_every_way(text: str) -> None:
    assert parse_count(text, least=1, most=10_000) == 1200


@pytest.mark.parametrize("text", ["1.2", "1,20", "12.00", "1.200,5", "100-200", "200+", "ca. 200", "1.2000", "-5", "²"])
def test_what_is_not_one_whole_number_is_asked_for(text: str) -> None:
    with pytest.raises(Refused, match="is not one whole number"):
        parse_count(text, least=1, most=10_000)


@pytest.mark.parametrize("text", ["0", "10.001"])
def test_a_number_has_its_limits(text: str) -> None:
    with pytest.raises(Refused, match="Write a number from 1 to 10,000"):
        parse_count(text, least=1, most=10_000)


@pytest.mark.parametrize(
    ("text", "number"),
    [("1.200,50", "1200.50"), ("1,200.50", "1200.50"), ("1 200,5", "1200.5"), ("-3", "-3"), ("\u22120.125", "-0.125")],
)
def test_decimals_are_behind_the_last_sign(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["1.200", "12,500"])
def test_what_can_be_read_in_two_ways_is_asked_for(text: str) -> None:
    with pytest.raises(Refused, match="can be read in two ways"):
        parse_number(text)


@pytest.mark.parametrize("text", ["1E9", "9" * 13, "9" * 10_000, "many", "1.2.3"])
def test_what_is_no_number_is_asked_for(text: str) -> None:
    with pytest.raises(Refused, match="is no number of at most twelve digits"):
        parse_number(text)


class Asks(Form):
    people = CountField(most=10_000)


@pytest.mark.parametrize(("typed", "data", "shown"), [("1.200", 1200, "1.200"), ("", None, ""), ("many", None, "many")])
def test_a_field_keeps_what_was_typed(app: object, typed: str, data: int | None, shown: str) -> None:
    with app.test_request_context("/", method="POST", data={"people": typed}):  # type: ignore[attr-defined]
        field = Asks().people
        assert (field.data, field._value()) == (data, shown)
