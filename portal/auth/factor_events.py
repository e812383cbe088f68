from dataclasses import dataclass

from portal.auth.events import OfAPerson


@dataclass(frozen=True, kw_only=True)
class OfAFactor(OfAPerson):
    user_user_id: int


@dataclass(frozen=True, kw_only=True)
class AppAdded(OfAFactor):
    sentence = "{user} signs in with an authenticator app too."


@dataclass(frozen=True, kw_only=True)
class AppRemoved(OfAFactor):
    sentence = "{user} removed the authenticator app."


@dataclass(frozen=True, kw_only=True)
class PasskeyAdded(OfAFactor):
    sentence = "{user} added a passkey."


@dataclass(frozen=True, kw_only=True)
class PasskeyRemoved(OfAFactor):
    sentence = "{user} removed a passkey."


@dataclass(frozen=True, kw_only=True)
class PasskeyDoubted(OfAFactor):
    """Its counter went back: there may be a copy of it."""

    sentence = "A passkey of {user} was refused: it may have been copied."


@dataclass(frozen=True, kw_only=True)
class FactorsReset(OfAFactor):
    """By somebody else, for whoever lost them all."""

    sentence = "{by} removed the second factors of {user}."


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(OfAFactor):
    sentence = "{user} made new recovery codes."


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(OfAFactor):
    left: int

    sentence = "{user} used a recovery code; {left} are left."
