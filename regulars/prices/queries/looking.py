"""For how many days what somebody paid counts."""

from regulars.prices.models import USUAL_DAYS, LookBack


def look_back() -> LookBack:
    """The one that holds: the newest, or what is usual where nobody has set any."""
    found = LookBack.objects.select_related("set_by").order_by("-pk").first()
    return found or LookBack(days=USUAL_DAYS, why="")


def look_backs() -> "list[LookBack]":
    """All that ever held, the newest first."""
    return list(LookBack.objects.select_related("set_by").order_by("-pk")[:20])
