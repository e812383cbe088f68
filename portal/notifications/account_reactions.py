"""Who is told of what happens to an account: the person whose it is, at the address that it is about."""

from dataclasses import replace
from functools import partial

from portal.auth.events import (
    AddressChangeAsked,
    AddressChanged,
    AddressChangeStopped,
    NewDeviceUsed,
    PasswordChanged,
    PasswordResetAsked,
    UserInvited,
)
from portal.auth.rules import device_words
from portal.events import reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import accounts as words
from portal.notifications.readers import Reader, person
from portal.program import the_program


@reacts_to(UserInvited)
def invitation(event: UserInvited) -> None:
    """Where the address is another account's, whoever has that is told, and no link is sent."""
    link, by = queries.link(event.link_id), queries.name_of(event.by)
    invited = person(event.user_user_id, event.at)
    if link.invited_as is not None:
        told = words.invited_though_known(program=_name(), company=link.company, by=by, contact=_contact())
        tell(event, _at(link.invited_as, invited), lambda _: told)
        return
    sent = partial(words.invited, program=_name(), company=link.company or "", by=by)
    tell(event, invited, lambda reader: sent(until=reader.when(link.expires_at)), link_id=event.link_id)


@reacts_to(PasswordResetAsked)
def new_password(event: PasswordResetAsked) -> None:
    link = queries.link(event.link_id)
    sent = partial(words.reset_asked, program=_name())
    asked = person(event.user_user_id, event.at)
    tell(event, asked, lambda reader: sent(until=reader.when(link.expires_at)), link_id=event.link_id)


@reacts_to(PasswordChanged)
def password_receipt(event: PasswordChanged) -> None:
    if event.by is not None:
        sent = partial(words.password_changed, program=_name())
        tell(event, person(event.by, event.at), lambda reader: sent(at=reader.when(event.at)), receipt=True)


@reacts_to(AddressChangeAsked)
def address_change_asked(event: AddressChangeAsked) -> None:
    change = queries.address_change(event.change_id)
    asked = person(change.user_id, event.at)
    at_old = partial(words.address_change_at_old, program=_name(), new=change.new_address)
    tell(
        event,
        asked,
        lambda reader: at_old(until=reader.when(change.until)),
        receipt=True,
        link_id=change.old_link_id,
    )
    there = _at(change.new_address, asked)
    if change.is_taken:
        told = words.address_change_though_known(program=_name(), contact=_contact())
        tell(event, there, lambda _: told, receipt=True)
        return
    at_new = partial(words.address_change_at_new, program=_name())
    tell(
        event,
        there,
        lambda reader: at_new(name=reader.name, until=reader.when(change.until)),
        receipt=True,
        link_id=change.new_link_id,
    )


@reacts_to(AddressChangeStopped)
def address_change_stopped(event: AddressChangeStopped) -> None:
    change = queries.address_change(event.change_id)
    told = words.address_change_stopped(program=_name(), new=change.new_address)
    tell(event, person(change.user_id, event.at), lambda _: told, receipt=True)


@reacts_to(AddressChanged)
def address_changed(event: AddressChanged) -> None:
    change = queries.address_change(event.change_id)
    told = words.address_changed(program=_name(), new=change.new_address, contact=_contact())
    changed = person(change.user_id, event.at)
    for address in (change.old_address, change.new_address):
        tell(event, _at(address, changed), lambda _: told, receipt=True)


@reacts_to(NewDeviceUsed)
def new_device(event: NewDeviceUsed) -> None:
    device = queries.device(event.device_id)
    sent = partial(words.new_device, program=_name(), browser=device_words(device.user_agent), address=device.address)
    if event.by is not None:
        tell(event, person(event.by, event.at), lambda reader: sent(at=reader.when(event.at)), receipt=True)


def _at(address: str, readers: list[Reader]) -> list[Reader]:
    """The same people, written to at another address than the one of their account."""
    return [replace(reader, email=address) for reader in readers]


def _name() -> str:
    program = the_program()
    return program.name if program else "the partner portal"


def _contact() -> str:
    program = the_program()
    return program.contact_email if program else "your contact"
