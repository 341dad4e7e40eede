"""Ruth, and a browser that stands on her page."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from regulars.customers.models import Customer
from regulars.team.models import Business
from tests.factories.consent import make_decision
from tests.factories.portal import link_to, make_ruth, prove_address


@pytest.fixture
def ruth(business: Business) -> Customer:
    customer = make_ruth()
    make_decision(customer)
    return customer


@pytest.fixture
def reached(at: datetime, settings: Any) -> None:
    """A mail that asks for a yes can leave."""
    prove_address(settings, at)


@pytest.fixture
def there(client: Client, ruth: Customer, at: datetime) -> Client:
    """A browser on her page."""
    client.post(link_to("preferences", ruth, at))
    return client
