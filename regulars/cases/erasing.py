"""Erasing a complaint: that there was one, how long it took and what it cost stays and counts."""

from regulars.cases.choices import CaseState
from regulars.cases.models import Case, CaseEntry, MakeGood, PerkGiven
from regulars.core.erasers import Erasing, blank_rows, erase_rows, register_eraser


def erase(erasing: Erasing) -> None:
    """Without a word of it; nobody waits any more for what was open."""
    theirs = Case.objects.filter(customer__in=erasing.customer_ids)
    CaseEntry.objects.filter(case__in=theirs.values("pk")).update(words="", before={})
    MakeGood.objects.filter(case__in=theirs.values("pk")).update(words="")
    erase_rows(PerkGiven, erasing)
    theirs.waiting().update(state=CaseState.RESOLVED, resolved_at=erasing.at)
    blank_rows(Case, erasing, of="customer", what="", product="", resolution="")


register_eraser("cases", (Case, PerkGiven), erase)
