from flask import Flask

from portal.proof import broken
from tests.resources import make as made
from tests.support.past_the_guards import tampered
from tests.support.proof import nothing_broken


def test_a_shelf_as_it_should_be_breaks_nothing(app: Flask) -> None:
    made.published()
    made.profile()
    made.draft("third")
    nothing_broken()


def test_a_lost_edition_and_a_forged_one_are_found(app: Flask) -> None:
    made.published()
    tampered("UPDATE resource_editions SET number = 7")
    found = list(broken())
    assert "three-sentences is published as edition 1, which is not there." in found
    assert "Edition 7 of three-sentences has no event of its publication." in found
