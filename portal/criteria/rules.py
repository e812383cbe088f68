"""What a referral is read against: versioned data, checked when it is loaded, and the shape of what is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from portal.countries import COUNTRIES as COUNTRIES
from portal.criteria.limits import WEIGHTED, check_countries, check_points, check_words
from portal.criteria.matrix import DEFAULT, Matrix
from portal.criteria.matrix import Outcome as Outcome
from portal.criteria.own import OwnCriterion, check_own
from portal.criteria.titles import Function, Seniority, Vocabulary
from portal.errors import Refused


class Verdict(StrEnum):
    MET = "met"
    UNCLEAR = "unclear"
    MISSED = "missed"


class Criterion(StrEnum):
    TITLE = "title"
    DECISION = "decision"
    TERRITORY = "territory"
    PUBLIC_TENDER = "public_tender"
    CONSENT = "consent"
    FIT = "fit"
    OWN = "own"
    """One of the program itself: see `criteria.own`."""


SENIORITY_LABEL: dict[Seniority, str] = {
    Seniority.OWNER: "Owner",
    Seniority.C_LEVEL: "C-level",
    Seniority.VP: "Vice president",
    Seniority.DIRECTOR: "Director",
    Seniority.HEAD: "Head",
    Seniority.MANAGER: "Manager",
    Seniority.SENIOR: "Senior",
    Seniority.STAFF: "Staff",
    Seniority.ASSISTANT: "Assistant",
    Seniority.INTERN: "Intern",
    Seniority.UNKNOWN: "Not named",
}
FUNCTION_LABEL: dict[Function, str] = {
    Function.BUYING: "Buying function",
    Function.ADJACENT: "Adjacent function",
    Function.OTHER: "Other function",
    Function.UNKNOWN: "Not named",
}
HARD_LABEL: dict[Criterion, str] = {
    Criterion.TERRITORY: "The company is outside our territory.",
    Criterion.PUBLIC_TENDER: "A public tender is already out.",
    Criterion.CONSENT: "The contact has not agreed to hear from us.",
}
TIMING_LABEL = {"now": "Now", "this_quarter": "This quarter", "this_year": "This year", "later": "Later"}
WEIGHT_LABEL = dict(zip(WEIGHTED, ("Size", "Industry", "Timing", "Budget"), strict=True))
TIMING_SHARES = {"now": 100, "this_quarter": 75, "this_year": 50, "later": 0}
"""How much of the weight of timing each answer earns, in percent, where a version says nothing else."""
HARD = (Criterion.TERRITORY, Criterion.PUBLIC_TENDER, Criterion.CONSENT)
OUTCOME_LABEL: dict[Outcome, str] = {
    Outcome.QUALIFIES: "Qualifies",
    Outcome.VALIDATE: "To validate",
    Outcome.ASK: "A question first",
    Outcome.DECLINE: "Does not qualify",
}


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """One published version. `levels` and `function_words` are the lists made ready for reading titles."""

    version: int
    territories: frozenset[str]
    seniority: Mapping[Seniority, tuple[str, ...]] = field(hash=False)
    functions: Mapping[Function, tuple[str, ...]] = field(hash=False)
    weights: Mapping[str, int] = field(hash=False)
    employees: tuple[int, int]
    industries: tuple[str, ...]
    min_points: int
    matrix: Matrix = DEFAULT
    timing: Mapping[str, int] = field(default_factory=lambda: dict(TIMING_SHARES), hash=False)
    hard: frozenset[Criterion] = frozenset(HARD)
    """What declines at once where it is missed. Without consent nobody may be contacted, so that one always does."""

    own: tuple[OwnCriterion, ...] = ()
    decides: bool = False
    """Without a person: what qualifies, and what misses a hard criterion."""

    def __post_init__(self) -> None:
        check_countries(self.territories)
        for level, words in self.seniority.items():
            check_words(words, f"seniority_{level}")
        for function, words in self.functions.items():
            check_words(words, f"functions_{function}")
        if len(self.seniority) < len(Seniority) - 1 or len(self.functions) < len(Function) - 1:
            raise Refused("Each level and each function has its words.", "seniority")
        check_points(self.weights, self.timing, TIMING_SHARES, self.min_points)
        if Criterion.CONSENT not in self.hard or not self.hard <= set(HARD):
            raise Refused("Territory and tender may be left out, consent never.", "hard")
        check_own(self.own)
        if not 1 <= self.employees[0] <= self.employees[1]:
            raise Refused("The size goes from a number of people to one that is not lower.", "employees")

    @cached_property
    def levels(self) -> Vocabulary[Seniority]:
        return Vocabulary(self.seniority)

    @cached_property
    def function_words(self) -> Vocabulary[Function]:
        return Vocabulary(self.functions)

    def to_data(self) -> dict[str, Any]:
        return {
            "territories": sorted(self.territories),
            "seniority": {str(level): list(words) for level, words in self.seniority.items()},
            "functions": {str(function): list(words) for function, words in self.functions.items()},
            "weights": dict(self.weights),
            "employees": list(self.employees),
            "industries": list(self.industries),
            "min_points": self.min_points,
            "matrix": self.matrix.to_data(),
            "timing": dict(self.timing),
            "hard": [str(each) for each in HARD if each in self.hard],
            "own": [each.to_data() for each in self.own],
            "decides": self.decides,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], version: int) -> "Criteria":
        """Raises `Refused`, naming the field where it can, for data that are no criteria. What a version from before
        there was a choice does not say is the default."""
        try:
            lowest, highest = data["employees"]
            return cls(
                version=version,
                territories=frozenset(_list(data["territories"])),
                seniority={Seniority(level): _list(words) for level, words in data["seniority"].items()},
                functions={Function(function): _list(words) for function, words in data["functions"].items()},
                weights={str(name): int(points) for name, points in data["weights"].items()},
                employees=(int(lowest), int(highest)),
                industries=_list(data["industries"]),
                min_points=int(data["min_points"]),
                matrix=Matrix.from_data(data.get("matrix")),
                timing={str(said): int(share) for said, share in data.get("timing", TIMING_SHARES).items()},
                hard=frozenset(Criterion(each) for each in data.get("hard", HARD)),
                own=tuple(OwnCriterion.from_data(each) for each in data.get("own", ())),
                decides=data.get("decides") is True,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise Refused("These criteria cannot be read: something is missing or of the wrong kind.") from wrong


def _list(words: Any) -> tuple[str, ...]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Refused("Countries, industries and each kind of job title are a list of words.")
    return tuple(words)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the partner said. None and an empty text mean that nothing was said, which is never a miss."""

    job_title: str
    country: str = ""
    public_tender: bool | None = None
    consent: bool | None = None
    budget_known: bool | None = None
    decider_named: bool | None = None
    employees: int | None = None
    industry: str = ""
    timing: str = ""
    own: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By yes or no question of the program, what was answered."""


@dataclass(frozen=True)
class Finding:
    """One criterion read: what was found, the words that said so, and what would change it."""

    criterion: Criterion
    verdict: Verdict
    sentence: str
    matched: str = ""
    changes: str = ""
    question: str = ""
    """Which of the program's own criteria it is; nothing for the others."""

    @property
    def about(self) -> tuple[Criterion, str]:
        return self.criterion, self.question


@dataclass(frozen=True, kw_only=True)
class Reading:
    version: int
    outcome: Outcome
    seniority: Seniority
    function: Function
    points: int
    findings: tuple[Finding, ...]

    @property
    def missed(self) -> tuple[Criterion, ...]:
        return tuple(finding.criterion for finding in self.findings if finding.verdict is Verdict.MISSED)

    def to_data(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "outcome": str(self.outcome),
            "seniority": str(self.seniority),
            "function": str(self.function),
            "points": self.points,
            "findings": [{name: str(value) for name, value in vars(finding).items()} for finding in self.findings],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Reading":
        """What was frozen on a referral, exactly as it was read then."""
        findings = (
            {**found, "criterion": Criterion(found["criterion"]), "verdict": Verdict(found["verdict"])}
            for found in data["findings"]
        )
        return cls(
            version=data["version"],
            outcome=Outcome(data["outcome"]),
            seniority=Seniority(data["seniority"]),
            function=Function(data["function"]),
            points=data["points"],
            findings=tuple(Finding(**found) for found in findings),
        )
