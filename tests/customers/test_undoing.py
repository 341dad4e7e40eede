"""Which customers are there for whom, once some are deleted, erased or merged."""

from datetime import datetime

import pytest

from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db


def test_whoever_is_deleted_erased_or_merged_is_not_there(at: datetime) -> None:
    ruth = make_customer("Ruth")
    archived = make_customer("Ada", archived_at=at)
    deleted = make_customer("Bea", archived_at=at, deleted_at=at)
    make_customer("Cleo", archived_at=at, erased_at=at)
    make_customer("Ruth C.", archived_at=at, merged_into=ruth)

    assert set(customers_for(COMMAND)) == {ruth, archived}
    assert set(customers_for(COMMAND).on_the_list()) == {ruth}
    assert set(Customer.objects.in_the_trash()) == {deleted}
