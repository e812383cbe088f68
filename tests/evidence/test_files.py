"""Files are told by what is in them."""

import pytest

from portal.errors import Refused
from portal.evidence.files import EXTENSIONS, offered, plain_name, type_of
from portal.uploads import MOST_BYTES
from tests.evidence.letters import JPEG, PDF, PNG, WEBP, eml


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (eml(), "message/rfc822"),
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
    ],
)
def test_what_is_kept_is_known_whatever_it_is_called(data: bytes, media_type: str) -> None:
    found = offered("x.exe", data)
    assert found.type.media_type == media_type
    assert media_type in EXTENSIONS


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("mail.eml", b"", "“mail.eml” is empty."),
        ("big.pdf", PDF + b"x" * MOST_BYTES, "larger than 10 MB"),
        ("mail.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 9, "Save the mail as .eml"),
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "none of what we keep"),
        ("page.html", b"<!doctype html><p>From: x", "none of what we keep"),
        ("a.png", b"PK\x03\x04", "none of what we keep"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "none of what we keep"),
        ("a.pdf", b" %PDF-1.7", "none of what we keep"),
        ("zeros.eml", b"\x00" * 100, "none of what we keep"),
        ("shot.gif", b"GIF89a", "none of what we keep"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(name: str, data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        offered(name, data)


def test_cut_files_are_no_fault() -> None:
    for whole in (PNG, JPEG, WEBP, PDF, eml()):
        for length in range(1, 16):
            type_of(whole[:length])


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("C:\\Users\\Ana\\mail.eml", "mail.eml"),
        ("../../etc/passwd", "passwd"),
        ("in\u202evoice\r\nSet-Cookie: x.pdf", "invoiceSet-Cookie: x.pdf"),
        ("\x00\u200b", "file"),
        ("a/", "file"),
        ("x" * 300, "x" * 120),
        ("Grüße  an  Ruth.eml", "Grüße an Ruth.eml"),
    ],
)
def test_a_name_is_what_a_person_sees(name: str, plain: str) -> None:
    assert plain_name(name) == plain
