"""Two partners who know the same company."""

import pytest
from flask import Flask

from portal.auth.models import User
from portal.auth.rules import Role
from tests.support import make, sales


@pytest.fixture
def two(app: Flask) -> tuple[User, User]:
    sales.program()
    make.staff(Role.SALES_OWNER)
    return sales.lead(name="Hana"), sales.lead(name="Ben")
