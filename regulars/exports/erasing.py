"""Erasing a customer from files that were taken out: a file is made anew, so none is kept."""

from functools import partial

from django.db import transaction

from regulars.core.erasers import Erasing, look_through, register_eraser
from regulars.exports.actions import folder
from regulars.exports.models import Export


def erase(erasing: Erasing) -> None:
    """Nobody looks through files for one customer: all that were made before are removed."""
    kept = Export.objects.exclude(stored_as="")
    for stored_as in kept.values_list("stored_as", flat=True):
        path = folder() / stored_as
        transaction.on_commit(partial(path.unlink, missing_ok=True))
    kept.update(stored_as="", expires_at=erasing.at)


look_through(Export, "selection", "words")
register_eraser("exports", (Export,), erase)
