from wtforms import DecimalField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, NumberRange

from portal.admin.rules import DAYS
from portal.forms import Form


class ProgramForm(Form):
    name = StringField("What the portal is called", [InputRequired(), Length(max=80)])
    company_name = StringField("Your company, as people say it", [InputRequired(), Length(max=120)])
    legal_name = StringField("Its legal name, as agreements name it", [InputRequired(), Length(max=160)])
    contact_email = StringField("Mail address for partners", [InputRequired(), Email(), Length(max=254)])
    governing_law = StringField("Law that governs the agreements", [InputRequired(), Length(max=80)])


class PromisesForm(Form):
    first_answer = DecimalField("First answer to a referral", [InputRequired(), NumberRange(0, 400)])
    first_contact = DecimalField("First contact after it qualifies", [InputRequired(), NumberRange(0, 400)])
    holidays = TextAreaField("Holidays, one a line", [Length(max=4000)])


for _day in DAYS:
    setattr(PromisesForm, _day, StringField(_day.capitalize(), [Length(max=100)]))
