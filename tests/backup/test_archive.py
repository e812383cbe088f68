"""What is sealed comes out as it went in, or not at all: without a database."""

import io
import json
import tarfile
import zlib
from datetime import UTC, datetime
from hashlib import sha256

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrage.x25519 import Identity

from portal.backup import archive
from portal.backup.contents import FILES, FORMAT, HEAD, MANIFEST, Head, Manifest, Proof
from portal.errors import Refused

MINE, OTHER = Identity.generate(), Identity.generate()
Members = list[tuple[str, bytes]]


def sealed(members: Members) -> bytes:
    out = io.BytesIO()
    archive.write(members, out, MINE.to_public())
    return out.getvalue()


def opened(data: bytes, identity: Identity = MINE) -> Members:
    found: Members = []
    archive.read(io.BytesIO(data), identity, lambda name, body: found.append((name, body)))
    return found


def proven(data: bytes) -> tuple[Head, Manifest]:
    proof = Proof()
    archive.read(io.BytesIO(data), MINE, proof.take)
    return proof.passed()


def backup(**more: object) -> Members:
    """As a backup is made, of a table and a file."""
    head = json.loads(Head(FORMAT, "1.0", "0004", datetime(2026, 11, 18, tzinfo=UTC)).to_bytes())
    body = b"%PDF a signed agreement" * 500
    members = [
        (HEAD, json.dumps(head | more).encode()),
        ("tables/partners/000001.jsonl", b'["id"]\n[1]'),
        (f"{FILES}{sha256(body).hexdigest()[:2]}/{sha256(body).hexdigest()}", body),
    ]
    manifest = Manifest((3, "f" * 64), {"k1": "0" * 16}, {"partners": 1}, 1)
    manifest.members = [(name, sha256(data).hexdigest()) for name, data in members]
    return [*members, (MANIFEST, manifest.to_bytes())]


WHOLE = sealed(backup())


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,20}(/[a-z0-9]{1,30})?", fullmatch=True), st.binary(max_size=3000))))
def test_what_goes_in_comes_out(members: Members) -> None:
    assert opened(sealed(members)) == members


def test_a_member_larger_than_any_buffer_comes_out() -> None:
    members = [("large", bytes(range(256)) * 20_000), ("small", b"")]
    assert opened(sealed(members)) == members


def test_other_programs_open_it() -> None:
    plain = pyrage.decrypt(WHOLE, [MINE])
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:gz") as tar:
        assert tar.getnames() == [name for name, _ in backup()]


def test_a_whole_backup_passes() -> None:
    head, manifest = proven(WHOLE)
    assert head.revision == "0004"
    assert manifest.rows == {"partners": 1}


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 7))
def test_a_flipped_bit_anywhere_is_refused(place: int, bit: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= 1 << bit
    with pytest.raises(Refused, match=r"damaged|no backup"):
        proven(bytes(damaged))


@given(st.integers(0, len(WHOLE) - 1))
def test_one_that_ends_too_early_is_refused(size: int) -> None:
    with pytest.raises(Refused, match=r"damaged|no backup"):
        proven(WHOLE[:size])


@given(st.binary(min_size=1, max_size=100))
def test_one_with_something_behind_its_end_is_refused(more: bytes) -> None:
    with pytest.raises(Refused, match="damaged"):
        proven(WHOLE + more)


@given(st.binary(max_size=2000))
def test_any_other_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="no backup"):
        proven(data)


def test_it_opens_for_nobody_else() -> None:
    with pytest.raises(Refused, match="sealed for another key"):
        opened(WHOLE, OTHER)


def _of_age(plain: bytes) -> bytes:
    return bytes(pyrage.encrypt(plain, [MINE.to_public()]))


def _tar(name: str, kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        info = tarfile.TarInfo(name)
        info.type = kind
        tar.addfile(info)
    return out.getvalue()


PLAIN = pyrage.decrypt(WHOLE, [MINE])
PACKED = zlib.compress(b"no tar at all" * 100, wbits=archive.GZIP)


@pytest.mark.parametrize(
    "plain",
    [b"", b"not packed", PACKED, _tar("notes.txt"), _tar(HEAD, tarfile.SYMTYPE), PLAIN[:-4], PLAIN + b"more"],
    ids=["empty", "not packed", "no tar", "another file", "a link", "cut before it was sealed", "with more behind it"],
)
def test_whatever_else_was_sealed_for_us_is_refused(plain: bytes) -> None:
    with pytest.raises(Refused, match="no backup"):
        proven(_of_age(plain))


def _without(name: str) -> Members:
    return [member for member in backup() if not member[0].startswith(name)]


@pytest.mark.parametrize(
    "members",
    [
        [],
        _without(HEAD),
        _without(MANIFEST),
        _without(FILES),
        _without("tables/"),
        [*backup()[:1], *backup()],
        [*backup(), ("tables/users/000001.jsonl", b"[]")],
        [*backup()[:1], ("tables/users/000001.jsonl", b"[]"), *backup()[1:]],
        [*backup()[:2], (backup()[2][0], b"another file"), backup()[3]],
        [*backup()[:3], (MANIFEST, b"{}")],
        [(HEAD, b"[1, 2]"), *backup()[1:]],
        [(HEAD, b"\xff"), *backup()[1:]],
    ],
)
def test_one_whose_parts_are_not_those_of_its_manifest_is_refused(members: Members) -> None:
    with pytest.raises(Refused, match=r"no backup|damaged"):
        proven(sealed(members))


def test_a_file_under_the_name_of_another_is_refused_though_the_manifest_has_it() -> None:
    (name, _), forged = backup()[2], b"another file"
    members = [*backup()[:2], (name, forged)]
    manifest = Manifest((0, ""), {}, {}, 1, [(each, sha256(data).hexdigest()) for each, data in members])
    with pytest.raises(Refused, match="is another file"):
        proven(sealed([*members, (MANIFEST, manifest.to_bytes())]))


def test_one_of_a_newer_format_says_which_program_made_it() -> None:
    with pytest.raises(Refused, match=r"made by version 9\.1, which is newer than this program"):
        proven(sealed(backup(format=FORMAT + 1, program="9.1")))


def test_what_stops_the_members_is_told_as_it_is() -> None:
    def members() -> object:
        yield from backup()
        raise KeyError("the database went away")

    with pytest.raises(KeyError, match="went away"):
        archive.write(members(), io.BytesIO(), MINE.to_public())  # type: ignore[arg-type]


def test_what_stops_the_taking_is_told_as_it_is() -> None:
    def take(name: str, data: bytes) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        archive.read(io.BytesIO(WHOLE), MINE, take)
