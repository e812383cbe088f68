from dataclasses import dataclass

from portal.events import Audience, Event


@dataclass(frozen=True, kw_only=True)
class OfAPerson(Event):
    """About an account. `ref` is the person's; a partner's people read what happens in their company."""

    audience = Audience.PARTNER


@dataclass(frozen=True, kw_only=True)
class UserInvited(OfAPerson):
    user_user_id: int
    link_id: int

    sentence = "{by} invited {user}."


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(OfAPerson):
    user_user_id: int

    sentence = "{user} accepted the invitation."


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(OfAPerson):
    user_user_id: int

    sentence = "{by} took the invitation of {user} back."


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(OfAPerson):
    user_user_id: int
    link_id: int

    sentence = "A link to a new password was sent to {user}."


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(OfAPerson):
    sentence = "{by} set a new password."


@dataclass(frozen=True, kw_only=True)
class AddressChangeAsked(OfAPerson):
    change_id: int

    sentence = "{by} asked for another mail address."


@dataclass(frozen=True, kw_only=True)
class AddressChangeConfirmed(OfAPerson):
    change_id: int
    end: str

    sentence = "{by} confirmed the change of address at the {end} one."


@dataclass(frozen=True, kw_only=True)
class AddressChangeStopped(OfAPerson):
    change_id: int

    sentence = "The change of the mail address was stopped."


@dataclass(frozen=True, kw_only=True)
class AddressChanged(OfAPerson):
    """Both ends have confirmed it."""

    change_id: int

    sentence = "{by} has another mail address."


@dataclass(frozen=True, kw_only=True)
class NewDeviceUsed(OfAPerson):
    """A sign-in from a browser that the person has not used before, though they have used others."""

    device_id: int

    sentence = "{by} signed in with a browser not seen before."


@dataclass(frozen=True, kw_only=True)
class UserDisabled(OfAPerson):
    user_user_id: int

    sentence = "{by} closed the account of {user}."


@dataclass(frozen=True, kw_only=True)
class UserEnabled(OfAPerson):
    user_user_id: int

    sentence = "{by} opened the account of {user} again."


@dataclass(frozen=True, kw_only=True)
class RolesChanged(OfAPerson):
    user_user_id: int
    roles: str
    """In words, as they stand from now on."""

    sentence = "{by} changed the roles of {user} to {roles}."
