"""What leaves the program: papers that nobody draws, and messages that count as sent."""

from hashlib import sha256
from html import escape

from portal.documents.rules import DocumentKind, DocumentState
from portal.notifications.rules import Channel, DeliveryState
from portal.seeds.scale.bulk import Bulk

NEVER = "9999-12-31 00:00:00.000000"
"""When the PDFs are drawn: tens of thousands would keep a worker busy for hours."""


def ask_for(bulk: Bulk, kind: DocumentKind, ref: str, *, partner_id: int, title: str, text: str, at: str) -> None:
    bulk.add(
        "documents",
        partner_id=partner_id,
        kind=kind.value,
        ref=ref,
        title=title,
        html=f"<!doctype html><title>{title}</title><pre>{escape(text)}</pre>",
        state=DocumentState.PENDING.value,
        created_at=at,
        next_at=NEVER,
        give_up_at=NEVER,
        attempts=0,
        error="",
    )


def told(bulk: Bulk, kind: str, ref: str, partner_id: int, reader: tuple[int, str], *, about: str, at: str) -> None:
    bulk.add(
        "deliveries",
        message_id=sha256(f"{kind}/{ref}".encode()).hexdigest()[:32],
        channel=Channel.MAIL.value,
        user_id=reader[0],
        partner_id=partner_id,
        to_address=reader[1],
        subject=f"{ref}: {about}",
        lines="[]",
        action_label="",
        action_path="",
        event_kind=kind,
        ref=ref,
        state=DeliveryState.SENT.value,
        sent_at=at,
        created_at=at,
        next_at=at,
        give_up_at=at,
        attempts=1,
        error="",
    )
