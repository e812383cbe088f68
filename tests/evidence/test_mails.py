"""What a mail file says: read from outside, so nothing in it may raise or take long."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evidence import mails
from tests.evidence.letters import PDF, PNG, eml

US = ["Lumen CRM"]


def test_who_wrote_to_whom_and_when() -> None:
    read = mails.read(eml(cc="Maya <MAYA@portal.example>, Sam <sam@portal.example>", subject="Grüße von uns"))
    assert read.sender == "ruth@calderfinch.example"
    assert read.recipients == ("ana@brightwater.example", "maya@portal.example", "sam@portal.example")
    assert (read.subject, read.message_id) == ("Grüße von uns", "<1@calderfinch.example>")
    assert read.sent_at == datetime(2026, 11, 3, 9, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "subject", "names"),
    [
        ("We would like to see Lumen CRM.", "Hello", True),
        ("We would like to see lumen crm.", "Hello", True),
        ("With pleasure.", "Re: Lumen CRM", True),
        ("We use LumenCRMs.", "Hello", False),
        ("With pleasure.\n> Meet Lumen CRM.", "Hello", False),
        ("With pleasure.\n\nOn Tue, Ana wrote:\nMeet Lumen CRM.", "Hello", False),
        ("Gern.\n\nAm Di. schrieb Ana:\nLumen CRM.", "Hello", False),
        ("> Have you seen Lumen CRM?\nNo, show us Lumen CRM.", "Hello", True),
        ("Yes.\n-----Original Message-----\nLumen CRM", "Hello", False),
    ],
)
def test_only_the_writers_own_words_name_us(text: str, subject: str, names: bool) -> None:
    assert mails.read(eml(text=text, subject=subject)).names(US) is names


def test_the_words_of_a_mail_within_the_mail_are_somebody_elses() -> None:
    outer = (
        b"From: a@x.example\nTo: b@x.example\nContent-Type: multipart/mixed; boundary=q\n\n--q\n"
        b"Content-Type: text/plain\n\nSee below.\n--q\nContent-Type: message/rfc822\n\n"
        b"From: c@x.example\n\nLumen CRM\n--q--\n"
    )
    assert not mails.read(outer).names(US)
    assert any("Lumen CRM" in each for each in mails.everything(outer))


def test_html_is_read_as_its_words() -> None:
    html = b"From: a@x.example\nTo: b@x.example\nContent-Type: text/html\n\n<p>We like <b>Lumen</b> CRM</p>"
    assert "Lumen" in mails.read(html).words
    assert "<b>" not in mails.read(html).words


@pytest.mark.parametrize(
    "sender",
    [
        '"ruth@calderfinch.example" <eve@evil.example>',
        "eve@evil.example (ruth@calderfinch.example)",
        "=?utf-8?q?ruth=40calderfinch=2Eexample?= <eve@evil.example>",
    ],
)
def test_a_name_that_looks_like_an_address_is_none(sender: str) -> None:
    assert mails.read(f"From: {sender}\nTo: b@x.example\n\nhi".encode()).sender == "eve@evil.example"


@pytest.mark.parametrize(
    "head", ["From: a@x.example\nFrom: ruth@calderfinch.example", "From: a@x.example, ruth@calderfinch.example"]
)
def test_two_senders_are_nobody(head: str) -> None:
    assert mails.read(f"{head}\nTo: b@x.example\n\nhi".encode()).sender == ""


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        (eml(), True),
        (b"\xef\xbb\xbf" + eml(), True),
        (b"From ana Tue Nov 3\n" + eml(), True),
        (eml().replace(b"\n", b"\r\n"), True),
        (b"From: a@x.example\n\nhi", False),
        (b"To: a@x.example\nDate: now\n\nhi", False),
        (b"hello\nFrom: a@x.example\nTo: b@x.example\n", False),
        (b"company,website\nNordlys,nordlys.example", False),
        (b"From: a\x00b\nTo: c\n\n", False),
        (b"<html>From: a To: b</html>", False),
        (PDF, False),
        (PNG, False),
        (b"", False),
    ],
)
def test_a_mail_begins_as_one(data: bytes, is_one: bool) -> None:
    assert mails.is_mail(data) is is_one


HOSTILE = {
    "10,000 headers": b"".join(b"X-%d: y\n" % n for n in range(10_000)) + eml(),
    "a huge subject": b"Subject: " + b"=?utf-8?q?" * 90_000 + b"\n" + eml(),
    "a huge list of recipients": b"To: " + b"a@x.example, " * 60_000 + b"\n" + eml(),
    "comments in comments": b"From: " + b"(" * 100_000 + b"\nTo: b@x.example\n\nhi",
    "unknown and broken encodings": b"From: =?x-none?b?!!!?= <a@x.example>\nTo: =?utf-8?b?A?=\nDate: Foo, 99 Bar 9\n"
    b"Subject: \xff\xfe\nContent-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64\n\n%%%",
    "parts within parts": b"From: a@x.example\nTo: b@x.example\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5_000)),
    "parts within parts, as many as are read": b"From: a@x.example\nTo: b@x.example\n"
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(900)),
    "many parts": b"From: a@x.example\nTo: b\nContent-Type: multipart/mixed; boundary=q\n\n" + b"--q\n\nx\n" * 50_000,
    "open tags": b"From: a@x.example\nTo: b\nContent-Type: text/html\n\n" + b"<" * 900_000,
    "a date of no calendar": b"From: a@x.example\nTo: b@x.example\nDate: Mon, 31 Feb 0000 99:99:99 +9999\n\nhi",
    "zeros in the text": b"From: a@x.example\nTo: b@x.example\n\n" + b"\x00" * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_as_far_as_it_goes(name: str) -> None:
    begun = time.process_time()
    read = mails.read(HOSTILE[name])
    read.names(US)
    mails.everything(HOSTILE[name])
    assert time.process_time() - begun < 3
    assert len(read.subject) <= 200
    assert len(read.recipients) <= 50
    assert "\x00" not in f"{read.words}{read.subject}{read.sender}"


@given(st.binary(max_size=400), st.text(max_size=100))
def test_no_bytes_raise(data: bytes, line: str) -> None:
    for each in (data, f"From: {line}\nTo: {line}\nDate: {line}\nSubject: {line}\n\n".encode() + data):
        read = mails.read(each)
        assert mails.is_mail(each) in (True, False)
        assert len(read.sender) <= 318
        mails.everything(each)


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 +0000", "Sun, 1 Jan 0100 00:00:00 +0000"])
def test_a_year_of_no_use_is_no_date(date: str) -> None:
    assert mails.read(f"From: a@x.example\nTo: b@x.example\nDate: {date}\n\nhi".encode()).sent_at is None


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: multipart/mixed; boundary*=idna''x",
        "Content-Type: text/plain; charset*1*=a; charset*=b''c",
        "Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset*1*=a; charset*=b''c\n\n\u00fc",
        "Content-Disposition: attachment; filename*=idna''x",
    ],
)
def test_a_header_that_python_cannot_read_is_passed_over(header: str) -> None:
    data = f"From: a@x.example\nTo: b@x.example\n{header}\n\nhi".encode()
    assert mails.read(data).sender == "a@x.example"
    assert mails.everything(data)
