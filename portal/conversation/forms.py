from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, MultipleFileField, TextAreaField

from portal.conversation.file_rules import ACCEPT, ALLOWED, Upload, look
from portal.conversation.rules import FILES_MOST, TEXT_MOST
from portal.errors import Refused
from portal.forms import Form, at_most


class MessageForm(Form):
    text = TextAreaField("Message", [at_most(TEXT_MOST)], id="message-text", render_kw={"rows": 3})
    files = MultipleFileField(
        "Files", id="message-files", description=f"Up to {FILES_MOST}: {ALLOWED}.", render_kw={"accept": ACCEPT}
    )

    is_internal: Any = None
    """Only our own people choose."""

    def uploads(self) -> Sequence[Upload]:
        """The files that were chosen, looked at. Raises Refused for one that is not taken."""
        chosen = [each for each in self.files.data or () if getattr(each, "filename", "")]
        if len(chosen) > FILES_MOST:
            raise Refused(f"Up to {FILES_MOST} files go with one message.", "files")
        return [look(each.filename, each.read()) for each in chosen]


class StaffMessageForm(MessageForm):
    is_internal = BooleanField(
        "Only for our own people", description="A note that no partner ever sees.", id="message-internal"
    )
