"""Erasing what was said: that there was a touch stays, without a word of it."""

from regulars.conversations.models import Clock, StagedTouch, Touch
from regulars.core.erasers import Erasing, blank_rows, erase_rows, register_eraser
from regulars.core.scrubbing import word_indexes


def erase(erasing: Erasing) -> None:
    """What we wrote down and what they said, and what waits in an import."""
    StagedTouch.objects.filter(customer_id__in=erasing.customer_ids).delete()
    blank_rows(Touch, erasing, of="customer", body="", said="")
    erase_rows(Clock, erasing)


word_indexes.register("conversations", "conversations_words")
register_eraser("conversations", (Touch, Clock, StagedTouch), erase)
