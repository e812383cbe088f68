import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal import vault
from portal.config import load_settings
from portal.errors import Refused

IBAN = "DE89 3704 0044 0532 0130 00"
PLACE: dict[str, Any] = {"table": "payout_details", "row": "P-7F3KQ2", "column": "iban", "partner": 7}


def _keys(current: str, **keys: bytes) -> str:
    return json.dumps(
        {"current": current, "keys": {name: base64.b64encode(key).decode() for name, key in keys.items()}}
    )


def _app(home: Path, keys: str | None = None) -> Flask:
    app = Flask("vault")
    settings = load_settings({"PORTAL_HOME": str(home)})
    app.config["SETTINGS"] = settings if keys is None else replace(settings, field_keys=keys)
    vault.init_app(app)
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = _app(tmp_path)
    with app.app_context():
        yield app


def test_what_is_sealed_is_unreadable_and_opens_in_its_place(app: Flask) -> None:
    token = vault.seal(IBAN, **PLACE)
    assert "3704" not in token
    assert vault.unseal(token, **PLACE) == IBAN


def test_the_same_account_never_looks_the_same_twice(app: Flask) -> None:
    assert vault.seal(IBAN, **PLACE) != vault.seal(IBAN, **PLACE)


@pytest.mark.parametrize("moved", [{"table": "users"}, {"row": "P-222222"}, {"column": "bic"}, {"partner": 8}])
def test_a_token_copied_elsewhere_does_not_open(app: Flask, moved: dict[str, Any]) -> None:
    token = vault.seal(IBAN, **PLACE)
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(token, **PLACE | moved)


def test_every_altered_character_is_noticed(app: Flask) -> None:
    token = vault.seal(IBAN, **PLACE)
    for at, character in enumerate(token):
        altered = token[:at] + ("A" if character != "A" else "B") + token[at + 1 :]
        with pytest.raises(vault.CannotUnseal):
            vault.unseal(altered, **PLACE)


@pytest.mark.parametrize("token", ["", "k1", "k1.", "k1.AAAA", "k1.!!!", "DE89370400440532013000"])
def test_what_is_no_token_is_refused(app: Flask, token: str) -> None:
    with pytest.raises(vault.CannotUnseal):
        vault.unseal(token, **PLACE)


def test_an_old_token_opens_after_a_new_key_and_names_its_own(tmp_path: Path) -> None:
    with _app(tmp_path, _keys("old", old=b"o" * 32)).app_context():
        token = vault.seal(IBAN, **PLACE)
    with _app(tmp_path, _keys("new", old=b"o" * 32, new=b"n" * 32)).app_context():
        assert vault.unseal(token, **PLACE) == IBAN
        assert token.startswith("old.")
        assert vault.seal(IBAN, **PLACE).startswith("new.")


@pytest.mark.parametrize(
    "keys", ["", "null", "[]", '{"current": "k1"}', _keys("k2", k1=b"x" * 32), _keys("k1", k1=b"short"), _keys("a.b")]
)
def test_keys_that_are_none_stop_the_start_with_one_line(tmp_path: Path, keys: str) -> None:
    with pytest.raises(Refused, match="PORTAL_FIELD_KEYS"):
        _app(tmp_path, keys)


@pytest.mark.parametrize(
    ("iban", "shown"),
    [(IBAN, "DE89 •••• 3000"), ("GB29NWBK60161331926819", "GB29 •••• 6819"), ("12345678", "••••"), ("", "••••")],
)
def test_an_account_is_shown_masked(iban: str, shown: str) -> None:
    assert vault.mask_iban(iban) == shown
