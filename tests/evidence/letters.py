"""Mail files as people save them."""

from email.message import EmailMessage
from typing import Any

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00GPS" + b"\x00" * 20
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "


def eml(
    sender: str = "Ruth Calder <ruth@calderfinch.example>",
    to: str = "Ana <ana@brightwater.example>",
    text: str = "We would like to see Lumen CRM next week.",
    **more: Any,
) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = sender, to
    letter["Date"], letter["Subject"] = (
        more.pop("date", "Tue, 03 Nov 2026 10:02:00 +0100"),
        more.pop("subject", "Hello"),
    )
    cte = more.pop("cte", None)
    letter["Message-ID"] = "<1@calderfinch.example>"
    for name, value in more.items():
        letter[name.capitalize()] = value
    letter.set_content(text, cte=cte)
    return letter.as_bytes()
