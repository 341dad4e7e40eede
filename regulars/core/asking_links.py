"""Links to pages that ask a customer something: rooms register theirs, and texts can say them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class AskingLink:
    """A page that asks: how texts say the link to it, and where it lies below our own address.

    `kind` is one of `signed_links`. The token carries the customer's number; or, of a message
    whose occasion is `<occasion>:<number>`, that number, and every other message has no such link.
    """

    mark: str
    kind: str
    path: str
    label: "str | _StrPromise"
    occasion: str = ""
    # Whoever asks by it asks with no strings: a text that says it may not sell as well.
    takes_no_offer: bool = False
    # What a text may write behind it, as a regular expression: a mark that is to be chosen.
    tail: str = ""
    # Whatever a text is meant to be for, one that says this sells.
    sells: bool = False


asking_links: Registry[AskingLink] = Registry("links that ask")


def register_asking_link(link: AskingLink) -> AskingLink:
    return asking_links.register(link.mark, link)
