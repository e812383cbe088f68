"""What is done with one agreement, from draft to force."""

from datetime import datetime

from portal import clock
from portal.agreements import events, queries, rules, texts
from portal.agreements.evidence import countersignature, signature_of
from portal.agreements.models import Agreement, AgreementTemplate, FeePlan, Signature
from portal.agreements.moves import move
from portal.agreements.papers import signed_paper, unsigned_paper
from portal.agreements.rules import AgreementState
from portal.agreements.terms import Terms
from portal.auth.models import User
from portal.documents import actions as documents
from portal.documents.rules import DocumentKind
from portal.errors import Overtaken, Refused
from portal.events import publish
from portal.extensions import db
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import OPEN as OPEN_PARTNERS
from portal.program import Program, the_program
from portal.refs import new_ref


def text_for(partner: Partner, template: AgreementTemplate, terms: Terms) -> str:
    """The text that goes to this partner with these terms."""
    program = _program()
    values = terms.placeholders(
        program_legal_name=program.legal_name,
        partner_legal_name=partner.legal_name,
        governing_law=program.governing_law,
    )
    return texts.written(template.body, values)


def prepare(
    by: User | None, partner: Partner, *, template: AgreementTemplate, plan: FeePlan, terms: Terms, now: datetime
) -> Agreement:
    """A draft of the next agreement with this partner. Nothing is sent yet."""
    if partner.state not in OPEN_PARTNERS:
        raise Refused(f"{partner.name} is not a partner any more.", "partner")
    if template.published_at is None:
        raise Refused("This version of the text is not published.", "template")
    if plan.published_at is None:
        raise Refused("This fee plan is not published.", "fee_plan")
    if terms.plan != plan.plan:
        raise ValueError(f"terms with plan {terms.plan.ref} and the row of plan {plan.ref}")
    texts.check_clauses(template.body, terms.plan)
    body = text_for(partner, template, terms)
    agreement = Agreement(
        ref=new_ref("A", Agreement.ref),
        partner_id=partner.id,
        number=queries.next_number(partner.id),
        state=AgreementState.DRAFT,
        template_id=template.id,
        fee_plan_id=plan.id,
        terms=terms.to_data(),
        body=body,
        body_sha256=texts.digest(body),
        created_by_id=by.id if by else None,
        created_at=now,
    )
    db.session.add(agreement)
    db.session.flush()
    told = {"partner_id": partner.id, "agreement_id": agreement.id}
    publish(events.AgreementPrepared(by=by.id if by else None, at=now, ref=agreement.ref, **told))
    return agreement


def send(by: User, agreement: Agreement, *, now: datetime) -> None:
    """Freeze text and terms, and ask the partner to sign within two weeks."""
    queries.take_turns(agreement.partner_id)
    waiting = queries.awaiting(agreement.partner_id)
    if waiting is not None and waiting.id != agreement.id:
        raise Refused(f"{waiting.ref} still waits for this partner's signature. Withdraw it first.")
    partner, program = queries.party(agreement.partner_id), _program()
    template = queries.template_of(agreement)
    if agreement.state is AgreementState.DRAFT:
        agreement.body = text_for(partner, template, Terms.from_data(agreement.terms))
        agreement.body_sha256 = texts.digest(agreement.body)
    agreement.sign_by = clock.local_date(now + rules.SIGN_WITHIN, program.time_zone)
    facts = {"sign_by": agreement.sign_by, "document_sha256": agreement.body_sha256}
    move(agreement, AgreementState.SENT, by=by, now=now, **facts)
    documents.ask_for(
        DocumentKind.AGREEMENT,
        agreement.ref,
        partner_id=agreement.partner_id,
        title=f"{template.title} {agreement.ref}",
        html=unsigned_paper(agreement, title=template.title, program=program),
        data=_as_data(agreement),
        now=now,
    )


def view(by: User, agreement: Agreement, *, now: datetime) -> None:
    """Somebody of the partner opens the text: noted once, later openings change nothing."""
    if agreement.state is AgreementState.SENT:
        move(agreement, AgreementState.VIEWED, by=by, now=now)


def sign(
    by: User,
    agreement: Agreement,
    *,
    seen_version: int,
    typed_name: str,
    consent: bool,
    authority: bool,
    address: str,
    user_agent: str,
    factor: str,
    now: datetime,
) -> Signature:
    """The partner signs; by rule we countersign in the same moment, and the agreement is in force.

    `seen_version` is the version of the row that the signatory had before them; `factor` how they were identified."""
    rules.check_move(agreement.state, AgreementState.SIGNED)
    if agreement.version != seen_version:
        raise Overtaken
    rules.check_signing(typed_name=typed_name, consent=consent, authority=authority)
    partner = queries.party(agreement.partner_id)
    signature = signature_of(
        by,
        agreement,
        company=partner.legal_name,
        typed_name=typed_name,
        address=address,
        user_agent=user_agent,
        factor=factor,
        now=now,
    )
    db.session.add(signature)
    move(agreement, AgreementState.SIGNED, by=by, now=now, document_sha256=agreement.body_sha256)
    _countersign(agreement, partner, now)
    return signature


def decline(by: User, agreement: Agreement, *, reason: str, now: datetime) -> None:
    """The partner does not sign, and says why."""
    agreement.reason = reason
    move(agreement, AgreementState.DECLINED, by=by, now=now)


def void(by: User, agreement: Agreement, *, reason: str, now: datetime) -> None:
    """We take the agreement back before it is in force."""
    agreement.reason = reason
    move(agreement, AgreementState.VOID, by=by, now=now)


def _countersign(agreement: Agreement, partner: Partner, now: datetime) -> None:
    program = _program()
    db.session.add(countersignature(agreement, program, now))
    previous = queries.in_force_to_change(agreement.partner_id)
    if previous is not None:
        move(previous, AgreementState.SUPERSEDED, by=None, now=now, newer_ref=agreement.ref)
    move(agreement, AgreementState.COUNTERSIGNED, by=None, now=now, document_sha256=agreement.body_sha256)
    partners.activate(partner, now=now)
    template = queries.template_of(agreement)
    signed = queries.signatures(agreement)
    documents.ask_for(
        DocumentKind.SIGNED_AGREEMENT,
        agreement.ref,
        partner_id=agreement.partner_id,
        title=f"{template.title} {agreement.ref}, signed",
        html=signed_paper(agreement, title=template.title, program=program, signed=signed, head=queries.record_head()),
        data=_as_data(agreement),
        now=now,
    )


def _as_data(agreement: Agreement) -> dict[str, object]:
    """The attachment of the PDF: the terms, and the text itself, so that its SHA-256 can be worked out again."""
    text = {"agreement": agreement.ref, "text": agreement.body, "text_sha256": agreement.body_sha256}
    return {**agreement.terms, **text}


def _program() -> Program:
    program = the_program()
    if program is None:
        raise Refused("The program is not set up yet.")
    return program
