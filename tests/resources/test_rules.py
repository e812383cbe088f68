import pytest

from portal.errors import Refused
from portal.resources.rules import check_slug, minutes_of


@pytest.mark.parametrize("slug", ["guide", "who-buys-and-why", "2027"])
def test_an_address_is_words_with_hyphens(slug: str) -> None:
    check_slug(slug)


@pytest.mark.parametrize("slug", ["", "Guide", "a--b", "-a", "a b", "../x", "é", "a" * 81, "new", "preview"])
def test_any_other_address_is_refused_beside_its_field(slug: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_slug(slug)
    assert refusal.value.field == "slug"


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (200, 1), (201, 2), (900, 5)])
def test_reading_takes_whole_minutes(words: int, minutes: int) -> None:
    assert minutes_of("word " * words) == minutes
