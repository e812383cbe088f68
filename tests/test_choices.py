"""Which index a narrowed list is read by: the first whose columns are all chosen, and none where that costs more."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from portal.choices import MOST_PLACES, Choice, Column, Condition, Order, Predicate
from portal.deals.models import Deal

STAGE, OWNER, CHANNEL = Deal.stage, Deal.owner_id, Deal.channel
ORDER = Order(keys=(Deal.stage_since, Deal.id), descending=True, ways=((OWNER, STAGE), (STAGE,), ()))
ASKED = Condition(Predicate("asked", lambda _: sa.true()), {})
MANY = range(MOST_PLACES)


@pytest.mark.parametrize(
    ("equal", "more", "way"),
    [
        ({}, {}, ()),
        ({STAGE: [1]}, {}, (STAGE,)),
        ({OWNER: [1]}, {}, ()),
        ({OWNER: [1], STAGE: [1]}, {}, (OWNER, STAGE)),
        ({OWNER: [1], STAGE: [1], CHANNEL: [1]}, {}, (OWNER, STAGE)),
        ({STAGE: [1], CHANNEL: [1]}, {"others": [ASKED]}, (STAGE,)),
        ({STAGE: [1, 2]}, {}, (STAGE,)),
        ({STAGE: MANY}, {}, (STAGE,)),
        ({STAGE: [*MANY, 99]}, {}, ()),
        ({OWNER: [1, 2], STAGE: MANY}, {}, ()),
        ({STAGE: [1, 2]}, {"others": [ASKED]}, ()),
        ({STAGE: [1, 2], CHANNEL: [1]}, {}, ()),
        ({STAGE: [1]}, {"few": ASKED}, ()),
    ],
)
def test_a_list_is_read_by_the_index_that_has_all_of_the_choice(
    equal: dict[Column, Sequence[Any]], more: dict[str, Any], way: tuple[Column, ...]
) -> None:
    assert Choice(ORDER, equal, **more).way == way
