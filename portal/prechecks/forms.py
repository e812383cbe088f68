from wtforms import StringField
from wtforms.validators import DataRequired

from portal.forms import Form, at_most


class CheckForm(Form):
    company = StringField(
        "Company or website",
        [DataRequired("Write the company's name, or its website."), at_most(120)],
        description="The website is surest: calderfinch.com",
        render_kw={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"},
    )
