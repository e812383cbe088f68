import re
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from portal.countries import COUNTRIES
from portal.criteria import own_forms
from portal.criteria.differences import countries
from portal.criteria.matrix import CELL_CHOICE, COLUMNS
from portal.criteria.reading import read
from portal.criteria.rules import (
    FUNCTION_LABEL,
    SENIORITY_LABEL,
    TIMING_LABEL,
    WEIGHT_LABEL,
    Answers,
    Criteria,
    Criterion,
    Reading,
)
from portal.criteria.titles import Function, Seniority, normal
from portal.criteria.words import default_data
from portal.errors import Refused
from portal.fields.rules import Question
from portal.forms import CountField, Form, at_most, choices

LONGEST_LIST = 6000
MOST_PEOPLE = 10_000_000
LEVELS = {f"seniority_{level}": label for level, label in SENIORITY_LABEL.items() if level is not Seniority.UNKNOWN}
FUNCTIONS = {f"functions_{each}": label for each, label in FUNCTION_LABEL.items() if each is not Function.UNKNOWN}
WEIGHTS = {f"weights_{name}": label for name, label in WEIGHT_LABEL.items()}
TIMINGS = {f"timing_{said}": label for said, label in TIMING_LABEL.items()}
CELLS = {f"matrix_{level}_{function}": (level, function) for level in Seniority for function in COLUMNS}
LONGEST_TITLE = 200
_SHORT = {
    "qualifies": "qualifies",
    "if_named": "look, or budget",
    "validate": "look",
    "ask": "ask",
    "decline": "decline",
}
# What a rule says of several fields stands beside the first of them.
_BESIDE = {
    "employees": "employees_from",
    "weights": "weights_size",
    "seniority": "seniority_owner",
    "timing": "timing_now",
}
_CODES = {normal(name): code for code, name in COUNTRIES.items()} | {"uk": "GB", "usa": "US"}


class CriteriaForm(Form):
    questions: tuple[Question, ...] = ()

    began_from_number = HiddenField()
    title = StringField("Type a job title", validators=[at_most(LONGEST_TITLE)])
    """Only to try the words with; it is no part of a version."""
    hard_territory = BooleanField("The company is outside our territory")
    hard_public_tender = BooleanField("A public tender is already out")
    decides = BooleanField("Decide without a person what is clear")
    territories = TextAreaField(
        "Territories",
        description="Countries by name or by two letters, one a line or with commas.",
        validators=[InputRequired("Name at least one country."), at_most(LONGEST_LIST)],
        render_kw={"rows": 8},
    )
    employees_from = CountField("Employees from", [InputRequired("Give a number.")], most=MOST_PEOPLE)
    employees_to = CountField("Employees to", [InputRequired("Give a number.")], most=MOST_PEOPLE)
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
                **{f"timing_{said}": share for said, share in shown.timing.items()},
                **{name: str(shown.matrix.cell(*place)) for name, place in CELLS.items()},
                "hard_territory": Criterion.TERRITORY in shown.hard,
                "hard_public_tender": Criterion.PUBLIC_TENDER in shown.hard,
                "decides": shown.decides,
                "began_from_number": str(shown.version),
                "territories": "\n".join(countries(shown)),
                "employees_from": lowest,
                "employees_to": highest,
                "industries": "\n".join(shown.industries),
                "min_points": shown.min_points,
                **own_forms.filled(shown.own),
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
            "weights": {name.removeprefix("weights_"): self[name].data for name in WEIGHTS},
            "employees": [self.employees_from.data, self.employees_to.data],
            "industries": _list(self.industries.data),
            "min_points": self.min_points.data,
            "timing": {name.removeprefix("timing_"): self[name].data for name in TIMINGS},
            "hard": [
                *(["territory"] if self.hard_territory.data else []),
                *(["public_tender"] if self.hard_public_tender.data else []),
                "consent",
            ],
            "own": own_forms.said(self),
            "decides": bool(self.decides.data),
        } | self.of_titles()

    def of_titles(self) -> dict[str, Any]:
        """The part of it that job titles are read by."""
        rows = {str(level): [self[f"matrix_{level}_{each}"].data for each in COLUMNS] for level in Seniority}
        return {
            "seniority": {name.removeprefix("seniority_"): _list(self[name].data) for name in LEVELS},
            "functions": {name.removeprefix("functions_"): _list(self[name].data) for name in FUNCTIONS},
            "matrix": rows,
        }

    def tried(self) -> Reading | str:
        """The job title read with the words as they are typed, or the sentence that says what is wrong with them."""
        try:
            criteria = Criteria.from_data(default_data() | self.of_titles(), self.began_from + 1)
        except Refused as refusal:
            return str(refusal)
        return read(criteria, Answers(job_title=(self.title.data or "")[:LONGEST_TITLE]))

    def matrix_rows(self) -> list[tuple[str, str, list[SelectField]]]:
        """Each level with what it leads to, in short, and its cells."""
        rows = [(SENIORITY_LABEL[level], [self[f"matrix_{level}_{each}"] for each in COLUMNS]) for level in Seniority]
        return [(label, " · ".join(_SHORT.get(cell.data, "") for cell in cells), cells) for label, cells in rows]

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
for _name, _label in {**WEIGHTS, **TIMINGS}.items():
    setattr(CriteriaForm, _name, IntegerField(_label, [InputRequired("Give a number."), NumberRange(0, 100)]))
for _name, (_, _function) in CELLS.items():
    setattr(CriteriaForm, _name, SelectField(FUNCTION_LABEL[_function], choices=choices(CELL_CHOICE)))
