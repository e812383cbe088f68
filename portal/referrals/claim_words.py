"""A claim and what can be done about it, in words: on the page of its referral, beside what happens next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from markupsafe import Markup

from portal.agreements.terms import Terms, terms_of_text
from portal.formats import DAYS, local_day, reader_zone, when_words
from portal.referrals.claims import ASK_WITHIN, About, can_appeal, can_extend, why_not_appealed, why_not_extended
from portal.referrals.deadlines import left_words
from portal.referrals.decline_reasons import DECLINE_REASONS
from portal.referrals.expiry import appeal_until
from portal.referrals.facts import Pairs
from portal.referrals.models import Protection, Referral
from portal.referrals.next_sentence import Next
from portal.referrals.rules import PROTECTION_LIVE, Ending, ProtectionState, Status
from portal.referrals.story import Side

_S = ProtectionState
_ENDED: dict[Side, dict[Ending, str]] = {
    "partner": {
        Ending.RAN_OUT: "Its time ran out.",
        Ending.GIVEN_BACK: "You gave it back.",
        Ending.DEAL_WON: "The deal was won, so nothing is left to protect.",
        Ending.DEAL_LOST: "The deal was lost.",
    },
    "staff": {
        Ending.RAN_OUT: "Its time ran out.",
        Ending.GIVEN_BACK: "The partner gave it back.",
        Ending.DEAL_WON: "The deal was won.",
        Ending.DEAL_LOST: "The deal was lost.",
    },
}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A referral and its protection, as one reader sees them at one moment."""

    side: Side
    now: datetime
    referral: Referral
    terms: Terms
    protection: Protection | None
    extension: Any
    appeal: Any
    appeal_due_at: datetime | None

    @classmethod
    def of(cls, row: Any, now: datetime, side: Side) -> Self:
        """From a row of `deals.story`."""
        terms = terms_of_text(row.terms)
        beside = {"protection": row.Protection, "extension": row.Extension}
        appealed = {"appeal": row.Appeal, "appeal_due_at": row.appeal_due_at}
        return cls(side=side, now=now, referral=row.Referral, terms=terms, **beside, **appealed)

    @property
    def facts(self) -> Pairs:
        """From when to when it is kept, what was asked for, and what still counts afterwards."""
        kept = self.protection
        if kept is None:
            return []
        if kept.ending is Ending.REVOKED:
            return [("Revoked", f"on {_ended_on(kept)}"), ("Why", kept.end_reason)]
        ended: Pairs = []
        if not self.is_live and kept.ending is not None:
            ended = [("Ended", f"on {_ended_on(kept)}. {_ENDED[self.side][kept.ending]}")]
        return [*_until(self, kept), *_asked(self.extension), *ended, *_afterwards(self, kept)]

    @property
    def version(self) -> int:
        return self.protection.version if self.protection else 0

    @property
    def is_live(self) -> bool:
        """It keeps others out; one whose time is over, which nobody noted yet, does not."""
        kept = self.protection
        return kept is not None and kept.state in PROTECTION_LIVE and not _is_behind(kept, self.now)

    @property
    def may_revoke(self) -> bool:
        return self.is_live or (self.protection is not None and self.protection.state is _S.TAIL)

    @property
    def is_asked(self) -> bool:
        return self.extension is not None and self.extension.state == "asked"

    @property
    def may_extend(self) -> bool:
        """Once, and near its end."""
        kept = self.protection
        return kept is not None and self._may_ever_extend and self.now < kept.ends_at <= self.now + ASK_WITHIN

    @property
    def longer_until(self) -> str:
        """The day on which it would end, extended in time."""
        return local_day(self.protection.ends_at + timedelta(days=self.terms.extension_days)) if self.protection else ""

    @property
    def _may_ever_extend(self) -> bool:
        had = self.extension is not None and self.extension.state != "lapsed"
        state = self.protection.state if self.protection else _S.EXPIRED
        return can_extend(state, days=self.terms.extension_days, had=had)

    @property
    def appealable(self) -> About | None:
        """The decision that was not appealed yet."""
        ending = self.protection.ending if self.protection else None
        about = can_appeal(self.referral.status, self.referral.decline_reason, ending)
        return None if self.appeal is not None and self.appeal.about == about else about

    @property
    def _decided_at(self) -> datetime | None:
        if self.appealable is About.DECLINE or self.protection is None:
            return self.referral.decided_at
        return self.protection.ended_at

    @property
    def may_appeal(self) -> bool:
        decided = self._decided_at
        return self.appealable is not None and decided is not None and self.now <= appeal_until(decided)

    @property
    def why_not_extended(self) -> str:
        """With the day; empty where it can be asked for now."""
        kept, had = self.protection, self.extension
        if kept is None:
            return "Nothing is protected here."
        had_at = None if had is None or had.state == "lapsed" else had.settled_at
        ends_at, days = kept.ended_at or kept.ends_at, self.terms.extension_days
        return why_not_extended(kept.state, ends_at, self.now, days=days, had_at=had_at, when=when_words)

    @property
    def why_not_appealed(self) -> str:
        """With the day; empty where it can be appealed now."""
        ending = self.protection.ending if self.protection else None
        about = can_appeal(self.referral.status, self.referral.decline_reason, ending)
        until = appeal_until(self._decided_at) if self._decided_at else None
        had_at = self.appeal.opened_at if self.appeal is not None and self.appeal.about == about else None
        return why_not_appealed(about, until, self.now, had_at=had_at, day=weekday)

    @property
    def appeal_by(self) -> str:
        """`Tue 3 Dec`."""
        return weekday(appeal_until(self._decided_at)) if self._decided_at else ""

    @property
    def decision(self) -> Pairs:
        """What can be appealed, as it was told."""
        if self.appealable is About.REVOCATION:
            return self.facts
        why = self.referral.decline_reason
        said = [("Declined", f"on {local_day(self.referral.decided_at)}")] if self.referral.decided_at else []
        reason = [("Reason", DECLINE_REASONS[why].sentence)] if why else []
        note = [("In our words", self.referral.decision_note)] if self.referral.decision_note else []
        return [*said, *reason, *note]

    @property
    def is_appealed(self) -> bool:
        return self.appeal is not None and self.appeal.state == "open"

    @property
    def action(self) -> tuple[str, str] | None:
        """The partner's next click, where there is one: its address and its label."""
        place = f"/referrals/{self.referral.ref}"
        if self.may_appeal:
            return f"{place}/appeal", "Appeal"
        if self.referral.status is Status.EXPIRED and self.referral.erased_at is None:
            return f"{place}/renewal", "Send it again"
        return (f"{place}/extension", "Ask for an extension") if self.may_extend else None

    def beside(self, said: Next) -> Next:
        """What happens next, with the day by which something has to be done about the claim."""
        if self.referral.status is Status.NEEDS_INFO and self.referral.answer_by is not None:
            by = weekday(self.referral.answer_by)
            says = {"partner": f"Answer by {by}, else it expires.", "staff": f"It expires on {by} unless they answer."}
            return said._replace(small=f"Our clock is paused. {says[self.side]}")
        lines = [said.small, _line(self), _appeal_line(self)]
        return said._replace(small=" ".join(filter(None, lines)))


def weekday(at: datetime) -> str:
    """`Tue 3 Dec`, in the reader's zone: a day that somebody has to keep."""
    return f"{DAYS[at.astimezone(reader_zone()).weekday()]} {local_day(at)}"


def _until(claim: Claim, kept: Protection) -> Pairs:
    since = ("From", local_day(kept.starts_at))
    if kept.state is _S.PAUSED and kept.paused_at is not None:
        return [("Protected", f"rests while the deal is parked, {left_words(kept.ends_at, kept.paused_at)}"), since]
    if not claim.is_live:
        return [("Protected", f"until {_ended_on(kept)}"), since]
    if kept.ends_at <= claim.now:
        return [("Protected", "until the request is answered"), since]
    left = left_words(kept.ends_at, claim.now)
    until = Markup("until <strong>{}</strong> ({})").format(local_day(kept.ends_at), left)
    return [("Protected", until + _longer(claim, kept)), since]


def _longer(claim: Claim, kept: Protection) -> str:
    if not claim._may_ever_extend:
        return ""
    later = "" if claim.may_extend else f", from {local_day(kept.ends_at - ASK_WITHIN)} on"
    return f" · can be extended once, by {claim.terms.extension_days} days{later}"


def _asked(extension: Any) -> Pairs:
    if extension is None or extension.state == "lapsed":
        return []
    on = local_day(extension.settled_at or extension.asked_at)
    said = {
        "asked": f"asked on {on}; until it is answered, the protection does not end",
        "granted": f"granted on {on}, by {extension.days} days",
        "refused": f"refused on {on}",
    }[extension.state]
    return [("Extension", f"{said}: {extension.reason}" if extension.reason else said)]


def _afterwards(claim: Claim, kept: Protection) -> Pairs:
    if claim.is_live:
        days = claim.terms.tail_days
        return [("After that", f"deals closing within {days} days still count" if days else "it ends")]
    if kept.ending is Ending.DEAL_WON or kept.tail_ends_at <= claim.now:
        return []
    return [("Still counts", f"a deal closing by {local_day(kept.tail_ends_at)}")]


def _is_behind(kept: Protection, now: datetime) -> bool:
    return kept.state is _S.ACTIVE and kept.ends_at <= now


def _ended_on(kept: Protection) -> str:
    return local_day(kept.ended_at or kept.ends_at)


def _line(claim: Claim) -> str:
    kept = claim.protection
    if kept is None:
        return ""
    if kept.ending is Ending.REVOKED:
        return f"The protection was revoked on {_ended_on(kept)}: {kept.end_reason}"
    if kept.state is _S.EXTENSION_REQUESTED:
        return "The extension is being decided; until then the protection does not end."
    if kept.state is not _S.ACTIVE or not claim.now < kept.ends_at <= claim.now + ASK_WITHIN:
        return ""
    who = "You can" if claim.side == "partner" else "The partner can"
    ask = f" {who} ask for {claim.terms.extension_days} days more." if claim.may_extend else ""
    return f"Protected until {weekday(kept.ends_at)} ({left_words(kept.ends_at, claim.now)}).{ask}"


def _due(claim: Claim) -> str:
    if claim.appeal_due_at is None:
        return ""
    words = ", due since {}" if claim.appeal_due_at < claim.now else ", by {}"
    return words.format(when_words(claim.appeal_due_at))


def _appeal_line(claim: Claim) -> str:
    who = "You can" if claim.side == "partner" else "The partner can"
    if claim.may_appeal:
        return f"{who} appeal until {claim.appeal_by}."
    appeal = claim.appeal
    if appeal is None or (appeal.state == "upheld" and claim.referral.status is not Status.UNDER_REVIEW):
        return ""
    on = local_day(appeal.settled_at or appeal.opened_at)
    return {
        "open": f"The appeal of {on} is answered by somebody else than who decided{_due(claim)}.",
        "upheld": f"The appeal was upheld on {on}, so it is decided anew.",
        "rejected": f"The appeal was rejected on {on}, and that is final: {appeal.reason}",
        "withdrawn": "",
    }[appeal.state]
