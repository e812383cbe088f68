"""Mails as files: what is known of them without the libraries that write them."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

MARK = 8
"""How much of its id names a message in a folder."""


def forget(mail_url: str, message_ids: Iterable[str]) -> None:
    """Delete these messages where mail goes into a folder; a server has handed them on long ago."""
    url = urlsplit(mail_url)
    folder, marks = Path(unquote(url.path)), {each[:MARK] for each in message_ids}
    if url.scheme != "file" or not marks or not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.stem.rpartition("-")[2] in marks:
            file.unlink(missing_ok=True)
