"""Erasing what was promised: that there was a promise, and what came of it, stays and counts."""

from regulars.core.erasers import Erasing, blank_rows, register_eraser
from regulars.promises.choices import PromiseState
from regulars.promises.models import Postponement, Promise


def erase(erasing: Erasing) -> None:
    """Without a word of it; what was open is owed to nobody any more."""
    theirs = Promise.objects.filter(customer__in=erasing.customer_ids)
    moved = Postponement.objects.filter(promise__in=theirs.values("pk"))
    moved.update(words="")
    theirs.open().update(
        state=PromiseState.WITHDRAWN, settled_at=erasing.at, recorded_at=erasing.at
    )
    blank_rows(Promise, erasing, of="customer", what="", to_whom="", words="")


register_eraser("promises", (Promise,), erase)
