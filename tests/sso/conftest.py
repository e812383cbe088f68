from collections.abc import Iterator

import pytest

from tests.support import identity_provider
from tests.support.identity_provider import Provider


@pytest.fixture
def there() -> Iterator[Provider]:
    """An identity provider that answers."""
    with identity_provider.provider() as made:
        yield made
