"""A thousand partners, each with its people, an agreement in force on the first partner's terms, and payout details."""

import json
from dataclasses import dataclass
from typing import NamedTuple

from portal.agreements.rules import (
    CONSENT_TEXT,
    CONSENT_VERSION,
    COUNTERSIGNED_TEXT,
    INTENT_TEXT,
    AgreementState,
    authority_text,
)
from portal.agreements.texts import digest
from portal.auth.rules import Role
from portal.documents.rules import DocumentKind
from portal.events import Audience
from portal.ledger.rules import FIRST
from portal.partners.bank import seal_account
from portal.partners.rules import PartnerState, PayoutDetailsState, TaxFormKind
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.outbox import ask_for
from portal.seeds.scale.record import Fact, Record
from portal.seeds.scale.words import GIVEN, NAMES, company, slug
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.world import MAIL_DOMAIN, World
from portal.vault import mask_iban

COUNT = 1_000
_FROM_THE_END = 4_900_000
"""Partners take their names where referrals come last."""
_DAY = 28_800
_PEOPLE: tuple[tuple[Role, ...], ...] = (
    (Role.PARTNER_ADMIN, Role.PARTNER_SIGNATORY),
    (Role.PARTNER_MEMBER,),
    (Role.PARTNER_FINANCE,),
)


@dataclass
class Party:
    """A partner as the stories and the ledger need it."""

    id: int
    ref: str
    agreement_id: int
    introducers: list[tuple[int, str]]
    """Those who refer, each with the address that is written to."""
    payout_details_id: int | None
    since: int
    """The working second from which it may refer."""
    chain_seq: int = 0
    chain_head: str = FIRST


class Evidence(NamedTuple):
    side: str
    user_id: int | None
    typed_name: str
    email: str
    authority_text: str
    intent_text: str
    factor: str


class Partners:
    def __init__(self, bulk: Bulk, record: Record, time: WorkingTime, world: World) -> None:
        self._bulk, self._record, self._time, self._world = bulk, record, time, world
        self._refs = {
            table: bulk.refs(table, letter)
            for table, letter in {"partners": "P", "users": "U", "agreements": "A", "payout_details": "B"}.items()
        }
        self._manager, self._approver = world.staff[Role.PARTNER_MANAGER][0], world.staff[Role.FINANCE_APPROVER][0]

    def join(self, number: int) -> Party:
        """A partner that signs within its first days."""
        seconds = number * 25
        at = self._time.stored(self._time.epoch(seconds))
        named = company(_FROM_THE_END + number)
        new, refs = self._bulk.new_id, self._refs
        partner_id, ref = new("partners"), refs["partners"].new()
        self._bulk.add(
            "partners",
            id=partner_id,
            ref=ref,
            name=named.name,
            legal_name=named.legal_name,
            country="DE",
            address="",
            state=PartnerState.ACTIVE.value,
            state_since=at,
            created_at=at,
            tax_form_on=at[:10],
            tax_form_kind=TaxFormKind.SELF_BILLING.value,
            chain_seq=0,
            chain_head=FIRST,
            version=2,
        )
        created = Fact("PartnerCreated", self._manager, partner_id, ref, "{}", Audience.STAFF)
        self._record.put(seconds, created)
        moved = f'{{"now":"{PartnerState.ONBOARDING}","then":"{PartnerState.ACTIVE}"}}'
        self._record.put(seconds + _DAY + 600, Fact("PartnerMoved", None, partner_id, ref, moved))
        self._record.put(seconds, Fact("TaxFormFiled", self._manager, partner_id, ref, "{}"))
        people = [self._person(partner_id, number, place, at) for place in range(len(_PEOPLE))]
        agreement_id = self._sign(partner_id, named.legal_name, people[0], seconds)
        return Party(
            id=partner_id,
            ref=ref,
            agreement_id=agreement_id,
            introducers=[(user_id, mail) for user_id, _, mail in people[:2]],
            payout_details_id=self._pay_to(partner_id, people[2][0], named.legal_name, number, seconds),
            since=seconds + 2 * _DAY,
        )

    def _person(self, partner_id: int, number: int, place: int, at: str) -> tuple[int, str, str]:
        user_id = self._bulk.new_id("users")
        given, family = GIVEN[(number * 7 + place * 11) % len(GIVEN)], NAMES[(number * 13 + place * 29) % len(NAMES)]
        mail = f"{slug(given)}.{slug(family)}.{number}-{place}@{MAIL_DOMAIN}"
        name = f"{given} {family}"
        ref = self._refs["users"].new()
        self._bulk.add(
            "users", id=user_id, ref=ref, partner_id=partner_id, email=mail, name=name, theme="", created_at=at
        )
        held = {"user_id": user_id, "partner_id": partner_id, "granted_by_id": self._manager, "granted_at": at}
        for role in _PEOPLE[place]:
            self._bulk.add("role_grants", **held, role=role.value)
        return user_id, name, mail

    def _sign(self, partner_id: int, legal_name: str, signatory: tuple[int, str, str], seconds: int) -> int:
        like, program = self._world.agreement, self._world.program
        agreement_id, ref = self._bulk.new_id("agreements"), self._refs["agreements"].new()
        body = like.body.replace(self._world.first.legal_name, legal_name)
        sha256 = digest(body)
        sent, viewed, signed = (self._time.stored(self._time.epoch(seconds + wait)) for wait in (0, _DAY, _DAY + 600))
        sign_by = self._time.day(self._time.epoch(seconds + 10 * _DAY))
        self._bulk.add(
            "agreements",
            id=agreement_id,
            ref=ref,
            partner_id=partner_id,
            number=1,
            state=AgreementState.COUNTERSIGNED.value,
            template_id=like.template_id,
            fee_plan_id=like.fee_plan_id,
            terms=json.dumps(like.terms),
            body=body,
            body_sha256=sha256,
            created_by_id=self._manager,
            created_at=sent,
            sent_at=sent,
            sign_by=sign_by,
            viewed_at=viewed,
            signed_at=signed,
            in_force_at=signed,
            reason="",
            version=5,
        )
        signed_by = Evidence("partner", *signatory, authority_text(legal_name), INTENT_TEXT, "password")
        by_rule = COUNTERSIGNED_TEXT.format(company=program.legal_name)
        ours = Evidence("program", None, program.legal_name, program.contact_email, "", by_rule, "rule")
        for evidence in (signed_by, ours):
            self._bulk.add(
                "signatures",
                partner_id=partner_id,
                agreement_id=agreement_id,
                **evidence._asdict(),
                consent_version=CONSENT_VERSION,
                consent_text=CONSENT_TEXT if evidence.authority_text else "",
                document_sha256=sha256,
                address="",
                user_agent="",
                at=signed,
            )
        for kind in (DocumentKind.AGREEMENT, DocumentKind.SIGNED_AGREEMENT):
            ask_for(self._bulk, kind, ref, partner_id=partner_id, title=f"Agreement {ref}", text=body, at=signed)
        self._tell_of(agreement_id, partner_id, ref, signatory[0], seconds, sha256, sign_by)
        return agreement_id

    def _tell_of(
        self, agreement_id: int, partner_id: int, ref: str, user_id: int, seconds: int, sha256: str, sign_by: str
    ) -> None:
        plain, hashed = f'{{"agreement_id":{agreement_id}', f',"document_sha256":"{sha256}"'
        for kind, by_id, after, body in (
            ("AgreementPrepared", self._manager, 0, plain),
            ("AgreementSent", self._manager, 0, f'{plain}{hashed},"sign_by":"{sign_by}"'),
            ("AgreementViewed", user_id, _DAY, plain),
            ("AgreementSigned", user_id, _DAY + 600, plain + hashed),
            ("AgreementCountersigned", None, _DAY + 600, plain + hashed),
        ):
            audience = Audience.STAFF if kind == "AgreementPrepared" else Audience.PARTNER
            self._record.put(seconds + after, Fact(kind, by_id, partner_id, ref, body + "}", audience))

    def _pay_to(self, partner_id: int, person: int, holder: str, number: int, seconds: int) -> int:
        details_id, ref = self._bulk.new_id("payout_details"), self._refs["payout_details"].new()
        iban = _iban(number)
        at = self._time.stored(self._time.epoch(seconds))
        self._bulk.add(
            "payout_details",
            id=details_id,
            ref=ref,
            partner_id=partner_id,
            holder=holder,
            account_sealed=seal_account(iban, ref=ref, partner_id=partner_id),
            account_masked=mask_iban(iban),
            state=PayoutDetailsState.CONFIRMED.value,
            proposed_by_id=person,
            proposed_at=at,
            effective_at=at,
            confirmed_by_id=self._approver,
            confirmed_at=at,
        )
        for kind, by_id in (("PayoutDetailsProposed", person), ("PayoutDetailsConfirmed", self._approver)):
            self._record.put(seconds, Fact(kind, by_id, partner_id, ref, "{}"))
        return details_id


def _iban(number: int) -> str:
    """A German one with the right check digits, of a bank code that nobody has."""
    account = f"99999999{number:010}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02}{account}"
