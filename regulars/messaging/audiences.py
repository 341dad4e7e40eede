"""Who a mailing is meant for: named ways of finding customers, which higher rooms bring."""

from typing import Any, Protocol

from django.core import signing

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
SALT = "regulars.audience"


def sealed(audience: str, definition: dict[str, Any]) -> str:
    """Who is meant, to travel through a form and come back unchanged."""
    return signing.dumps([audience, definition], salt=SALT, compress=True)


def opened(text: str) -> tuple[str, dict[str, Any]] | None:
    """Who was sealed; None where the seal is not ours."""
    try:
        audience, definition = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None
    return audience, definition
