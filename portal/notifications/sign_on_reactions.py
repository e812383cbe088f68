"""Who is told of single sign-on: whose account it opens, and whoever answers for the people of that side."""

from functools import partial

from portal.auth.rules import Role
from portal.events import reacts_to
from portal.notifications import queries
from portal.notifications.actions import tell
from portal.notifications.messages import sign_on as words
from portal.notifications.readers import LEADS, company, person, staff
from portal.program import the_program
from portal.sso.events import (
    IdentityLinked,
    OfSignOn,
    SingleSignOnChanged,
    SingleSignOnDisabled,
    SingleSignOnEnabled,
)

DONE: dict[type[OfSignOn], str] = {
    SingleSignOnChanged: "changed the settings of single sign-on",
    SingleSignOnEnabled: "switched single sign-on on",
    SingleSignOnDisabled: "switched single sign-on off",
}


@reacts_to(IdentityLinked)
def identity_linked(event: IdentityLinked) -> None:
    program = the_program()
    found = queries.sign_on(event.ref)
    sent = partial(words.linked, program=program.name if program else "the partner portal", provider=found.issuer)
    tell(event, person(event.user_user_id, event.at), lambda reader: sent(at=reader.when(event.at)), receipt=True)


@reacts_to(SingleSignOnChanged, SingleSignOnEnabled, SingleSignOnDisabled)
def sign_on_changed(event: OfSignOn) -> None:
    program, found = the_program(), queries.sign_on(event.ref)
    of_company = event.partner_id is not None
    told = company(event, LEADS) if of_company else staff(Role.PROGRAM_ADMIN, event.at)
    sent = partial(
        words.changed,
        side=found.company or (program.company_name if program else "staff"),
        what=DONE[type(event)],
        by=queries.name_of(event.by),
        provider=found.issuer,
        path="/company/sign-in" if of_company else "/staff/settings/sign-in",
    )
    tell(event, told, lambda reader: sent(at=reader.when(event.at)))
