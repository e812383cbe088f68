"""What needs no database: who is mentioned, and which files go along."""

import io
import struct
import zipfile
import zlib

import pytest

from portal.conversation import mentions
from portal.conversation.file_rules import CSV, JPEG, PDF, PLAIN, PNG, XLSX, NotTaken, download_name, look

PEOPLE = {1: "Ana Ferreira", 2: "Ben Okafor", 3: "Ben Adler", 4: "Jo", 5: "Mara-Lee Öz"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Ana look", [(1, "@Ana")]),
        ("@ana ferreira, look", [(1, "@ana ferreira")]),
        ("see @Ben", []),
        ("see @Ben Okafor and @ben adler.", [(2, "@Ben Okafor"), (3, "@ben adler")]),
        ("@Anabel is another", []),
        ("ana@ana.example is an address", []),
        ("@Carl is nobody here", []),
        ("@Jo @jo", [(4, "@Jo")]),
        ("@mara-lee öz!", [(5, "@mara-lee öz")]),
        ("@", []),
    ],
)
def test_a_mention_is_somebody_who_can_be_told_apart(text: str, found: list[tuple[int, str]]) -> None:
    assert [tuple(each) for each in mentions.find(text, PEOPLE)] == found


def test_two_of_the_same_name_are_nobody() -> None:
    assert mentions.find("@Ana Ferreira", {1: "Ana Ferreira", 2: "Ana Ferreira"}) == []


def test_the_longer_name_counts_and_an_empty_one_is_nobodys() -> None:
    people = {1: "Jo", 2: "Jo Lee", 3: " "}
    assert [each.person_id for each in mentions.find("@Jo Lee and @Jo", people)] == [2, 1]


def test_a_text_is_cut_where_somebody_is_spoken_to() -> None:
    cut = mentions.pieces("Hi @Ana, and @Anabel.", ["@Ana"])
    assert cut == [("Hi ", False), ("@Ana", True), (", and @Anabel.", False)]
    assert mentions.pieces("@Ana", ["@Ana"]) == [("@Ana", True)]
    assert mentions.pieces("nobody", []) == [("nobody", False)]
    assert "".join(piece for piece, _ in cut) == "Hi @Ana, and @Anabel."


def packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PICTURE = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"0" * 13) + chunk(b"tEXt", b"Where\0at home") + chunk(b"IEND", b"")
PHOTO = b"\xff\xd8" + b"\xff\xe0\x00\x04JF" + b"\xff\xe1\x00\x0aGPS here" + b"\xff\xda\x00\x02data\xff\xd9rest"


@pytest.mark.parametrize(
    ("name", "data", "kept_as", "media_type"),
    [
        ("a.pdf", b"%PDF-1.4 x", "a.pdf", PDF),
        ("/home/me/a.exe", b"%PDF-1.4 x", "a.exe.pdf", PDF),
        ("..\\..\\b.png", PICTURE, "b.png", PNG),
        ("b.jpeg", PHOTO, "b.jpeg", JPEG),
        ("t.xlsx", packed("[Content_Types].xml", "xl/workbook.xml"), "t.xlsx", XLSX),
        ("t.CSV", "größe;1".encode("cp1252"), "t.CSV", CSV),
        ("n\x00o\u202et.txt", b"words", "not.txt", PLAIN),
    ],
)
def test_a_file_is_what_is_in_it(name: str, data: bytes, kept_as: str, media_type: str) -> None:
    taken = look(name, data)
    assert (taken.name, taken.media_type) == (kept_as, media_type)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.pdf", b"", "is empty"),
        ("a.pdf", b"%PDF" + b"0" * 10 * 1024 * 1024, "larger than 10 MB"),
        ("a.pdf", b"MZ\x90 a program", "not taken"),
        ("a.txt", b"<html><script>", "not taken"),
        ("a.csv", b"\xef\xbb\xbf  <svg onload=x>", "not taken"),
        ("a.txt", b"words\x00", "not taken"),
        ("a.html", b"words", "not taken"),
        ("a.xlsx", packed("a.exe"), "not taken"),
        ("a.xlsx", packed("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "not taken"),
        ("a.xlsx", b"PK\x03\x04 cut off", "not taken"),
        ("a.png", PICTURE[:-5], "damaged"),
        ("a.png", PICTURE.replace(b"at home", b"at work"), "damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe1\xff\xff", "damaged"),
    ],
)
def test_a_file_that_is_not_taken_says_why_and_names_it(name: str, data: bytes, why: str) -> None:
    with pytest.raises(NotTaken, match=why) as refused:
        look(name, data)
    assert name in str(refused.value)


def test_a_picture_is_kept_without_where_it_was_taken() -> None:
    assert b"at home" not in look("b.png", PICTURE).data
    photo = look("b.jpg", PHOTO).data
    assert b"GPS" not in photo
    assert photo.endswith(b"data\xff\xd9")


@pytest.mark.parametrize(
    ("name", "plain"), [('Größe "1".pdf', "Groe _1_.pdf"), ("\u65e5\u672c", "file"), ("a;b\r\n", "a_b__")]
)
def test_a_name_in_a_header_is_plain(name: str, plain: str) -> None:
    assert download_name(name) == plain
