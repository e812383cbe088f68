from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired

from portal.forms import Form, SeenForm, at_most, choices
from portal.resources.rules import KIND_LABEL, LONGEST, ResourceKind


class ResourceForm(Form):
    title = StringField("Title", validators=[DataRequired("Give it a title."), at_most(120)])
    summary = StringField(
        "Summary",
        description="One sentence: what the reader can do afterwards.",
        validators=[DataRequired("Say in one sentence what it is about."), at_most(300)],
    )
    draft = TextAreaField(
        "Text",
        description="Markdown: ## heading, **bold**, - list, [link](/resources/…), tables with |.",
        validators=[DataRequired("Write the text."), at_most(LONGEST)],
        render_kw={"rows": 26},
    )


class NewResourceForm(ResourceForm):
    kind = RadioField(
        "Kind",
        choices=choices(KIND_LABEL),
        default=ResourceKind.GUIDE.value,
        validators=[DataRequired("Choose what it is.")],
    )
    slug = StringField(
        "Address",
        description="Lower-case words with hyphens. It stays when the title changes.",
        validators=[DataRequired("Give it an address, for example who-buys-and-why."), at_most(80)],
    )


class EditResourceForm(SeenForm, ResourceForm):
    pass
