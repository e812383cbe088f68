from portal.criteria import actions
from portal.events import Event, reacts_to
from portal.fields.events import FieldChanged, FieldRetired


@reacts_to(FieldChanged, FieldRetired)
def what_is_read_stays_asked(event: Event) -> None:
    actions.check_still_asked(event.ref)
