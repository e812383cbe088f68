from portal.conversation import queries
from portal.conversation.events import MessageSent
from portal.deals import updates
from portal.events import reacts_to


@reacts_to(MessageSent)
def partner_heard_of_it(event: MessageSent) -> None:
    """A message of ours is news: the next is owed anew from then on."""
    updates.message_sent(event.ref, event.by, event.at, written_to=queries.written_to)
