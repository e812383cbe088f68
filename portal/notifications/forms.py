from collections.abc import Mapping
from typing import Any

from wtforms import RadioField

from portal.forms import Form, choices
from portal.notifications.paces import KINDS, PACE_LABEL, MailKind, Pace


class MailsForm(Form):
    """One field for each kind of message that this person gets."""

    @property
    def chosen(self) -> dict[str, str]:
        """What is not at once."""
        picked = {str(kind): self[kind].data for kind in KINDS if kind in self}
        return {kind: pace for kind, pace in picked.items() if pace != Pace.AT_ONCE}


for _kind, _about in KINDS.items():
    setattr(MailsForm, _kind, RadioField(_about.label, choices=choices(PACE_LABEL)))


def mails_form(chosen: Mapping[str, str] | None, *, is_staff: bool) -> MailsForm:
    paces: dict[str, Any] = {kind: (chosen or {}).get(kind, Pace.AT_ONCE) for kind in MailKind}
    form = MailsForm(data=paces)
    for kind, about in KINDS.items():
        if not is_staff and not about.is_for_partners:
            del form[kind]
    return form
