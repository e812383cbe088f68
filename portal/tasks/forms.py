from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired

from portal.forms import DayField, Form, SeenForm, at_most


class TaskForm(Form):
    title = StringField("What", [DataRequired("Say what is to be done."), at_most(200)])
    due_on = DayField("By", [InputRequired("Please give a day.")])
    owner = SelectField("Who", [DataRequired("Say who does it.")])
    deal = HiddenField()
    """The reference of the deal that it is about."""


class ChangeTaskForm(SeenForm):
    title = StringField("What", [DataRequired("Say what is to be done."), at_most(200)])
    due_on = DayField("By", [InputRequired("Please give a day.")])
    owner = SelectField("Who", [DataRequired("Say who does it.")])
