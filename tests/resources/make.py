from typing import Any

from portal.extensions import db
from portal.resources import actions
from portal.resources.models import Resource
from portal.resources.rules import ResourceKind
from tests.support import make


def draft(slug: str = "three-sentences", **given: Any) -> Resource:
    usual = {
        "kind": ResourceKind.GUIDE,
        "title": "Three sentences",
        "summary": "How to open.",
        "draft": "Say **this**.",
    }
    resource = actions.write(None, slug=slug, now=make.NOON, **usual | given)
    db.session.commit()
    return resource


def published(slug: str = "three-sentences", **given: Any) -> Resource:
    resource = draft(slug, **given)
    actions.publish(None, resource, now=make.NOON)
    db.session.commit()
    return resource


def profile(slug: str = "mid-size-logistics", **given: Any) -> Resource:
    return published(slug, **{"kind": ResourceKind.PROFILE, "title": "Mid-size logistics"} | given)
