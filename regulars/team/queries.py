"""The business and its people, for reading."""

from regulars.core.errors import Refusal
from regulars.team.models import Business


def the_business() -> Business | None:
    """The business of this instance, once it has been described."""
    return Business.objects.filter(pk=1).first()


def the_named_business() -> Business:
    """The business, or a Refusal that says how to describe it."""
    business = the_business()
    if business is None:
        raise Refusal(
            "This instance does not know its business yet.",
            "Make the first account in the browser, or run “regulars demo”.",
        )
    return business


def zone_of_the_business() -> str | None:
    business = the_business()
    return business.time_zone if business else None
