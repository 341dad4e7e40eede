"""An audience that tests name: everybody with one of these keys."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from regulars.customers.models import Customer, CustomerQuerySet
from regulars.messaging.audiences import audiences


class _These:
    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        found = Customer.objects.on_the_list()
        ids = definition.get("ids")
        return found if ids is None else found.filter(pk__in=ids)

    def words(self, _definition: dict[str, Any]) -> str:
        return "these customers"


@contextmanager
def these() -> Iterator[None]:
    if "these" not in audiences:
        audiences.register("these", _These())
    yield
