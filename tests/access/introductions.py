"""What the two companies introduce: a referral in each state there is, and what was said and proven of it."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.appeals import actions as appeals
from portal.conversation import actions as conversation
from portal.conversation.file_rules import look
from portal.conversation.models import MessageFile
from portal.corrections import actions as corrections
from portal.drafts import actions as drafts
from portal.evidence import actions as evidence
from portal.evidence import queries as evidence_kept
from portal.evidence.files import offered
from portal.extensions import db
from portal.prechecks import actions as prechecks
from portal.referrals import actions as referrals
from portal.referrals import importing as lists
from portal.referrals.decline_reasons import DeclineReason
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Status, Timing
from portal.saved_views import actions as saved_views
from portal.saved_views.rules import ListName
from portal.scope import owned_by
from tests.access.cast import Company, Staff

DAY = timedelta(days=1)


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
        _keep_for_themselves(made, by, now)
    withdrawn = introduced(made, "partner_admin", "withdrawn", now)
    referrals.withdraw(made["partner_admin"], withdrawn, seen_version=withdrawn.version, now=now)
    db.session.commit()


def _keep_for_themselves(made: Company, by: str, now: datetime) -> None:
    typed = {"company": f"{made.word} begun", "need": f"{made.word} begun need"}
    begun = drafts.keep(made[by], ref="", form_key=f"{made.word}-{by}", typed=typed, now=now)
    made.note("referral_draft", begun.ref, by)
    made.note("list", listed(made, by, now), by)
    told: dict[str, Any] = {"query": "state=submitted", "name": f"{made.word} view", "is_shared": False}
    made.note("saved_view", saved_views.save(made[by], of=ListName.REFERRALS, now=now, **told).ref, by)


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
