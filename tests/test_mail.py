import email
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from flask import Flask

from portal import mail
from portal.errors import Refused
from tests.support.homes import portal_in
from tests.support.mail_server import mail_server

LETTER = mail.Letter(
    message_id="4f2a9c0d11e34b7788aa",
    to="hana@harbourlane.example",
    subject="Your agreement is waiting for your signature",
    lines=["Maya has sent you the agreement. Read & sign it by <Fri 4 Dec>.", "Ask her if anything is unclear."],
    at=datetime(2026, 11, 20, 10, 2, tzinfo=UTC),
    action_label="Read the agreement",
    action_path="/agreements/A-9TW4HC",
)


def _app(home: Path, url: str) -> Flask:
    app = portal_in(home, PORTAL_MAIL_URL=url, PORTAL_PUBLIC_URL="https://partners.lumen.example")
    mail.init_app(app)
    return app


def _text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def _in_folder(folder: Path) -> list[EmailMessage]:
    return [email.message_from_bytes(each.read_bytes(), policy=policy.default) for each in sorted(folder.glob("*.eml"))]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "mail box"
    with _app(tmp_path, folder.as_uri()).app_context():
        yield folder


def test_a_message_is_one_file_named_by_time_and_recipient(folder: Path) -> None:
    mail.send(LETTER)
    assert [each.name for each in folder.iterdir()] == ["20261120T100200-hana@harbourlane.example-4f2a9c0d.eml"]


def test_it_says_who_writes_what_to_do_and_where(folder: Path) -> None:
    mail.send(LETTER)
    (message,) = _in_folder(folder)
    assert message["From"] == "Lumen partners <partners@lumen.example>"
    assert message["Message-ID"] == "<4f2a9c0d11e34b7788aa@partners.lumen.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = _text(message, "plain")
    assert "Read & sign it by <Fri 4 Dec>." in text
    assert "Read the agreement:\nhttps://partners.lumen.example/agreements/A-9TW4HC" in text
    html = _text(message, "html")
    assert "Read &amp; sign it by &lt;Fri 4 Dec&gt;." in html
    assert 'href="https://partners.lumen.example/agreements/A-9TW4HC"' in html


def test_the_style_stands_on_the_elements(folder: Path) -> None:
    mail.send(LETTER)
    (message,) = _in_folder(folder)
    assert '<div class="letter" style="' in _text(message, "html")


def test_a_repeat_of_the_same_delivery_is_the_same_file(folder: Path) -> None:
    mail.send(LETTER)
    mail.send(LETTER)
    assert len(list(folder.iterdir())) == 1


@pytest.mark.parametrize("to", ["../../keys/secret@evil.example", "a/b@c.example", "x\\y@evil.example"])
def test_a_recipient_cannot_choose_the_folder(folder: Path, to: str) -> None:
    mail.send(replace(LETTER, to=to))
    assert len(list(folder.glob("*.eml"))) == 1


def test_a_line_break_in_the_subject_makes_no_header(folder: Path) -> None:
    mail.send(replace(LETTER, subject="Hello\r\nBcc: everyone@evil.example"))
    (message,) = _in_folder(folder)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: everyone@evil.example"


def test_a_server_gets_it_with_our_message_id(tmp_path: Path) -> None:
    with (
        mail_server() as (inbox, port),
        _app(tmp_path, f"smtp://127.0.0.1:{port}?from=no-reply@lumen.example").app_context(),
    ):
        mail.send(LETTER)
    (message,) = inbox.received
    assert message["X-MailFrom"] == "no-reply@lumen.example"
    assert message["X-RcptTo"] == "hana@harbourlane.example"
    assert message["Message-ID"] == "<4f2a9c0d11e34b7788aa@partners.lumen.example>"
    assert message["Reply-To"] == "partners@lumen.example"


def test_name_and_password_of_the_address_are_used(tmp_path: Path) -> None:
    logins: list[tuple[bytes, bytes]] = []

    def check(*given: Any) -> AuthResult:
        logins.append((given[-1].login, given[-1].password))
        return AuthResult(success=True)

    with (
        mail_server(authenticator=check, auth_require_tls=False) as (inbox, port),
        _app(tmp_path, f"smtp://portal:p%40ss%2Fword@127.0.0.1:{port}").app_context(),
    ):
        mail.send(LETTER)
    assert logins == [(b"portal", b"p@ss/word")]
    assert len(inbox.received) == 1


def test_a_server_without_a_certificate_that_holds_gets_nothing(tmp_path: Path, self_signed: ssl.SSLContext) -> None:
    with (
        mail_server(tls_context=self_signed) as (inbox, port),
        _app(tmp_path, f"smtp://127.0.0.1:{port}?tls=1").app_context(),
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        mail.send(LETTER)
    assert not inbox.received


def test_a_server_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with (
            _app(tmp_path, f"smtp://127.0.0.1:{taken.getsockname()[1]}").app_context(),
            pytest.raises(ConnectionRefusedError),
        ):
            mail.send(LETTER)


@pytest.mark.parametrize("url", ["", "http://mail.example", "smtp://", "folder"])
def test_an_address_that_is_none_stops_the_start_with_one_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused, match="PORTAL_MAIL_URL"):
        _app(tmp_path, url)


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
