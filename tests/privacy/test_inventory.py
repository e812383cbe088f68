"""Nothing is stored that nobody has thought about: each text column stands in one class."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import Base
from portal.privacy.inventory import COLUMNS, FREE_TEXT
from portal.privacy.rules import CLASSES, Kind


@pytest.fixture(autouse=True)
def loaded(app_of: Callable[[str], Flask]) -> None:
    app_of("sqlite")


def kind_of(table: str, column: str) -> Kind | None:
    """None for a column that nobody has thought about yet."""
    return next((kind for kind, columns in COLUMNS.get(table, {}).items() if column in columns.split()), None)


def texts() -> list[tuple[str, str]]:
    return [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, sa.String | sa.JSON | sa.LargeBinary) and not isinstance(column.type, sa.Enum)
    ]


def test_every_text_column_stands_in_a_class() -> None:
    assert len(texts()) > 100
    forgotten = [f"{table}.{column}" for table, column in texts() if kind_of(table, column) is None]
    assert forgotten == [], "say in portal/privacy/inventory.py what these hold, and how it is erased"


def test_the_inventory_names_each_column_once_and_no_other() -> None:
    named = [(table, name) for table, kinds in COLUMNS.items() for names in kinds.values() for name in names.split()]
    assert len(named) == len(set(named))
    assert set(named) - set(texts()) == set(), "these are not there any more"


def test_others_words_are_looked_through_where_they_can_be_changed() -> None:
    for table, names in FREE_TEXT.items():
        assert "id" in Base.metadata.tables[table].c
        for name in names.split():
            assert kind_of(table, name) not in (None, Kind.NOTHING, Kind.TEXT), f"{table}.{name}"


def test_each_class_says_why_and_what_becomes_of_it() -> None:
    for kind in Kind:
        each = CLASSES[kind]
        assert all((each.label, each.holds, each.purpose, each.basis, each.erased)), kind
