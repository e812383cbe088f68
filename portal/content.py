"""Texts that come as files: Markdown with a head of title, slug, kind and summary."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from portal.later import later

if TYPE_CHECKING:
    import frontmatter
else:
    frontmatter = later("frontmatter")


@dataclass(frozen=True)
class Piece:
    slug: str
    kind: str
    title: str
    summary: str
    body: str


def pieces(folder: Path, *kinds: str) -> Iterator[Piece]:
    """The texts of these kinds in the folder and the folders in it, by path. Raises KeyError for a head not whole."""
    for path in sorted(folder.rglob("*.md")):
        page = frontmatter.load(str(path))
        if page["kind"] in kinds:
            head = {name: str(page[name]) for name in ("slug", "kind", "title", "summary")}
            yield Piece(**head, body=page.content)
