"""Everything that can wait for somebody of ours: one line for each kind of it."""

from portal.home.sources import (
    agreements,
    claims,
    conversations,
    deals,
    machines,
    money,
    news,
    people,
    promises,
    publishing,
    referrals,
    statements,
)
from portal.home.sources.source import Source

__all__ = ["SOURCES", "news"]

SOURCES: tuple[Source, ...] = (
    referrals.TO_DECIDE,
    claims.EXTENSIONS,
    claims.APPEALS,
    conversations.WAITING_FOR_A_WORD,
    deals.NEXT_STEPS,
    deals.STANDING_STILL,
    deals.NEWS,
    deals.NOT_CONTACTED,
    promises.MISSED,
    people.TASKS,
    people.EMERGENCIES,
    money.BOOKED_FEES,
    money.HELD_FEES,
    money.FEES_TO_PAY,
    statements.TO_ISSUE,
    statements.TO_ASK_FOR,
    money.PAYOUT_RUNS,
    money.PAYOUT_DETAILS,
    agreements.UNSIGNED,
    agreements.MISSING,
    publishing.FEE_PLANS,
    publishing.CRITERIA,
    publishing.ENGAGEMENT,
    machines.MAILS,
    machines.PAPERS,
)
