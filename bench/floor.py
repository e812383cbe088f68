"""The floor: a page of Flask and Jinja and nothing else, and a form that adds one row through the ORM."""

from datetime import UTC, datetime, timedelta

from flask import Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal import database

ROWS = 50
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Fifty rows</title></head>
<body>
<h1>Fifty rows</h1>
<table>
<tr><th>Number</th><th>Company</th><th>Contact</th><th>Country</th><th>State</th><th>Step</th><th>Received</th>
<th>Due</th><th>Value</th></tr>
{% for row in rows %}
<tr class="row row-of-{{ row.state }}">
<td class="number"><a href="/rows/{{ row.number }}">{{ row.number }}</a></td>
<td class="company">{{ row.company }}</td>
<td class="contact">{{ row.contact }}</td>
<td class="country">{{ row.country }}</td>
<td class="state">{{ row.state }}</td>
<td class="step">{{ row.step }}</td>
<td class="received">{{ row.received }}</td>
<td class="due">{{ row.due }}</td>
<td class="value">{{ row.value }}</td>
</tr>
{% endfor %}
</table>
</body>
</html>
"""


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    company: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(120))
    need: Mapped[str] = mapped_column(String(2000))
    at: Mapped[datetime]


def floor(database_url: str) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config.update(SQLALCHEMY_DATABASE_URI=database_url)
    app.jinja_loader = DictLoader({"page.html": PAGE})  # compiled once, as a file is
    db = SQLAlchemy(app, model_class=Base)
    with app.app_context():
        database.prepare(db.engine)
        db.create_all()

    @app.get("/")
    def page() -> str:
        return render_template("page.html", rows=_rows())

    @app.post("/entries")
    def add() -> ResponseReturnValue:
        given = request.form
        db.session.add(
            Entry(company=given["company"], contact=given["contact"], need=given["need"], at=datetime.now(UTC))
        )
        db.session.commit()
        return redirect("/", 303)

    return app


def _rows() -> list[dict[str, object]]:
    received = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
    return [
        {
            "number": f"N-{number:06}",
            "company": f"Company number {number} Ltd",
            "contact": f"Person number {number}",
            "country": "Germany",
            "state": "under-review",
            "step": "In conversation",
            "received": (received - timedelta(hours=number)).strftime("%d %b, %H:%M"),
            "due": (received + timedelta(hours=number)).strftime("%d %b, %H:%M"),
            "value": f"{number * 1250},00 EUR",
        }
        for number in range(1, ROWS + 1)
    ]
