"""How introductions were proven, what came by phone, and a list that was sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from portal.auth.models import User
from portal.evidence import actions as evidence
from portal.evidence.actions import Proof
from portal.evidence.files import Offered, offered
from portal.referrals import entering, importing
from portal.referrals.entered import EnteredHow
from portal.referrals.introduction import Introduction
from portal.referrals.models import Referral
from portal.referrals.rules import IntroducedHow, Timing
from portal.seeds.agenda import Agenda

US = "partners@portal.example"
LIST = """company,website,country,contact_name,contact_title,contact_email,need,timing,public_tender,introduced_how
Moorgate Interiors,moorgateinteriors.example,GB,Tessa Reid,Head of Sales,tessa.reid@moorgateinteriors.example,\
One view of their showrooms.,this quarter,no,call
Brandt Feinmechanik,brandt-feinmechanik.example,DE,Uwe Brandt,Geschäftsführer,uwe@brandt-feinmechanik.example,\
Angebote aus einer Hand.,this year,no,mail
Kestrel Marine,,GB,Owen Pryce,Director,owen@kestrelmarine.example,Service contracts in one place.,soon,no,mail
"""


def prove(by: User, referral: Referral, kind: int, at: datetime) -> None:
    """Their answer, the mail that introduces us, a note, or nothing: by turns."""
    about, on = evidence.introduced(referral), (at - timedelta(days=1)).date()
    them = f"{about.contact_name} <{about.contact_email}>"
    if kind == 0:
        files = [_mail(them, f"{by.name} <{by.email}>", "Re: Lumen CRM", "Yes please, have them call me.", at)]
        evidence.add(by, about, Proof(files), now=at)
    elif kind == 1:
        files = [_mail(f"{by.name} <{by.email}>", f"{them}, {US}", "Meet Lumen CRM", "You two should talk.", at)]
        evidence.add(by, about, Proof(files), now=at)
    elif kind == 2:
        said = Proof(
            (), "Told them about Lumen on the phone; they expect a call.", on, f"{about.contact_name}, {by.name}"
        )
        evidence.add(by, about, said, now=at)


def plan(agenda: Agenda, people: dict[str, User]) -> None:
    agenda.on(agenda.at(1, 15, 20), _came_by_phone(people))
    agenda.on(agenda.at(6, 13, 40), _sent_a_list(people))


def _came_by_phone(people: dict[str, User]) -> Callable[[datetime], None]:
    def enter(at: datetime) -> None:
        called_at = at - timedelta(hours=3)
        note = "Ben called from the train: Ines knows that we will ring, and would like to see it this month."
        entering.enter(
            people["maya"],
            people["ben"],
            how=EnteredHow.PHONE,
            received_at=called_at,
            answers=Introduction(
                company="Rosner Keramik",
                website="rosner-keramik.example",
                country="AT",
                contact_name="Ines Rosner",
                contact_title="Managing Director",
                contact_email="ines@rosner-keramik.example",
                need="Orders of forty dealers, now in three spreadsheets.",
                timing=Timing.NOW,
                public_tender=False,
                introduced_how=IntroducedHow.INTRO_CALL,
                consent=True,
            ),
            proof=Proof((), note, called_at.date(), "Ben Carter, Maya Lindqvist"),
            now=at,
        )

    return enter


def _sent_a_list(people: dict[str, User]) -> Callable[[datetime], None]:
    def send(at: datetime) -> None:
        found = importing.look(people["carl"], LIST.encode(), "autumn-fair.csv", now=at)
        importing.send(people["carl"], found, consent=True, now=at)

    return send


def _mail(sender: str, to: str, subject: str, text: str, at: datetime) -> Offered:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, to, subject
    letter["Date"] = format_datetime(at - timedelta(hours=2))
    letter.set_content(text)
    return offered(f"{subject.replace(':', '')}.eml", letter.as_bytes())
