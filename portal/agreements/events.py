from dataclasses import dataclass
from datetime import date

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class FeePlanDrafted(Event):
    sentence = "{by} drafted version {number} of the fee plan {name}."

    plan_id: int
    name: str
    number: int


@dataclass(frozen=True, kw_only=True)
class FeePlanPublished(Event):
    sentence = "{by} published version {number} of the fee plan {name}."

    plan_id: int
    name: str
    number: int


@dataclass(frozen=True, kw_only=True)
class TemplateWritten(Event):
    sentence = "{by} wrote version {number} of the agreement's text."

    template_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class TemplatePublished(Event):
    sentence = "{by} published version {number} of the agreement's text."

    template_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class AgreementEvent(Event):
    sentence = "{by} changed the agreement."
    audience = Audience.PARTNER

    agreement_id: int


@dataclass(frozen=True, kw_only=True)
class AgreementPrepared(AgreementEvent):
    sentence = "{by} prepared the agreement."
    audience = Audience.STAFF


@dataclass(frozen=True, kw_only=True)
class AgreementSent(AgreementEvent):
    sentence = "{by} sent the agreement for signature."

    sign_by: date
    document_sha256: str


@dataclass(frozen=True, kw_only=True)
class AgreementViewed(AgreementEvent):
    sentence = "{by} opened the agreement."


@dataclass(frozen=True, kw_only=True)
class AgreementSigned(AgreementEvent):
    sentence = "{by} signed the agreement."

    document_sha256: str


@dataclass(frozen=True, kw_only=True)
class AgreementCountersigned(AgreementEvent):
    sentence = "Countersigned by rule: the agreement is in force."

    document_sha256: str


@dataclass(frozen=True, kw_only=True)
class AgreementSuperseded(AgreementEvent):
    sentence = "The agreement was replaced by {newer_ref}, which is now in force."

    newer_ref: str


@dataclass(frozen=True, kw_only=True)
class AgreementDeclined(AgreementEvent):
    sentence = "{by} declined to sign the agreement."


@dataclass(frozen=True, kw_only=True)
class AgreementVoided(AgreementEvent):
    sentence = "{by} withdrew the agreement before it was signed."


@dataclass(frozen=True, kw_only=True)
class AgreementDiscarded(AgreementEvent):
    sentence = "{by} discarded the draft of the agreement."
    audience = Audience.STAFF
