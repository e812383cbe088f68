from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portal.forms import Form, VersionField
from portal.resources.rules import KIND_LABEL, LONGEST, ResourceKind


class ResourceForm(Form):
    title = StringField("Title", validators=[DataRequired("Give it a title."), Length(max=120)])
    summary = StringField(
        "Summary",
        description="One sentence: what the reader can do afterwards.",
        validators=[DataRequired("Say in one sentence what it is about."), Length(max=300)],
    )
    draft = TextAreaField(
        "Text",
        description="Markdown: ## heading, **bold**, - list, [link](/resources/…), tables with |.",
        validators=[DataRequired("Write the text."), Length(max=LONGEST)],
        render_kw={"rows": 26},
    )


class NewResourceForm(ResourceForm):
    kind = RadioField(
        "Kind",
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABEL.items()],
        default=ResourceKind.GUIDE.value,
        validators=[DataRequired("Choose what it is.")],
    )
    slug = StringField(
        "Address",
        description="Lower-case words with hyphens. It stays when the title changes.",
        validators=[DataRequired("Give it an address, for example who-buys-and-why."), Length(max=80)],
    )


class EditResourceForm(ResourceForm):
    version = VersionField()
