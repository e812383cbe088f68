"""What happened in the world that access is tried in: two companies that live through the same, each with a word
of its own in every field that anybody types."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal import clock, storage
from portal.agreements import actions as agreements
from portal.agreements import publishing
from portal.agreements.models import AgreementTemplate, FeePlan
from portal.agreements.terms import Terms
from portal.appeals import actions as appeals
from portal.auth import invitations
from portal.auth.models import User
from portal.auth.permissions import Permission
from portal.auth.rules import PARTNER_ROLES, STAFF_ROLES, Role
from portal.content import pieces
from portal.conversation import actions as conversation
from portal.conversation.file_rules import look
from portal.conversation.models import MessageFile
from portal.corrections import actions as corrections
from portal.criteria import actions as criteria
from portal.criteria.words import default_data
from portal.deals import actions as deals
from portal.deals import importing, payments, products
from portal.deals.models import Deal
from portal.deals.rules import Channel, Details, Stage
from portal.documents.models import Document
from portal.documents.rules import DocumentState
from portal.drafts import actions as drafts
from portal.emergency import actions as emergency
from portal.engagement import actions as engagement
from portal.engagement.rules import SHIPPED
from portal.evidence import actions as evidence
from portal.evidence import queries as evidence_kept
from portal.evidence.files import offered
from portal.extensions import db
from portal.fees import actions as fees
from portal.fees.models import FeeLine
from portal.fields import actions as fields
from portal.fields.rules import Kind as FieldKind
from portal.partners import actions as partners
from portal.partners.models import Partner
from portal.partners.rules import TaxFormKind
from portal.payouts import actions as payouts
from portal.payouts import statements
from portal.prechecks import actions as prechecks
from portal.referrals import actions as referrals
from portal.referrals import importing as lists
from portal.referrals.batches import actions as batches
from portal.referrals.batches.rules import Decision
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Status, Timing
from portal.resources import actions as resources
from portal.resources.rules import ResourceKind
from portal.routing import actions as routing
from portal.routing.rules import Conditions
from portal.scope import all_partners, owned_by
from portal.sla.models import BusinessCalendar
from portal.tasks import actions as tasks
from tests.support import make

ACCOUNTS = {
    "Quetzal": ("DE89370400440532013000", "DE02120300000000202051"),
    "Kookaburra": ("DE75512108001245126199", "DE02500105170137075030"),
}
VALUES = {"Quetzal": 2_713_100, "Kookaburra": 3_391_700}
# What only one company's pages may say: its word, its accounts as they are shown, what its deals were worth.
CANARIES = {
    "Quetzal": ("Quetzal", "•••• 3000", "•••• 2051", "27,131", "2,713.10"),
    "Kookaburra": ("Kookaburra", "•••• 6199", "33,917", "3,391.70"),
}
DAY = timedelta(days=1)
(TEXT,) = pieces(Path(__file__).parents[2] / "content", "agreement")


@dataclass
class Company:
    """One of the two, with its people and the references of all that is theirs."""

    word: str
    """Stands in every field of this company, and nowhere else."""
    partner: Partner
    people: dict[str, User] = field(default_factory=dict)
    refs: dict[str, list[str]] = field(default_factory=dict)
    own: dict[tuple[str, str], str] = field(default_factory=dict)

    def __getitem__(self, role: str) -> User:
        return self.people[role]

    def note(self, kind: str, ref: str, by: str = "") -> None:
        """Keep a reference; `by` is whose own it is, and the first that they have is the one they are tried with."""
        self.refs.setdefault(kind, []).append(ref)
        self.own.setdefault((by, kind), ref)

    def of(self, role: str, kind: str) -> str:
        return self.own[role, kind]


@dataclass
class Staff:
    people: dict[str, User]
    second: User
    """Another sales owner."""
    refs: dict[str, str] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)

    def __getitem__(self, role: str) -> User:
        return self.people[role]


def begin(now: datetime) -> Staff:
    """The program, with one person for each role of staff."""
    make.program()
    week = [[[540, 1020]]] * 5 + [[], []]
    make.saved(BusinessCalendar(time_zone="Europe/Berlin", week=week, holidays=[]))
    staff = Staff(
        {str(role): make.staff(role, name=f"Staff {role}", has_password=True) for role in STAFF_ROLES},
        make.staff(Role.SALES_OWNER, name="Second owner", has_password=True),
    )
    criteria.publish(staff["program_admin"], criteria.draft(None, data=default_data(), now=now), now=now)
    criteria.draft(staff["content_editor"], data=default_data() | {"min_points": 41}, now=now)
    engagement.draft(staff["partner_manager"], data=SHIPPED.to_data() | {"customer": False}, seen_number=1, now=now)
    question: dict[str, Any] = {"hint": "", "kind": FieldKind.TEXT, "choices": (), "required": False}
    staff.refs["field"] = fields.add(staff["program_admin"], label="Asked too", **question, now=now).ref
    template = publishing.write_template(staff["program_admin"], title=TEXT.title, body=TEXT.body, now=now)
    publishing.publish_template(staff["program_admin"], template, now=now)
    publishing.write_template(staff["program_admin"], title="The next one", body=TEXT.body, now=now)
    for publisher in (staff["finance_approver"], None):
        plan = publishing.draft_plan(
            staff["program_admin"], name="Standard", currency="EUR", rate_bp=1000, clause="4.1", now=now
        )
        staff.refs["plan"] = plan.ref
        if publisher is not None:
            publishing.publish_plan(publisher, plan, now=now)
    texts: dict[str, Any] = {"summary": "In one line.", "draft": "# Text", "now": now}
    for slug, kind in (("three-sentences", ResourceKind.GUIDE), ("who-buys", ResourceKind.PROFILE)):
        written = resources.write(staff["content_editor"], slug=slug, kind=kind, title=slug, **texts)
        resources.publish(staff["content_editor"], written, now=now)
    resources.write(staff["content_editor"], slug="not-yet", kind=ResourceKind.GUIDE, title="Not yet", **texts)
    db.session.commit()
    return staff


def company(word: str, staff: Staff, now: datetime) -> Company:
    """A company that signed its agreement, with one person for each role and a colleague of the member."""
    manager = staff["partner_manager"]
    names = {"name": f"{word} Consulting", "legal_name": f"{word} legal name", "address": f"{word} street 1"}
    partner = partners.create(manager, **names, country="DE", now=now)
    made = Company(word, partner)
    made.note("partner", partner.ref)
    for role in (*PARTNER_ROLES, "colleague"):
        held = Role.PARTNER_MEMBER if role == "colleague" else Role(role)
        person = {"name": f"{word} {role} person", "email": f"{role}@{word.lower()}.example"}
        made.people[role] = make.partner_user(held, partner_id=partner.id, has_password=True, **person)
        made.note("person", made[role].ref)
    invited = {"email": f"invited@{word.lower()}.example", "name": f"{word} invited person"}
    made.people["invited"] = invitations.invite(
        made["partner_admin"], **invited, roles=frozenset({Role.PARTNER_MEMBER}), partner_id=partner.id, now=now
    )
    made.note("person", made["invited"].ref)
    _agree(made, staff, now)
    db.session.commit()
    return made


def _agree(made: Company, staff: Staff, now: datetime) -> None:
    manager, signatory = staff["partner_manager"], made["partner_signatory"]
    template = db.session.scalars(sa.select(AgreementTemplate).where(AgreementTemplate.number == 1)).one()
    plan = db.session.scalars(sa.select(FeePlan).where(FeePlan.number == 1)).one()
    terms = Terms(currency="EUR", plan=plan.plan)
    drafted: dict[str, Any] = {"template": template, "plan": plan, "terms": terms, "now": now}
    agreement = agreements.prepare(manager, made.partner, **drafted)
    agreements.send(manager, agreement, now=now)
    agreements.view(signatory, agreement, now=now)
    agreements.sign(
        signatory,
        agreement,
        seen_version=agreement.version,
        typed_name=f"{made.word} typed name",
        consent=True,
        authority=True,
        address="203.0.113.7",
        user_agent=f"{made.word} browser",
        factor="password",
        now=now,
    )
    made.note("agreement", agreement.ref)
    renewed = agreements.prepare(manager, made.partner, **drafted)
    agreements.send(manager, renewed, now=now)
    agreements.view(signatory, renewed, now=now)
    made.note("agreement", renewed.ref)
    made.note("draft", agreements.prepare(manager, made.partner, **drafted).ref)


def introduced(made: Company, by: str, name: str, now: datetime, *, website: str = "") -> Referral:
    """A referral with the company's word in each of its fields."""
    word = made.word
    referral = referrals.submit(
        made[by],
        now=now,
        answers=Introduction(
            company=f"{word} {name}",
            website=website or f"{name}-{word.lower()}.example",
            country="DE",
            contact_name=f"{word} contact",
            contact_title=f"Head of Operations {word} title",
            contact_email=f"contact@{word.lower()}.example",
            contact_phone=f"+49 30 {word}",
            need=f"{word} need",
            timing=Timing.NOW,
            public_tender=False,
            introduced_how=IntroducedHow.INTRO_MAIL,
            introduction=f"{word} introduction",
            industry=f"{word} industry",
            budget=f"{word} budget",
            decider=f"{word} decider",
            employees=120,
            consent=True,
        ),
    )
    made.note("referral", referral.ref, by)
    return referral


def proven(made: Company, by: str, referral: Referral, now: datetime) -> None:
    """A file of proof, with the company's word in all that is said about it."""
    word = made.word
    letter = f"From: {word} <x@{word.lower()}.example>\nTo: x@x.example\nSubject: {word} subject\n\n{word}".encode()
    file = offered(f"{word} file.eml", letter)
    proof = evidence.Proof([file], f"{word} says", (now - DAY).date(), f"{word} people")
    evidence.add(made[by], evidence.introduced(referral), proof, now=now)
    (piece,) = evidence_kept.pieces(referral.partner_id, referral.id)
    made.note("piece", f"{referral.ref}/{piece.ref}", by)


def talk(made: Company, staff: Staff, now: datetime) -> None:
    """What both sides wrote on a referral of the member and one of the lead, each with a file, and a note beside."""
    for by in ("partner_member", "partner_admin"):
        wanted = sa.select(Referral).where(Referral.ref == made.of(by, "referral"))
        referral = db.session.scalars(owned_by(wanted, made.partner.id)).one()
        paper = look(f"{made.word} paper.txt", f"{made.word} file".encode())
        said = conversation.write(made[by], referral, text=f"{made.word} message by {by}", files=[paper], now=now)
        conversation.write(staff["qualifier"], referral, text=f"{made.word} our answer", now=now)
        for_us: dict[str, Any] = {
            "text": f"{made.word} inner note",
            "files": [look(f"{made.word} inner file.txt", b"for us")],
        }
        conversation.write(staff["qualifier"], referral, is_internal=True, now=now, **for_us)
        file = sa.select(MessageFile.ref).where(MessageFile.message_id == said.id)
        made.note("message_file", db.session.scalars(owned_by(file, made.partner.id)).one(), by)


def listed(made: Company, by: str, now: datetime) -> str:
    """A list that was sent: one of its rows became a referral, the other one could not."""
    word, name = made.word, f"listed-{by.replace('_', '-')}"
    names = "company,website,country,contact_name,contact_title,contact_email,need,timing,public_tender,introduced_how"
    row = f"{word} {name},{name}-{word.lower()}.example,DE,{word} contact,Director,x@{word.lower()}.example,{word} need"
    file = f"{names}\n{row},now,no,mail\n{word} wrong,,,,,,,,,\n"
    found = lists.look(made[by], file.encode(), f"{word} list.csv", now=now)
    lists.send(made[by], found, consent=True, now=now)
    return found.ref


def refer(made: Company, staff: Staff, now: datetime) -> None:
    """Referrals in each state there is: of the member, the lead and a colleague."""
    qualifier = staff["qualifier"]
    for by, name in (("partner_member", "fresh"), ("partner_admin", "fresh-too")):
        fresh = introduced(made, by, name, now)
        proven(made, by, fresh, now)
        _put_right(made, by, fresh, now)
    talk(made, staff, now)
    same = introduced(made, "colleague", "same", now, website="both-know-them.example")
    if same.status is Status.CONFLICT:  # the second of the two
        staff.refs["conflict"] = same.ref
    for by in ("partner_member", "partner_admin"):
        asked = introduced(made, by, f"asked-{by.replace('_', '-')}", now)
        question = {"question": f"{made.word} question"}
        referrals.ask(qualifier, asked, seen_version=asked.version, now=now, **question)
        if by == "partner_admin":
            referrals.answer(made[by], asked, seen_version=asked.version, now=now, text=f"{made.word} answer")
    for by in ("partner_member", "partner_admin"):
        _decline(made, staff, by, now)
    for by in ("partner_member", "partner_admin"):
        asked_for = prechecks.check(made[by], f"{made.word} {by.partition('_')[2]} unheard", now=now)
        made.note("check", asked_for.ref, by)
        made.note("hold", prechecks.hold(made[by], asked_for, now=now).ref, by)
    for by in ("partner_member", "partner_admin", "colleague"):
        typed = {"company": f"{made.word} begun", "need": f"{made.word} begun need"}
        begun = drafts.keep(made[by], ref="", form_key=f"{made.word}-{by}", typed=typed, now=now)
        made.note("referral_draft", begun.ref, by)
        made.note("list", listed(made, by, now), by)
    withdrawn = introduced(made, "partner_admin", "withdrawn", now)
    referrals.withdraw(made["partner_admin"], withdrawn, seen_version=withdrawn.version, now=now)
    db.session.commit()


def _put_right(made: Company, by: str, referral: Referral, now: datetime) -> None:
    facts = corrections.facts_of(referral) | {"need": f"{made.word} need, put right"}
    corrections.correct(made[by], referral, facts=facts, currency="EUR", seen_version=referral.version, now=now)


def _decline(made: Company, staff: Staff, by: str, now: datetime) -> None:
    """A referral that is declined, and the appeal of its sender."""
    declined = introduced(made, by, f"declined-{by.replace('_', '-')}", now)
    told: dict[str, Any] = {"note": f"{made.word} note", "because": f"{made.word} because"}
    reason, seen = DeclineReason.OTHER, declined.version
    referrals.decline(staff["qualifier"], declined, seen_version=seen, now=now, reason=reason, **told)
    made.note("appeal", appeals.appeal(made[by], declined, now=now, text=f"{made.word} appeal").ref, by)


def win(made: Company, by: str, name: str, staff: Staff, now: datetime, *, until: Stage = Stage.WON) -> Deal:
    """A qualified referral whose deal goes as far as `until`."""
    referral = introduced(made, by, name, now)
    because = f"{made.word} overruled"
    referrals.qualify(staff["qualifier"], referral, seen_version=referral.version, now=now, because=because)
    wanted = sa.select(Deal).where(Deal.referral_id == referral.id)
    deal = db.session.scalars(all_partners(wanted, "a test")).one()
    made.note("deal", deal.ref, by)
    owner = next(each for each in (staff["sales_owner"], staff.second) if each.id == deal.owner_id)
    for stage in (Stage.CONTACTED, Stage.MEETING, Stage.PROPOSAL, until):
        if deal.stage is not until:
            details = Details(value_minor=VALUES[made.word], won_on=now.date()) if stage is Stage.WON else deals.PLAIN
            deals.move(owner, deal, stage, seen_version=deal.version, now=now, details=details)
    if until is not Stage.WON:
        step: dict[str, Any] = {"next_step": f"{made.word} next step", "expected_minor": 1_000_000}
        on = now.date() + 60 * DAY
        deals.set_next_step(owner, deal, seen_version=deal.version, now=now, **step, next_step_on=on)
    db.session.commit()
    return deal


def pay(made: Company, staff: Staff, now: datetime, accounts: tuple[str, str]) -> None:
    """What the company earned, at each stage; one of them has a new account waiting, the other a fee approved."""
    finance = made["partner_finance"]
    partners.file_tax_form(finance, made.partner, TaxFormKind.VAT_ID, today=now.date(), now=now)
    holder = {"holder": f"{made.word} holder"}
    details = partners.propose_payout_details(finance, made.partner, account=accounts[0], **holder, now=now)
    partners.confirm_payout_details(staff["finance_approver"], details, now=now)
    made.note("details", details.ref)
    db.session.commit()
    lines = list(db.session.scalars(owned_by(_fees_of(made), made.partner.id)))
    for line, by in zip(lines, ("partner_member", "partner_member", "partner_admin", "partner_admin"), strict=True):
        made.note("fee", line.ref, by)
    deeds = (((0, 2), "paid"), ((1,), "in a run"), ((3,), "approved"))
    for some, deed in deeds if made.word == "Kookaburra" else deeds[:2]:
        fees.approve_all(staff["finance_maker"], {lines[n].ref: lines[n].version for n in some}, now=now)
        if deed != "approved":
            made.note("statement", statements.issue(staff["finance_maker"], made.partner, currency="EUR", now=now).ref)
            run = payouts.build_run(staff["finance_maker"], currency="EUR", now=now)
            staff.runs.insert(0, run.ref)
        if deed == "paid":
            payouts.release(staff["finance_approver"], run, seen_version=run.version, now=now)
            payouts.record_paid(staff["finance_approver"], run, seen_version=run.version, now=now)
        db.session.commit()
    if made.word == "Quetzal":
        waiting = partners.propose_payout_details(finance, made.partner, account=accounts[1], **holder, now=now)
        made.note("details", waiting.ref)
        db.session.commit()


def _fees_of(made: Company) -> sa.Select[Any]:
    return sa.select(FeeLine).where(FeeLine.partner_id == made.partner.id).order_by(FeeLine.id)


def beside_deals(staff: Staff, both: list[Company], entered: Deal, now: datetime) -> None:
    """A payment of each customer, a file sent up, a product, tasks, batches of referrals, and a calendar."""
    for made in both:
        for by in ("partner_member", "partner_admin"):
            deal = db.session.scalars(
                owned_by(sa.select(Deal).where(Deal.ref == made.of(by, "deal")), made.partner.id)
            ).one()
            given: dict[str, Any] = {"reference": f"{made.word} reference", "paid_on": now.date(), "is_refund": False}
            row = payments.record(staff["finance_maker"], deal, now=now + 3 * DAY, amount_minor=100, **given)
            made.note("payment", row.ref, by)
    staff.refs["product"] = products.add(staff["program_admin"], name="Seats", now=now).ref
    file = b"id,company,channel\n1,Imported Ltd,event\n2,,event"
    found = importing.look(staff["sales_owner"], file, "deals.csv", now=now)
    importing.take_in(staff["sales_owner"], found, now=now)
    staff.refs["import"] = found.ref
    for role in ("second", *STAFF_ROLES):
        person = staff.second if role == "second" else staff[role]
        if person.may(Permission.KEEP_TASKS):
            about: dict[str, Any] = {"due_on": now.date(), "owner_id": person.id, "deal_id": entered.id}
            staff.refs[f"task of {role}"] = tasks.make(person, now=now, title=f"Task of {role}", **about).ref
            days = {"from_on": now.date() + 300 * DAY, "until_on": now.date() + 310 * DAY}
            noted = routing.note_absence(person, person, now=now, stand_in_id=None, **days)
            staff.refs[f"absence of {role}"] = noted.ref
    for role, person in (("second", staff.second), ("qualifier", staff["qualifier"])):
        seen_long_ago = [(both[0].of("partner_member", "referral"), 99)]
        batch = batches.begin(person, seen_long_ago, decision=Decision.ASK, said="Who decides?", now=now)
        staff.refs[f"batch of {role}"] = batch.ref
    members = {staff["sales_owner"].id: 1}
    rule = routing.add_rule(staff["program_admin"], now=now, conditions=Conditions(words=("whaling",)), members=members)
    staff.refs["route"] = rule.ref
    staff.refs["calendar"] = tasks.open_calendar(both[0]["partner_finance"], now=now)


def tell(now: datetime | None = None) -> tuple[Staff, Company, Company]:
    """The whole story, ending a few days ago."""
    start = (now or clock.now()) - 20 * DAY
    staff = begin(start)
    both = [company(word, staff, start) for word in ("Quetzal", "Kookaburra")]
    for made in both:
        refer(made, staff, start + DAY)
        for by in ("partner_member", "partner_admin"):
            dashed = by.replace("_", "-")
            win(made, by, f"won-{dashed}", staff, start + 2 * DAY)
            win(made, by, f"again-{dashed}", staff, start + 2 * DAY)
            win(made, by, f"open-{dashed}", staff, start + 2 * DAY, until=Stage.MEETING)
        pay(made, staff, start + 3 * DAY, ACCOUNTS[made.word])
    inbound: dict[str, Any] = {"channel": Channel.INBOUND, "currency": "EUR", "website": "", "expected_minor": None}
    entered = deals.enter(staff["sales_owner"], now=start, company="Inbound Ltd", **inbound)
    beside_deals(staff, both, entered, start)
    asked = emergency.ask(
        staff["auditor"], staff.second, role=Role.FINANCE_APPROVER, hours=4, reason="Payday.", now=clock.now()
    )
    staff.refs["emergency"] = asked.ref
    _print(start)
    db.session.commit()
    return staff, both[0], both[1]


def _print(now: datetime) -> None:
    """The files that the worker would make: their source stands in for them, word for word."""
    for document in db.session.scalars(all_partners(sa.select(Document), "a test")):
        file = storage.put(b"%PDF-1.7\n" + document.html.encode(), "application/pdf")
        document.state, document.made_at = DocumentState.MADE, now
        document.sha256, document.size = file.sha256, file.size
