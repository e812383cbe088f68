"""A portal in a folder of its own, for tests that look at files and processes."""

from pathlib import Path

from flask import Flask

from portal import create_app
from portal.config import load_settings
from portal.extensions import db
from portal.program import Program


def portal_in(home: Path, **environ: str) -> Flask:
    """An app on a fresh SQLite file in the folder, with the program set up."""
    home.mkdir(parents=True, exist_ok=True)
    app = create_app(load_settings({"PORTAL_HOME": str(home), **environ}))
    with app.app_context():
        db.create_all()
        db.session.add(
            Program(
                name="Lumen partners",
                company_name="Lumen CRM",
                legal_name="Lumen CRM GmbH",
                contact_email="partners@lumen.example",
                currency="EUR",
                time_zone="Europe/Berlin",
                governing_law="Germany",
            )
        )
        db.session.commit()
        db.session.remove()
    return app
