"""What time does to protections, once for each step."""

from portal.protections.timers import attempt, due

__all__ = ["attempt", "due"]
