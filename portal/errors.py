from datetime import datetime
from math import ceil


class Refused(Exception):  # noqa: N818  (it is an answer, not a fault)
    """A rule said no. The message is written for the person who asked.

    `field` names the form field that it is about, where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooManyTries(Exception):  # noqa: N818  (no form comes back with it: the page is a 429)
    """A pause, until a time: never a lock for good."""

    def __init__(self, until: datetime, now: datetime) -> None:
        self.until, self.seconds = until, max(1, ceil((until - now).total_seconds()))
        wait = f"{ceil(self.seconds / 60)} minutes" if self.seconds > 60 else f"{self.seconds} seconds"
        super().__init__(f"That was tried too often. Try again in {wait}.")


class Overtaken(Refused):
    """Somebody else changed the record first; the second of two deciders gets this."""

    def __init__(self) -> None:
        super().__init__("Someone changed this a moment before you. Look again, then decide.")
