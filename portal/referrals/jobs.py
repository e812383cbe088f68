"""What time does to referrals, once for each step."""

from portal.referrals.timers import attempt, due

__all__ = ["attempt", "due"]
