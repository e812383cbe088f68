"""What time does to referrals, once for each step, and what the criteria decide of them."""

from portal.referrals.by_rule import attempt as attempt_rule
from portal.referrals.by_rule import due as rules_due
from portal.referrals.timers import attempt, due

__all__ = ["attempt", "attempt_rule", "due", "rules_due"]
