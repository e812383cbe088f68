import pytest
from flask import Flask

from portal.auth.models import User
from tests.support import fees


@pytest.fixture
def lead(app: Flask) -> User:
    fees.program()
    return fees.lead()


@pytest.fixture
def finn(app: Flask) -> User:
    return fees.maker()


@pytest.fixture
def olga(app: Flask) -> User:
    return fees.approver()
