import re
from typing import Any

from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from portal.countries import COUNTRIES
from portal.criteria.differences import countries
from portal.criteria.rules import FUNCTION_LABEL, SENIORITY_LABEL, WEIGHT_LABEL, Criteria
from portal.criteria.titles import Function, Seniority, normal
from portal.criteria.words import default_data
from portal.errors import Refused
from portal.forms import Form, at_most

LONGEST_LIST = 6000
MOST_PEOPLE = 10_000_000
LEVELS = {f"seniority_{level}": label for level, label in SENIORITY_LABEL.items() if level is not Seniority.UNKNOWN}
FUNCTIONS = {f"functions_{each}": label for each, label in FUNCTION_LABEL.items() if each is not Function.UNKNOWN}
WEIGHTS = {f"weights_{name}": label for name, label in WEIGHT_LABEL.items()}
# What a rule says of several fields stands beside the first of them.
_BESIDE = {"employees": "employees_from", "weights": "weights_size", "seniority": "seniority_owner"}
_CODES = {normal(name): code for code, name in COUNTRIES.items()} | {"uk": "GB", "usa": "US"}


class CriteriaForm(Form):
    began_from_number = HiddenField()
    territories = TextAreaField(
        "Territories",
        description="Countries by name or by two letters, one a line or with commas.",
        validators=[InputRequired("Name at least one country."), at_most(LONGEST_LIST)],
        render_kw={"rows": 8},
    )
    employees_from = IntegerField(
        "Employees from", validators=[InputRequired("Give a number."), NumberRange(1, MOST_PEOPLE)]
    )
    employees_to = IntegerField(
        "Employees to", validators=[InputRequired("Give a number."), NumberRange(1, MOST_PEOPLE)]
    )
    industries = TextAreaField(
        "Industries",
        description="One a line. Empty: every industry fits.",
        validators=[at_most(LONGEST_LIST)],
        render_kw={"rows": 4},
    )
    min_points = IntegerField(
        "Points needed",
        description="A referral with fewer of the 100 does not fit.",
        validators=[InputRequired("Give a number."), NumberRange(0, 100)],
    )

    @classmethod
    def showing(cls, criteria: Criteria | None) -> "CriteriaForm":
        """Filled with what a version says, or with what a program starts with."""
        shown = criteria or Criteria.from_data(default_data(), 0)
        words = {f"seniority_{level}": "\n".join(words) for level, words in shown.seniority.items()}
        words |= {f"functions_{function}": "\n".join(words) for function, words in shown.functions.items()}
        lowest, highest = shown.employees
        return cls(
            data={
                **words,
                **{f"weights_{name}": points for name, points in shown.weights.items()},
                "began_from_number": str(shown.version),
                "territories": "\n".join(countries(shown)),
                "employees_from": lowest,
                "employees_to": highest,
                "industries": "\n".join(shown.industries),
                "min_points": shown.min_points,
            }
        )

    @property
    def began_from(self) -> int:
        typed = self.began_from_number.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0

    def said(self) -> dict[str, Any]:
        """What was typed, in the shape that `Criteria.from_data` reads."""
        return {
            "territories": sorted({_code(each) for each in _list(self.territories.data)}),
            "seniority": {name.removeprefix("seniority_"): _list(self[name].data) for name in LEVELS},
            "functions": {name.removeprefix("functions_"): _list(self[name].data) for name in FUNCTIONS},
            "weights": {name.removeprefix("weights_"): self[name].data for name in WEIGHTS},
            "employees": [self.employees_from.data, self.employees_to.data],
            "industries": _list(self.industries.data),
            "min_points": self.min_points.data,
        }

    def refuse(self, refusal: Refused) -> None:
        super().refuse(Refused(str(refusal), _BESIDE.get(refusal.field or "", refusal.field)))


def _list(typed: str | None) -> list[str]:
    """One a line or with commas, each once."""
    return list(dict.fromkeys(filter(None, (" ".join(each.split()) for each in re.split(r"[\n,;]", typed or "")))))


def _code(country: str) -> str:
    return country.upper() if country.upper() in COUNTRIES else _CODES.get(normal(country), country)


for _name, _label in {**LEVELS, **FUNCTIONS}.items():
    _words = [InputRequired("Name at least one word."), at_most(LONGEST_LIST)]
    setattr(CriteriaForm, _name, TextAreaField(_label, _words, render_kw={"rows": 10}))
for _name, _label in WEIGHTS.items():
    setattr(CriteriaForm, _name, IntegerField(_label, [InputRequired("Give a number."), NumberRange(0, 100)]))
