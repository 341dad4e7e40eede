"""Erasing what a customer said, and that we asked them."""

from regulars.care.models import Answer, CheckIn, Expectation, StagedAnswer
from regulars.core.erasers import Erasing, erase_rows, register_eraser


def erase(erasing: Erasing) -> None:
    StagedAnswer.objects.filter(customer_id__in=erasing.customer_ids).delete()
    erase_rows(Expectation, erasing)
    erase_rows(Answer, erasing)
    erase_rows(CheckIn, erasing)


register_eraser("care", (Expectation, CheckIn, Answer, StagedAnswer), erase)
