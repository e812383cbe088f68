"""What /staff/design shows: one example of everything that components draw, in every state. Debug only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Email, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.uploads import MOST

DECIDERS = {"board": "The board", "cfo": "The finance director", "unknown": "I don't know yet"}


class SpecimenForm(Form):
    company = StringField("Company", [InputRequired("Please name the company.")])
    website = URLField("Website", description="Its own address, not a page about it.")
    email = EmailField("Work mail address of the contact", [InputRequired(), Email("This is not a mail address.")])
    password = PasswordField("Password", [InputRequired("Please choose one of 12 characters or more.")])
    size = SelectField("People", choices={"": "Choose", "50": "Up to 50", "250": "51 to 250"})
    starts_on = DateField("Starts on", [InputRequired("Please choose a day.")])
    hours = IntegerField("First answer within", [InputRequired()])
    need = TextAreaField("What do they need?", [InputRequired("One sentence is enough.")])
    proof = FileField("Proof of the introduction", description=f"PDF, PNG or JPEG, up to {MOST}.")
    decider = RadioField("Who decides?", [InputRequired("Please choose one.")], choices=DECIDERS)
    topics = SelectMultipleField(
        "What is it about?",
        choices={"crm": "CRM", "erp": "ERP"},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    consent = BooleanField(
        "They know that we will call them",
        [InputRequired("Without their consent we cannot take the referral.")],
        description="We mention you in the first sentence.",
    )


@dataclass(frozen=True)
class Entry:
    """One thing that happened or was said."""

    at: datetime
    sentence: str
    by: str | None = None


@dataclass(frozen=True)
class Finding:
    verdict: str
    sentence: str
    matched: str = ""
    changes: str = ""


@dataclass(frozen=True)
class Pages:
    previous_url: str | None
    next_url: str | None


def specimens() -> dict[str, Any]:
    sent = {"email": "ruth at calder", "website": "calderfinch.example", "need": "", "hours": "soon"}
    wrong = SpecimenForm(MultiDict({f"wrong-{name}": value for name, value in sent.items()}), prefix="wrong-")
    wrong.validate()
    wrong.form_errors.append("Your agreement is not in force yet, so no referral can be sent.")
    return {
        "form": SpecimenForm(starts_on=date(2026, 11, 17), hours=8, company="Calder & Finch", decider="cfo"),
        "wrong": wrong,
        "steps": _steps(),
        "entries": [
            Entry(_at(17, 8), "Sam Ortega is in conversation with Ruth Calder.", "Sam Ortega"),
            Entry(_at(13, 9), "Maya Lindqvist qualified this referral. Owner: Sam Ortega."),
            Entry(_at(12, 10), "Ruth knows that you call. Their contract ends in March.", "Ana Ferreira"),
        ],
        "findings": [
            Finding(
                "met",
                "Operations Director is a director in a buying function: qualifies at once",
                "Operations Director",
            ),
            Finding("unclear", "Budget not named", changes="Would make it stronger, not needed."),
            Finding("missed", "Outside the territory", "Brazil", "A buyer in the EU, the UK or Norway."),
        ],
        "receipt": _receipt(),
        "pages": Pages("?page=1", "?page=3"),
    }


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, 2, tzinfo=UTC)


def _steps() -> list[dict[str, str]]:
    done = [("Received", "12 Nov, 10:02"), ("Qualified", "13 Nov, 09:40")]
    return [
        *({"label": label, "state": "done", "note": note} for label, note in done),
        {"label": "In conversation", "state": "now", "note": "by 24 Nov"},
        *({"label": label, "state": "todo", "note": ""} for label in ("Proposal", "Won", "Fee payable", "Paid")),
    ]


def _receipt() -> list[dict[str, Any]]:
    clause = Markup('<a href="#why">clause 4.2</a>: services of third parties do not count')
    return [
        {"label": "First deal, signed value", "small": "confirmed by Sam Ortega, 29 Oct", "amount": "€26,000.00"},
        {"label": "less implementation fee passed through", "small": clause, "amount": "\N{MINUS SIGN}€2,800.00"},
        {
            "label": "Rate: your 4th won deal this year",
            "small": "10 % up to the 5th, 12 % from the 6th",
            "amount": "10 %",
        },
        {"label": "Cap of €5,000 per deal", "small": "not reached", "amount": ""},
    ]
