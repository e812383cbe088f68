"""Mails of other people's programs: what they say, whose they are, and what is no answer at all."""

import time
from pathlib import Path

import pytest

from portal.conversation.html_text import text_of
from portal.conversation.incoming import CHARACTERS_MOST, DEEPEST, PARTS_MOST, Incoming, Unreadable, parse
from portal.conversation.replies import reply_of
from portal.conversation.rules import FILES_MOST

MAILS = Path(__file__).parent / "mails"
REPLY = "reply+mark@portal.example"


def read(name: str) -> Incoming:
    return parse((MAILS / f"{name}.eml").read_bytes().replace(b"REPLY", REPLY.encode()))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gmail", "Tuesday suits her. Could we meet at 10–half an hour is enough?"),
        ("outlook", "Tuesday suits her,\ncafé & all."),
        ("apple", "Tuesday suits her. The plan is below."),
        ("outlook_german", "Guten Tag,\n\nDienstag passt ihr gut – für eine Stunde."),
        ("broken", "Tuesday suits her, größer als gedacht."),
    ],
)
def test_what_a_person_wrote_is_left_and_nothing_else(name: str, said: str) -> None:
    found = read(name)
    assert reply_of(found.words) == said
    assert found.senders == ["ben@brightwater.example"]
    assert REPLY in found.recipients
    assert not found.is_automatic


@pytest.mark.parametrize("name", ["out_of_office", "bounce", "mailing_list"])
def test_what_a_machine_sent_is_known_as_such(name: str) -> None:
    assert read(name).is_automatic


@pytest.mark.parametrize(
    ("header", "is_automatic"),
    [
        ("Auto-Submitted: no", False),
        ("Auto-Submitted: auto-generated (rejected)", True),
        ("Precedence: BULK", True),
        ("Precedence: first-class", False),
        ("X-Auto-Response-Suppress: DR", True),
        ("Return-Path: <>", True),
        ("Return-Path: <ben@x.example>", False),
        ("List-Unsubscribe: <https://x.example>", True),
    ],
)
def test_headers_that_tell_a_machine(header: str, is_automatic: bool) -> None:
    assert parse(f"From: ben@x.example\n{header}\n\nHi".encode()).is_automatic is is_automatic


def test_files_come_with_their_names_and_a_logo_does_not() -> None:
    assert [(name, data[:5]) for name, data in read("apple").files] == [
        ("plan.pdf", b"%PDF-"),
        ("Größen.docx", b"PK\x03\x04a"),
    ]
    assert read("broken").files == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x00\xff",
        b"From: \xff\xfe <\xff@x>\nTo: a\x00b@x.example\n\n\x00text",
        b"Content-Type: multipart/mixed\n\n--x\n\ny",
        b'Content-Type: text/plain; charset=""\n\nhi',
        b"Content-Type: text/plain; charset*=utf-8''%ff\n\nhi",
        b"Content-Transfer-Encoding: uuencode\n\nbegin 666 x\n~~~",
        b"Subject: =?utf-8?B?****?=\n\nhi",
        b"Content-Type: image/png; name*0*=x''a; name*1=%zz\nContent-Disposition: attachment\n\nx",
        b"From: a@x, b@x\nTo: (((((((\n\nhi",
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_can_be(raw: bytes) -> None:
    found = parse(raw)
    assert "\x00" not in found.subject + found.words + "".join(found.senders + found.recipients)
    reply_of(found.words)


FILE = "Content-Disposition: attachment; filename=a.txt\n"
CID = "Content-ID: <1>\n"


@pytest.mark.parametrize(
    ("kind", "heads", "words", "files", "left_out"),
    [
        ("text/plain", "", "first\nx", 0, 0),
        ("text/plain", FILE, "first", 1, 0),
        ("text/plain", "Content-Disposition: attachment\n", "first", 1, 0),
        ("text/plain; name=notes.txt", "", "first", 1, 0),
        ("text/calendar", "", "first", 1, 0),
        ("image/png", CID, "first", 0, 0),
        ("image/png", "", "first", 1, 0),
        ("image/png", CID + FILE, "first", 1, 0),
        ("application/pdf", CID, "first", 1, 0),
        ("message/rfc822", FILE, "first", 0, 1),
    ],
)
def test_a_part_is_words_or_a_file_or_neither(kind: str, heads: str, words: str, files: int, left_out: int) -> None:
    part = f"Content-Type: {kind}\n{heads}\nx\n"
    raw = f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\n{part}--b--"
    found = parse(raw.encode())
    assert (found.words.strip(), len(found.files), len(found.left_out)) == (words, files, left_out)


def test_more_files_than_go_along_and_more_parts_than_are_read() -> None:
    def of_files(count: int) -> Incoming:
        parts = "".join(f"--b\nContent-Type: application/pdf; name={n}.pdf\n\nx\n" for n in range(count))
        return parse(f"Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--".encode())

    found = of_files(FILES_MOST + 1)
    assert [name for name, _ in found.files] == [f"{n}.pdf" for n in range(FILES_MOST)]
    assert found.left_out == [f"{FILES_MOST}.pdf"]
    assert len(of_files(FILES_MOST).left_out) == 0
    found = of_files(PARTS_MOST + 5)
    assert len(found.files) + len(found.left_out) == PARTS_MOST - 1, "the whole is one of them"


@pytest.mark.parametrize(
    ("raw", "is_automatic"),
    [
        ("From: MAILER-DAEMON@x.example\n\nx", True),
        ("From: no-reply@x.example\n\nx", True),
        ("From: ben@x.example\nContent-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b--", True),
        ("From: noor@x.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--", False),
    ],
)
def test_who_sends_and_what_is_sent_tells_a_machine(raw: str, is_automatic: bool) -> None:
    assert parse(raw.encode()).is_automatic is is_automatic


def test_what_is_no_address_is_left_out() -> None:
    assert parse(b"From: Ben <ben@x.example>, nobody\nTo: undisclosed\n\nx").senders == ["ben@x.example"]


def test_parts_within_parts_end_somewhere() -> None:
    def nested(depth: int) -> bytes:
        heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
        return heads + b"Content-Type: text/plain\n\nFound"

    assert parse(nested(DEEPEST)).text.strip() == "Found"
    assert parse(nested(DEEPEST + 1)).text == ""
    with pytest.raises(Unreadable):
        parse(nested(2_000))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two &lt;b&gt;</p>", "One\nTwo <b>"),
        ("a<br>b<div>c<div>d</div></div>", "a\nb\nc\nd"),
        ("<style>x{}</style><script>y</script><p>z", "z"),
        ("mine<blockquote>theirs<br>too</blockquote>", "mine\n> theirs\n> too"),
        ("<ul><li>one<li>two</ul>", "one\ntwo"),
        ("&nbsp;a&nbsp; b\n c", "a b c"),
        ("<img src=x onerror=y>kept</blockquote></script>", "kept"),
    ],
)
def test_html_becomes_words(html: str, text: str) -> None:
    assert text_of(html).replace("\n\n", "\n") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes.\n\nOn Mon, 16 Nov 2026, Lumen wrote:\n> Hi", "Yes."),
        ("Ja.\n\nAm 16.11.2026 um 13:02 schrieb Lumen <a@b.c>:\n> Hallo", "Ja."),
        ("Ja.\n\n-----Ursprüngliche Nachricht-----\nVon: x", "Ja."),
        ("Yes.\n\n________________________________\nold", "Yes."),
        ("A list:\n- one\n- two\n\n-- \nBen", "A list:\n- one\n- two"),
        ("> their question\nmy answer", "my answer"),
        ("> only\n> quoted", ""),
        ("Thanks, that works.\nBen", "Thanks, that works.\nBen"),
        (f"long {'word ' * 100}end", f"long {'word ' * 100}end"),
    ],
)
def test_quotes_and_signatures_are_cut(text: str, said: str) -> None:
    assert reply_of(text) == said


@pytest.mark.parametrize(
    "unit", ["\n", "On a wrote ", "On x\n", "From: \n", "> \n", "Von: a\n", "-", "Disclaimer: mail "]
)
def test_a_text_made_to_take_long_does_not(unit: str) -> None:
    reply_of(unit * (20_000 // len(unit)))


HEADERS_OF_NO_PROGRAM = (
    b"Subject: =?idna?Q?x?=",
    b"Subject: =?a\x00b?Q?x?=",
    b"Subject: =?utf-8?B?a?=",
    b"Subject: =?unicode-escape?Q?=5Cud800?=",
    b"Content-Type: text/plain; charset=utf-7",
    b"Content-Type: application/pdf; name*=idna''x%20y",
    b"Content-Type: application/pdf; name*=unicode-escape''%5Cud800",
    b"Content-Disposition: attachment; filename*1*=a; filename*=b''c",
)


@pytest.mark.parametrize("header", HEADERS_OF_NO_PROGRAM)
def test_no_header_keeps_the_next_mail_from_being_read(header: bytes) -> None:
    found = parse(b"From: ben@x.example\nTo: reply@y.example\n" + header + b"\n\nHi +2AA- there")
    said = (found.subject, found.words, *found.left_out, *(name for name, _ in found.files))
    assert "\n".join(said).encode()
    assert (found.senders, found.recipients) == (["ben@x.example"], ["reply@y.example"])


def test_a_mail_whose_parts_cannot_be_told_apart_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        parse(b"From: a@x.example\nContent-Type: multipart/mixed; boundary*=idna''x\n\n--x\n\nHi")


@pytest.mark.parametrize("unit", ["<a ", "<!--", "<![CDATA[x>", "<?x>", "</p ", '<a x=">'])
def test_html_made_to_take_long_does_not(unit: str) -> None:
    begun = time.process_time()
    text_of(unit * (CHARACTERS_MOST // len(unit)))
    assert time.process_time() - begun < 2


def test_comments_and_signs_of_less_are_no_tags() -> None:
    assert text_of("a < b <!--[if mso]><b>no</b><![endif]--> and <![if !mso]>c<![endif]> <d") == "a < b and c <d"
