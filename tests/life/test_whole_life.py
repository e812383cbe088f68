"""A program lives: whatever people, rules and time do to its claims and deals, in any order, everything holds.

Each step picks a record and tries; what the program refuses is an answer like another. `make fuzz` runs it long."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.life.of_claims import Claims
from tests.life.of_deals import Sales
from tests.life.stage import Stage
from tests.support.databases import Kind

QUICK = settings(max_examples=3, stateful_step_count=25)
LONG_PROFILE = 1_000
LONG = settings(max_examples=1_250, stateful_step_count=50)
SHARDS = 8
"""Of 10,000 lives, so that each processor has its part; each begins from a seed of its own."""
IS_LONG = settings().max_examples >= LONG_PROFILE


class Life(Claims, Sales):
    """Claims and deals, one beside the other."""


def lived(stage: Stage, how: settings) -> None:
    class Here(Life):
        pass

    Here.stage = stage
    run_state_machine_as_test(Here, settings=settings(how, deadline=None, suppress_health_check=list(HealthCheck)))


@pytest.fixture
def stage(app: Flask, kind_of: Callable[[str], Kind], request: pytest.FixtureRequest) -> Stage:
    return Stage(kind_of(request.node.callspec.params["app"]))


@pytest.mark.fuzz
@pytest.mark.parametrize("shard", range(SHARDS if IS_LONG else 1))
def test_everything_holds_whatever_happens(stage: Stage, shard: int) -> None:
    """Short in every run, long under `make fuzz`."""
    lived(stage, LONG if IS_LONG else QUICK)
