"""Which files went along with a copy that lies ready, which did not, and why: said of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from portal.privacy.files import File
from portal.privacy.models import PersonExport


class Handed(NamedTuple):
    """A file as it stands with the copy. `url` is empty where it is held no more."""

    ref: str
    name: str
    url: str
    is_in_it: bool
    why: str
    at: datetime | None
    """When that was said or done, where it was."""


def with_copy(copy: PersonExport, held: Sequence[File], by: str) -> list[Handed]:
    """What is in it first. `by`, who asked for the copy, ticked what they had looked at."""
    released = f"{by} looked at it and let it go along"
    there = {each.ref for each in held}
    gone = [
        Handed(ref, "A file that has been deleted here since", "", True, released, copy.created_at)
        for ref in copy.released
        if ref not in there
    ]
    listed = [*(_handed(each, copy, released) for each in held), *gone]
    return sorted(listed, key=lambda each: not each.is_in_it)


def _handed(file: File, copy: PersonExport, released: str) -> Handed:
    known = file.ref, file.name, file.url
    if copy.made_at is not None and file.at > copy.made_at:
        return Handed(*known, False, "Added after the copy was made", file.at)
    if file.is_own:
        return Handed(*known, True, "Added by the person", file.at)
    if file.ref in copy.released:
        return Handed(*known, True, released, copy.created_at)
    return Handed(*known, False, "It may name others, and nobody has looked at it for this copy", None)
