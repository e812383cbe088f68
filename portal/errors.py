class Refused(Exception):  # noqa: N818  (it is an answer, not a fault)
    """A rule said no. The message is written for the person who asked.

    `field` names the form field that it is about, where there is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Overtaken(Refused):
    """Somebody else changed the record first; the second of two deciders gets this."""

    def __init__(self) -> None:
        super().__init__("Someone changed this a moment before you. Look again, then decide.")
