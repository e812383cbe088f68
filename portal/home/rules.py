"""What a partner's home says first, and what a new partner still has to do. Times and amounts come in as words."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from portal.moves import Tone
from portal.partners.rules import MAY_REFER, PartnerState


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The agreement that waits for a signature."""

    ref: str
    sign_by: str
    is_late: bool
    signers: str
    """`Hana`, `Hana or Ben`; empty where nobody of the company can sign."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """An open question about a referral of the reader's."""

    ref: str
    company: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How things stand for the company, and what its reader may do about them."""

    program: str
    """The company that runs the program, as people say it."""
    state: PartnerState
    is_in_force: bool
    waiting: Waiting | None
    has_referral: bool
    question: Question | None
    unpaid: str
    """Money that is earned and not paid, in words; empty where there is none."""
    block: str
    """Why it cannot be paid, in a sentence; empty where nothing stands in the way."""
    change_waits: bool
    has_details: bool
    has_tax_form: bool
    answer_within: str
    may_sign: bool
    may_read_agreements: bool
    may_refer: bool
    may_mend_payouts: bool

    @property
    def can_refer(self) -> bool:
        """This reader, now."""
        return self.may_refer and self.is_in_force and self.state in MAY_REFER


class Opening(NamedTuple):
    """The first sentence: whom or what it is about, the rest of it, and where it leads."""

    about: str
    sentence: str
    small: str = ""
    tone: Tone = ""
    url: str = ""
    label: str = ""


def opening(now: Standing) -> Opening:
    """What comes first: a signature, an answer, what keeps money from being paid, then the next introduction."""
    return (
        _signature(now)
        or _answer(now)
        or _money(now)
        or _no_agreement(now)
        or _resting(now)
        or _refer(now)
        or Opening("", "Nothing waits for you today.", "What your colleagues do here shows up as it happens.")
    )


def _signature(now: Standing) -> Opening | None:
    if now.waiting is None:
        return None
    waiting = now.waiting
    by = f"It was to be signed by {waiting.sign_by}." if waiting.is_late else f"Sign it by {waiting.sign_by}."
    url = f"/agreements/{waiting.ref}" if now.may_read_agreements else ""
    if now.may_sign:
        return Opening("Your agreement", " is waiting for your signature.", by, "due", url, "Read and sign")
    if waiting.signers:
        who = f"{waiting.signers} can sign for your company, by {waiting.sign_by}."
        return Opening("Your agreement", " is waiting for a signature.", who, "", url, "Read it")
    nobody = "Nobody of your company can sign yet: whoever leads your team gives somebody that role, under Team."
    return Opening("Your agreement", " is waiting for a signature.", nobody, "due", "/team/", "Open the team")


def _answer(now: Standing) -> Opening | None:
    if now.question is None or not now.may_refer:
        return None
    small = "Our clock is paused until you answer. Your claim is not affected."
    asked = f": “{now.question.text}”"
    return Opening(now.question.company, asked, small, "due", f"/referrals/{now.question.ref}", "Answer")


def _money(now: Standing) -> Opening | None:
    if not (now.unpaid and now.block and now.may_mend_payouts):
        return None
    kept = f"{now.block} The money is kept for you until then."
    if now.change_waits:
        return Opening(now.unpaid, " waits to be paid.", kept, "note", "/company/", "See where you are paid")
    return Opening(
        now.unpaid, " waits for you and cannot be paid yet.", kept, "due", "/company/", "Add what is missing"
    )


def _no_agreement(now: Standing) -> Opening | None:
    if now.is_in_force or now.state is PartnerState.TERMINATED:
        return None
    told = "You get a mail as soon as it can be signed. Until then, read who is a good fit."
    return Opening(now.program, " prepares your agreement.", told, "note", "/resources/", "Read about it")


def _resting(now: Standing) -> Opening | None:
    if now.state in MAY_REFER or now.state is PartnerState.ONBOARDING:
        return None
    if now.state is PartnerState.PAUSED:
        small = "What you introduced goes on, and what you earned is paid. Ask us when you want to refer again."
        return Opening("Your partnership", " is paused.", small, "note")
    return Opening("Your partnership", " has ended.", "You can read everything here, and what is owed is paid.", "note")


def _refer(now: Standing) -> Opening | None:
    if not now.can_refer:
        return None
    small = f"It takes two minutes. You get our answer within {now.answer_within}."
    sentence = (
        "Whom do you know who could use it?" if now.has_referral else "You are ready to introduce your first company."
    )
    return Opening("", sentence, small, "", "/referrals/new", "Refer a company")


class Step(NamedTuple):
    """A step of a new partner."""

    label: str
    state: Literal["done", "now", "todo"]
    note: str = ""
    url: str = ""


def first_steps(now: Standing) -> list[Step]:
    """What a new partner has done and what it has not; nothing once it refers and can be paid."""
    if now.is_in_force and now.has_referral:
        return []
    details = "a second person looks at it" if now.change_waits and not now.has_details else ""
    todo = [
        ("Sign the agreement", now.is_in_force, _agreement_note(now), _agreement_url(now)),
        ("Say where you are paid", now.has_details, details, "/company/" if now.may_mend_payouts else ""),
        ("Put the tax form on file", now.has_tax_form, "", "/company/" if now.may_mend_payouts else ""),
        (
            "Introduce a first company",
            now.has_referral,
            "" if now.is_in_force else "once the agreement is signed",
            "/referrals/new" if now.can_refer else "",
        ),
    ]
    first = next((label for label, done, *_ in todo if not done), "")
    return [
        Step(label, "done" if done else "now" if label == first else "todo", "" if done else note, "" if done else url)
        for label, done, note, url in todo
    ]


def _agreement_note(now: Standing) -> str:
    return f"by {now.waiting.sign_by}" if now.waiting else f"{now.program} prepares it"


def _agreement_url(now: Standing) -> str:
    return f"/agreements/{now.waiting.ref}" if now.waiting and now.may_read_agreements else ""
