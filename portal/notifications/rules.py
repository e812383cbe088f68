from enum import StrEnum


class Channel(StrEnum):
    MAIL = "mail"


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    """Given up; visible, with a button to send it again."""
