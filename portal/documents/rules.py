from enum import StrEnum


class DocumentKind(StrEnum):
    AGREEMENT = "agreement"
    SIGNED_AGREEMENT = "signed_agreement"
    STATEMENT = "statement"


class DocumentState(StrEnum):
    PENDING = "pending"
    MADE = "made"
    DEAD = "dead"
    """Given up; visible, and made again when somebody asks."""
    ERASED = "erased"
    """Its time was over: neither the file nor what it was made from is there any more."""
