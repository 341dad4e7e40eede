"""Who a mailing is meant for: named ways of finding customers, which higher rooms bring."""

from typing import Any, Protocol

from django.core import signing
from django.utils.translation import gettext as _

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
# In a definition: the name and the definition of another audience, to which it is narrowed down.
AMONG = "among"
Among = tuple[str, dict[str, Any]]


def narrowed(customers: CustomerQuerySet, definition: dict[str, Any]) -> CustomerQuerySet:
    """Those of them whom another audience means too, where the definition names one."""
    if AMONG not in definition:
        return customers
    name, inner = definition[AMONG]
    return customers.filter(pk__in=audiences[name].customers(inner).order_by().values("pk"))


def narrowed_words(words: str, definition: dict[str, Any]) -> str:
    """The same in words."""
    if AMONG not in definition:
        return words
    name, inner = definition[AMONG]
    return _("%(whom)s; of these: %(among)s") % {
        "whom": words, "among": audiences[name].words(inner)
    }  # fmt: skip


def among_in(among: Among | None) -> dict[str, Any]:
    """What a definition says of the audience to which it is narrowed down; nothing without one."""
    return {AMONG: list(among)} if among else {}


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
