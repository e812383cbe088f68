"""What partners tell of a company, read against the criteria once for each kind of answer."""

import json
import random
from typing import NamedTuple

from portal.criteria.reading import read
from portal.criteria.rules import Answers, Criteria, Outcome
from portal.referrals.decline_reasons import REASON_OF, DeclineReason
from portal.referrals.rules import IntroducedHow, Timing
from portal.seeds.companies import NEEDS
from portal.seeds.scale.words import BUDGETS, INDUSTRIES, TITLES

_KINDS = 600
_AT_HOME = ("DE", "DE", "DE", "AT", "CH")


class Kind(NamedTuple):
    """Answers that many referrals share, with their reading."""

    title: str
    country: str
    industry: str
    employees: int | None
    need: str
    timing: str
    budget: str
    decider: str
    public_tender: bool
    introduced_how: str
    reading: str
    outcome: Outcome
    decline_reason: DeclineReason


def kinds(criteria: Criteria) -> list[Kind]:
    chance = random.Random(2_024)  # noqa: S311  (the same program each time)
    abroad = sorted({"US", "BR", "JP"} - criteria.territories)
    return [_kind(criteria, chance, abroad) for _ in range(_KINDS)]


def _kind(criteria: Criteria, chance: random.Random, abroad: list[str]) -> Kind:
    title, timing = chance.choice(TITLES), chance.choice(list(Timing))
    country = chance.choice(abroad if abroad and chance.random() < 0.05 else _AT_HOME)
    employees = chance.choice((None, 12, 35, 60, 110, 240, 480, 900, 3_200))
    industry, budget = chance.choice(INDUSTRIES), chance.choice(BUDGETS)
    decider = chance.choice(("", "the managing director"))
    public_tender = chance.random() < 0.02
    answers = Answers(
        job_title=title,
        country=country,
        public_tender=public_tender,
        consent=True,
        budget_known=True if budget else None,
        decider_named=True if decider else None,
        employees=employees,
        industry=industry,
        timing=timing,
    )
    reading = read(criteria, answers)
    return Kind(
        title=title,
        country=country,
        industry=industry,
        employees=employees,
        need=chance.choice(list(NEEDS.values())),
        timing=str(timing),
        budget=budget,
        decider=decider,
        public_tender=public_tender,
        introduced_how=str(chance.choice(list(IntroducedHow))),
        reading=json.dumps(reading.to_data()),
        outcome=reading.outcome,
        decline_reason=next(
            (REASON_OF[missed] for missed in reading.missed if missed in REASON_OF), DeclineReason.NO_FIT
        ),
    )
