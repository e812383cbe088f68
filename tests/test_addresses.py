"""What is taken for a plain address without a look at the standard is one by the standard."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from portal.addresses import is_address

LABEL = st.text("ab1-", min_size=1, max_size=5) | st.sampled_from(["xn--a", "b" * 63, "b" * 64])
ENDING = st.sampled_from(["de", "example", "TEST", "local", "c1", "d", "onion", "co.uk"])
LOCAL = st.text("aZ0._+-'%@ ü", min_size=1, max_size=8) | st.sampled_from(["a" * 64, "a" * 65])


def is_one(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@given(LOCAL, st.lists(LABEL, min_size=1, max_size=5), ENDING)
@example("ruth", ["calderfinch"], "example")
@example("ruth", ["b" * 63] * 4, "de")
def test_an_address_is_one_by_the_standard(local: str, labels: list[str], ending: str) -> None:
    text = f"{local}@{'.'.join([*labels, ending])}"
    assert is_address(text) == is_one(text)


@pytest.mark.parametrize(
    "text", ["", "ruth", "ruth@", "@calder.de", "ruth@calder", "ruth@calder.de\n", "a@b.de, c@d.de"]
)
def test_what_is_none_is_none(text: str) -> None:
    assert not is_address(text)
