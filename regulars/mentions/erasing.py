"""Erasing what a customer said in public, and by which handle we knew them."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.mentions.models import KnownHandle, Mention, StagedMention


def erase(erasing: Erasing) -> None:
    StagedMention.objects.filter(customer_id__in=erasing.customer_ids).delete()
    erase_rows(KnownHandle, erasing)
    erase_rows(Mention, erasing)


register_eraser("mentions", (Mention, KnownHandle, StagedMention), erase)
