"""Who is told of a message on a referral: the other side's people, and whoever is mentioned."""

from collections.abc import Iterable
from typing import Any

from portal.auth.rules import Role
from portal.conversation import queries as conversation
from portal.conversation import who
from portal.conversation.events import MessageSent, NoteWritten
from portal.conversation.shown import file_names
from portal.events import Event, reacts_to
from portal.notifications.actions import tell
from portal.notifications.messages import Message
from portal.notifications.messages import conversation as words
from portal.notifications.readers import LEADS, Reader, company, person, staff
from portal.program import the_program


@reacts_to(MessageSent)
def message_sent(event: MessageSent) -> None:
    found = conversation.message(event.message_id)
    mentioned = _mentioned(found)
    is_ours = found.by_partner_id is None
    told = _company_readers(event, found) if is_ours else _our_readers(event, found)
    known = {reader.id for reader in told}
    told += [reader for id_ in sorted(mentioned - known) for reader in person(id_, event.at)]
    tell(event, told, lambda reader: _words(found, reader, is_mentioned=reader.id in mentioned))


@reacts_to(NoteWritten)
def note_written(event: NoteWritten) -> None:
    found = conversation.message(event.message_id)
    told = [reader for id_ in sorted(_mentioned(found)) for reader in person(id_, event.at)]
    tell(event, told, lambda reader: _noted(found))


def _company_readers(event: Event, found: Any) -> list[Reader]:
    """Whoever introduced them, and who wrote on it; where none of them is left, the leads."""
    wanted = who.who_may_read(found.Referral, who.told_of_partner(found.Referral))
    return _people(wanted, event) or company(event, LEADS)


def _our_readers(event: Event, found: Any) -> list[Reader]:
    """Whoever has the referral; where nobody has, those who decide."""
    return _people(who.told_of_ours(found.Referral), event) or staff(Role.QUALIFIER, event.at)


def _people(ids: Iterable[int], event: Event) -> list[Reader]:
    return [reader for id_ in sorted(ids) for reader in person(id_, event.at)]


def _mentioned(found: Any) -> set[int]:
    return {person_id for person_id, _ in found.mentions}


def _words(found: Any, reader: Reader, *, is_mentioned: bool) -> Message:
    is_ours, same_side = found.by_partner_id is None, found.by_partner_id == reader.partner_id
    program = the_program()
    side = program.company_name if is_ours and program else found.partner
    return words.written(
        company=found.Referral.company,
        ref=found.Referral.ref,
        by=found.by,
        of="" if same_side else side,
        text=found.text,
        files=file_names(found.files or ""),
        is_mentioned=is_mentioned,
        path=_path(found, reader),
    )


def _noted(found: Any) -> Message:
    return words.noted(
        company=found.Referral.company,
        ref=found.Referral.ref,
        by=found.by,
        text=found.text,
        files=file_names(found.files or ""),
        path=f"/staff/referrals/{found.Referral.ref}",
    )


def _path(found: Any, reader: Reader) -> str:
    base = "/staff/referrals" if reader.partner_id is None else "/referrals"
    return f"{base}/{found.Referral.ref}"
