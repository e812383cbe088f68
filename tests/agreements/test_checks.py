"""Each claim about agreements is broken on purpose, past the guards."""

import pytest
from flask import Flask

from portal.proof import broken
from tests.support import agreements as made
from tests.support import make
from tests.support.past_the_guards import tampered
from tests.support.proof import nothing_broken


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE agreements SET body = body || ' and more'", "The text of agreement {ref} no longer has the hash"),
        ("UPDATE signatures SET document_sha256 = 'x' WHERE side = 'partner'", "{ref} came into force with 1 of 2"),
        ("DELETE FROM signatures", "{ref} came into force with 0 of 2"),
        ("UPDATE agreements SET sent_at = NULL", "{ref} is signed and was never sent"),
        ("UPDATE agreements SET state = 'terminated'", ""),
        ("UPDATE agreements SET state = 'declined'", "{ref} is declined, and no event"),
        ("DELETE FROM documents WHERE kind = 'signed_agreement'", "{ref} has no document of the kind signed_agreement"),
    ],
)
def test_what_is_broken_is_named(app: Flask, change: str, sentence: str) -> None:
    make.program()
    ref = made.in_force(made.company()).ref
    nothing_broken()
    tampered(change)
    found = [each for each in broken() if ref in each]
    assert any(sentence.format(ref=ref) in each for each in found) if sentence else not found
