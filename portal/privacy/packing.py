"""A person's copy as one file: JSON for programs, CSV for spreadsheets, PDFs for reading."""

import io
import json
import zipfile
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from defusedcsv import csv
from flask import current_app

from portal import storage
from portal.privacy.gathering import Dossier, Part, gather, plain
from portal.privacy.rules import Subject
from portal.program import the_program

MEDIA_TYPE = "application/zip"
Render = Callable[[str], bytes]


def package(
    people: Sequence[tuple[Subject, str]], now: datetime, render: Render, released: Collection[str] = ()
) -> bytes:
    """The zip: of one person, or with a folder for each thing that one address is. `render` sets a page as PDF.

    Raises Refused where nothing is held, and what `render` raises."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for subject, ref in people:
            _add(file, gather(subject, ref, released), f"{subject}/" if len(people) > 1 else "", now, render)
    return packed.getvalue()


def _add(file: zipfile.ZipFile, dossier: Dossier, folder: str, now: datetime, render: Render) -> None:
    file.writestr(f"{folder}about.pdf", render(paper(dossier, now)))
    file.writestr(f"{folder}everything.json", as_json(dossier, now))
    for part in dossier.parts:
        file.writestr(f"{folder}csv/{part.name}.csv", as_csv(part))
    for name, sha256 in dossier.papers:
        file.writestr(f"{folder}papers/{name}", storage.get(sha256))


def as_json(dossier: Dossier, now: datetime) -> str:
    parts = {part.name: {"title": part.title, "why": part.why, "rows": part.rows} for part in dossier.parts}
    data = {"name": dossier.name, "email": dossier.email, "as_of": now, "held": parts}
    return json.dumps(data, indent=2, ensure_ascii=False, default=plain)


def as_csv(part: Part) -> str:
    table = io.StringIO()
    writer = csv.writer(table)
    names = list(part.rows[0])
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in part.rows)
    return table.getvalue()


def paper(dossier: Dossier, now: datetime) -> str:
    """What is held, to be read by the person."""
    program = the_program()
    page = current_app.jinja_env.get_template("privacy/person_document.html")
    named = program.name if program else ""
    return page.render(dossier=dossier, program=program, program_name=named, now=now, said=_cell)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
