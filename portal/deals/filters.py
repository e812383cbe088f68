"""What a list of deals is narrowed to, as its address says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from portal.deals.queries import Wanted
from portal.deals.rules import CHANNEL_LABEL, LABEL, LOST_LABEL, PIPELINE_LABEL, Channel, LostReason, Pipeline, Stage

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class Given:
    stage: Stage | None
    channel: Channel | None
    pipeline: Pipeline | None
    reason: LostReason | None
    owner: Any
    partner: Any
    stalled: bool

    @property
    def query(self) -> dict[str, str]:
        """What stands in the address."""
        named = {
            "stage": self.stage,
            "owner": self.owner.ref if self.owner else None,
            "channel": self.channel,
            "partner": self.partner.ref if self.partner else None,
            "pipeline": self.pipeline,
            "reason": self.reason,
            "stalled": "yes" if self.stalled else None,
        }
        return {name: str(value) for name, value in named.items() if value}

    def wanted(self, today: date) -> Wanted:
        return Wanted(
            stage=self.stage,
            owner_id=self.owner.id if self.owner else None,
            channel=self.channel,
            partner_id=self.partner.id if self.partner else None,
            pipeline=self.pipeline,
            lost_reason=self.reason,
            stalled_by=today if self.stalled else None,
        )


def given(query: Mapping[str, str], owners: Sequence[Any], partner: Any) -> Given:
    """What an address asks for; what nothing is called by narrows nothing."""
    return Given(
        stage=_word(Stage, query.get("stage")),
        channel=_word(Channel, query.get("channel")),
        pipeline=_word(Pipeline, query.get("pipeline")),
        reason=_word(LostReason, query.get("reason")),
        owner=next((each for each in owners if each.ref == query.get("owner")), None),
        partner=partner,
        stalled=query.get("stalled") == "yes",
    )


def selects(given: Given, owners: Sequence[Any]) -> list[dict[str, Any]]:
    """The fields above the list. Partner and reason are offered once a link has brought one here."""
    people = [("", "Anyone"), *((each.ref, each.name) for each in owners)]
    offered = [
        _select("stage", "Stage", given.stage, LABEL),
        {"name": "owner", "label": "Owner", "value": given.owner.ref if given.owner else "", "options": people},
        _select("channel", "Channel", given.channel, CHANNEL_LABEL),
        _select("pipeline", "Pipeline", given.pipeline, PIPELINE_LABEL),
        {
            "name": "stalled",
            "label": "Standing still",
            "value": "yes" if given.stalled else "",
            "options": [("", "Or not"), ("yes", "Only these")],
        },
    ]
    if given.partner:
        chosen = [("", "Any"), (given.partner.ref, given.partner.name)]
        offered.append({"name": "partner", "label": "Partner", "value": given.partner.ref, "options": chosen})
    if given.reason:
        offered.append(_select("reason", "Lost because", given.reason, LOST_LABEL))
    return offered


def _select(name: str, label: str, value: StrEnum | None, words: Mapping[Any, str]) -> dict[str, Any]:
    options = [("", "Any"), *((str(each), text) for each, text in words.items())]
    return {"name": name, "label": label, "value": value or "", "options": options}


def _word(kind: type[Word], wanted: str | None) -> Word | None:
    return kind(wanted) if wanted in set(kind) else None
