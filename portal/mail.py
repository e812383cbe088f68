"""Mail over Flask-Mailman: to a server, or into a folder as one `.eml` file a message. Used by the worker only."""

import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from css_inline import CSSInliner
from flask import Flask, current_app, render_template
from flask_mailman import EmailMessage, EmailMultiAlternatives, Mail
from flask_mailman.backends.base import BaseEmailBackend
from flask_mailman.backends.smtp import EmailBackend

from portal.config import Settings
from portal.errors import Refused
from portal.mail_folder import MARK
from portal.program import the_program

TIMEOUT_SECONDS = 20
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
_inliner = CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)  # the dark theme is a media query


@dataclass(frozen=True)
class Letter:
    """A message in words; how it looks is the template's."""

    message_id: str
    to: str
    subject: str
    lines: list[str]
    at: datetime
    """When it was written: a repeat has the same date, and in a folder the same name."""
    action_label: str = ""
    action_path: str = ""
    reply_to: str = ""
    """Where an answer goes; the program's contact address otherwise."""
    reply_says: str = ""
    """What becomes of an answer, in a sentence."""
    links: tuple[tuple[str, str], ...] = ()
    """What else can be done, each with where it leads below the public address."""
    choices_path: str = ""
    """Where its reader chooses how soon such mails come; empty where that is not theirs to choose."""
    off_path: str = ""
    """Where its reader, or their mail program for them, turns such mails off; empty where they can't."""
    thread: str = ""
    """What the message is about, so that mail programs keep together what belongs together."""


class FolderBackend(BaseEmailBackend):
    """Each message is one file, named by time and recipient, whole or absent."""

    def send_messages(self, messages: list[EmailMessage]) -> int:
        folder = Path(self.mailman.file_path)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            file = folder / _file_name(message)
            part = file.with_suffix(".part")
            part.write_bytes(message.message().as_bytes())
            os.replace(part, file)
        return len(messages)


class ServerBackend(EmailBackend):
    """SMTP that looks at the server's certificate: smtplib, left alone, starts TLS with anybody."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else _CheckedSMTP


class _CheckedSMTP(smtplib.SMTP):
    def starttls(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return super().starttls(context=ssl.create_default_context())


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.config.update(config_of(settings.mail_url))
    connect(app)


def connect(app: Flask) -> None:
    """Have messages go where the app's configuration says now."""
    Mail(app)


def config_of(mail_url: str) -> dict[str, Any]:
    """What PORTAL_MAIL_URL says: `file://folder`, `smtp://user:password@host:port?tls=1` or `smtps://…`.

    `?from=address` names the sender where it is not the program's contact address. Raises Refused."""
    url = urlsplit(mail_url)
    sender = {"MAIL_FROM": _option(url, "from")}
    if url.scheme == "file":
        return sender | {"MAIL_BACKEND": FolderBackend, "MAIL_FILE_PATH": unquote(url.path)}
    if url.scheme in ("smtp", "smtps") and url.hostname:
        return sender | _server(url)
    raise Refused("PORTAL_MAIL_URL has to begin with file://, smtp:// or smtps://, and name a folder or a server.")


def send(letter: Letter) -> None:
    """One attempt. Raises OSError (smtplib's errors are such) where the server or the folder does not take it."""
    compose(letter).send()


def compose(letter: Letter) -> EmailMultiAlternatives:
    settings: Settings = current_app.config["SETTINGS"]
    host = urlsplit(settings.public_url).hostname or "localhost"
    program = the_program()
    name, contact = (program.name, program.contact_email) if program else ("Partner portal", f"portal@{host}")
    words = {
        "subject": letter.subject,
        "lines": letter.lines,
        "action_label": letter.action_label,
        "reply_says": letter.reply_says,
        "links": [(label, settings.public_url + path) for label, path in letter.links],
        "action_url": settings.public_url + letter.action_path if letter.action_path else "",
        "choices_url": settings.public_url + letter.choices_path if letter.choices_path else "",
        "off_url": settings.public_url + letter.off_path if letter.off_path else "",
        "program_name": name,
    }
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split()),
        body=render_template("emails/message.txt", **words),
        from_email=formataddr((name, current_app.config["MAIL_FROM"] or contact)),
        to=[letter.to],
        reply_to=[letter.reply_to or contact],
        headers=HEADERS | _left(words["off_url"]) | _threaded(letter, host) | _named(letter, host),
    )
    message.attach_alternative(_inliner.inline(render_template("emails/message.html", **words)), "text/html")
    return message


def _left(off_url: Any) -> dict[str, str]:
    """RFC 2369 and RFC 8058: where a mail program sends whoever wants no more of these, or says so itself."""
    if not off_url:
        return {}
    return {"List-Unsubscribe": f"<{off_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _named(letter: Letter, host: str) -> dict[str, str]:
    return {"Message-ID": f"<{letter.message_id}@{host}>", "Date": format_datetime(letter.at)}


def _threaded(letter: Letter, host: str) -> dict[str, str]:
    """All that is about one thing answers the same first message, which nobody ever got."""
    first = f"<{letter.thread}@{host}>"
    return {"In-Reply-To": first, "References": first} if letter.thread else {}


def _server(url: SplitResult) -> dict[str, Any]:
    implicit = url.scheme == "smtps"
    return {
        "MAIL_BACKEND": ServerBackend,
        "MAIL_SERVER": url.hostname,
        "MAIL_PORT": url.port or (465 if implicit else 25),
        "MAIL_USERNAME": unquote(url.username or "") or None,
        "MAIL_PASSWORD": unquote(url.password or "") or None,
        "MAIL_USE_SSL": implicit,
        "MAIL_USE_TLS": not implicit and _option(url, "tls") == "1",
        "MAIL_TIMEOUT": TIMEOUT_SECONDS,
    }


def _option(url: SplitResult, name: str) -> str:
    return parse_qs(url.query).get(name, [""])[0]


def _file_name(message: EmailMessage) -> str:
    at = parsedate_to_datetime(message.extra_headers["Date"])
    to = re.sub(r"[^a-z0-9.@-]", "_", message.to[0].lower())
    return f"{at:%Y%m%dT%H%M%S}-{to}-{message.extra_headers['Message-ID'][1 : MARK + 1]}.eml"
