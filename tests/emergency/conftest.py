"""The people who ask, confirm, and borrow."""

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from tests.emergency.lending import someone


@pytest.fixture
def adam(app: Flask) -> User:
    return someone(Role.PROGRAM_ADMIN, name="Adam Admin")


@pytest.fixture
def audrey(app: Flask) -> User:
    return someone(Role.AUDITOR, name="Audrey Auditor")


@pytest.fixture
def quinn(app: Flask) -> User:
    return someone(Role.QUALIFIER, name="Quinn Qualifier")
