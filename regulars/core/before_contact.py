"""What somebody has to know before they are in touch with a customer, wherever they write or call.

A room registers a line of its own; the card of the day, the composer of a message and the note card
show all of them, and know none of the rooms.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.core.actor import Actor
from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Known:
    """One line: what it is about, and what is known for this customer, or nothing."""

    label: "str | _StrPromise"
    words_for: Callable[[Any, Actor], str]


before_contact: Registry[Known] = Registry("what is known before a contact")


def known_before(customer: Any, actor: Actor) -> list[tuple[str, str]]:
    """Each line that has something to say of this customer to whoever looks."""
    told = [(str(one.label), one.words_for(customer, actor)) for one in before_contact]
    return [(label, words) for label, words in told if words]
