"""A person is told of whatever happens to the second factors of their account."""

from collections.abc import Callable
from functools import partial

from portal.auth.factor_events import (
    AppAdded,
    AppRemoved,
    FactorsReset,
    OfAFactor,
    PasskeyAdded,
    PasskeyDoubted,
    PasskeyRemoved,
    RecoveryCodesMade,
    RecoveryCodeUsed,
)
from portal.events import reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import Message
from portal.notifications.messages import factors as words
from portal.notifications.readers import person
from portal.program import the_program

APP, PASSKEY = "An authenticator app", "A passkey"


@reacts_to(AppAdded)
def app_added(event: AppAdded) -> None:
    _tell(event, partial(words.added, what=APP))


@reacts_to(AppRemoved)
def app_removed(event: AppRemoved) -> None:
    _tell(event, partial(words.removed, what=APP))


@reacts_to(PasskeyAdded)
def passkey_added(event: PasskeyAdded) -> None:
    _tell(event, partial(words.added, what=PASSKEY))


@reacts_to(PasskeyRemoved)
def passkey_removed(event: PasskeyRemoved) -> None:
    _tell(event, partial(words.removed, what=PASSKEY))


@reacts_to(FactorsReset)
def reset(event: FactorsReset) -> None:
    _tell(event, partial(words.reset, by=queries.name_of(event.by) or "Somebody"))


@reacts_to(RecoveryCodeUsed)
def code_used(event: RecoveryCodeUsed) -> None:
    _tell(event, partial(words.code_used, left=event.left))


@reacts_to(RecoveryCodesMade)
def codes_made(event: RecoveryCodesMade) -> None:
    _tell(event, words.codes_made)


@reacts_to(PasskeyDoubted)
def doubted(event: PasskeyDoubted) -> None:
    _tell(event, words.doubted)


def _tell(event: OfAFactor, sent: Callable[..., Message]) -> None:
    program = the_program()
    name = program.name if program else "the partner portal"
    readers = person(event.user_user_id, event.at)
    tell(event, readers, lambda reader: sent(program=name, at=reader.when(event.at)), receipt=True)
