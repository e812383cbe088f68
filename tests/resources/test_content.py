from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from portal.content import pieces
from portal.extensions import db
from portal.markdown import render
from portal.resources import actions
from portal.resources.models import ResourceEdition
from tests.support import make

CONTENT = Path(__file__).parents[2] / "content"


def test_the_texts_that_come_along_are_published_once(app: Flask) -> None:
    for _ in range(2):
        actions.load(pieces(CONTENT, "guide", "profile"), now=make.NOON)
        db.session.commit()
    editions = db.session.scalars(sa.select(ResourceEdition)).all()
    assert len(editions) == len(list(pieces(CONTENT, "guide", "profile"))) >= 5
    for edition in editions:
        assert "<p>" in render(edition.body)
        assert 1 <= edition.minutes <= 10
