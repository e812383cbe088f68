"""What each partner has of a deal, in per cent: a field for each."""

from collections.abc import Sequence
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from portal.deals.share_rules import NO_REASON, WHOLE, percent, share_of
from portal.errors import Refused
from portal.forms import SeenForm, at_most

_MISSING = "Write a share in per cent, for example 60."


class ShareField(StringField):
    """A share as people type it; `share_bp` is what it comes to."""

    share_bp = 0

    def __init__(self, *args: Any, referral_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.referral_id = referral_id

    def pre_validate(self, form: Any) -> None:
        if self.data:
            try:
                self.share_bp = share_of(self.data)
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal


class SharesForm(SeenForm):
    """With a field for each partner, made by `shares_form`."""

    because = TextAreaField(
        "Why it is shared like this",
        [DataRequired(NO_REASON), at_most(1000)],
        description="Read by staff only. Each partner is told its own share.",
        id="share-because",
    )

    @property
    def parts(self) -> list[ShareField]:
        return [field for field in self if isinstance(field, ShareField)]

    @property
    def divided(self) -> dict[int, int]:
        """Basis points by the ids of referrals."""
        return {field.referral_id: field.share_bp for field in self.parts}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """All parts together make the whole, said beside the last."""
        if not super().validate(*args, **kwargs):
            return False
        total = sum(self.divided.values())
        if total != WHOLE:
            self.parts[-1].errors = [f"The shares add up to {percent(total)} %. Together they make 100 %."]
        return total == WHOLE


def shares_form(sides: Sequence[Any], **data: Any) -> SharesForm:
    """For those who have the deal: rows with referral_id, referral_ref, partner, share_bp."""
    fields = {
        f"share_{place}": ShareField(
            f"Share of {side.partner}",
            [DataRequired(_MISSING), at_most(7)],
            description=f"By referral {side.referral_ref}, under its own agreement.",
            default=percent(side.share_bp) if side.share_bp else None,
            render_kw={"inputmode": "decimal", "autocomplete": "off"},
            referral_id=side.referral_id,
        )
        for place, side in enumerate(sides, 1)
    }
    form: SharesForm = type("SharesForm", (SharesForm,), fields)(**data)
    return form
