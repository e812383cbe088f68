"""A program lives: whatever people, rules and time do to its claims and deals, in any order, everything holds.

Each step picks a record and tries; what the program refuses is an answer like another. `make fuzz` runs it long."""

from typing import Any

import pytest
from flask import Flask, g
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from portal.extensions import db
from tests.life.of_claims import Claims
from tests.life.of_deals import Sales

QUICK = settings(max_examples=3, stateful_step_count=25)
LONG_PROFILE = 1_000
LONG = settings(max_examples=10_000, stateful_step_count=50)


class Life(Claims, Sales):
    """Claims and deals, one beside the other."""


def lived(app: Flask, renew: Any, how: settings) -> None:
    class Here(Life):
        pass

    Here.app, Here.renew = app, staticmethod(renew)
    run_state_machine_as_test(Here, settings=settings(how, deadline=None, suppress_health_check=list(HealthCheck)))


@pytest.fixture
def anew(app: Flask, kind_of: Any, request: pytest.FixtureRequest) -> Any:
    """An empty program, as often as one is wanted."""

    def renew() -> None:
        db.session.remove()
        db.engine.dispose()
        kind_of(request.node.callspec.params["app"]).renew()
        g.pop("program", None)

    return renew


@pytest.mark.fuzz
def test_everything_holds_whatever_happens(app: Flask, anew: Any) -> None:
    """Short in every run, long under `make fuzz`."""
    lived(app, anew, LONG if settings().max_examples >= LONG_PROFILE else QUICK)
