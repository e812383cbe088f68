import secrets
from datetime import datetime

from portal import attempts
from portal.errors import Refused
from portal.extensions import db
from portal.notifications.models import Delivery
from portal.notifications.rules import DeliveryState


def write_to(
    address: str,
    subject: str,
    lines: list[str],
    *,
    now: datetime,
    action_label: str = "",
    action_path: str = "",
    user_id: int | None = None,
    partner_id: int | None = None,
    event_kind: str = "",
    ref: str = "",
) -> Delivery:
    """A message to one address, sent by the worker once this transaction is committed."""
    delivery = Delivery(
        message_id=secrets.token_hex(16),
        to_address=address,
        subject=subject,
        lines=lines,
        action_label=action_label,
        action_path=action_path,
        user_id=user_id,
        partner_id=partner_id,
        event_kind=event_kind,
        ref=ref,
        **attempts.asked(now),
    )
    db.session.add(delivery)
    db.session.flush()
    return delivery


def send_again(delivery: Delivery, *, now: datetime) -> None:
    """Another round of attempts for a message that was given up. Raises Refused for any other."""
    if delivery.state is not DeliveryState.DEAD:
        raise Refused("Only a message that could not be sent is sent again.")
    for name, value in attempts.again(now).items():
        setattr(delivery, name, value)
    db.session.flush()
