"""Who a mailing is meant for: named ways of finding customers, which higher rooms bring."""

from typing import Any, Protocol

from regulars.core.registry import Registry
from regulars.customers.models import CustomerQuerySet


class Audience(Protocol):
    """Finds the customers of a definition, and says it in words.

    The definition is plain JSON, kept with the mailing; the same definition may find other
    customers tomorrow, which an approval checks (RELIABILITY M10).
    """

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet: ...

    def words(self, definition: dict[str, Any]) -> str: ...


audiences: Registry[Audience] = Registry("audiences")
