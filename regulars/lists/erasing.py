"""Erasing in which segments a customer was, and which questions they fitted."""

from regulars.core.erasers import Erasing, erase_rows, look_through, register_eraser
from regulars.customers.models import Customer
from regulars.lists.actions.learning import forget_words_of
from regulars.lists.models import Answer, AnswerMember, Segment, SegmentMember, View


def erase(erasing: Erasing) -> None:
    """Every stay, every answer with them in it, and the words of names that nobody else bears."""
    named = Customer.objects.filter(pk__in=erasing.customer_ids)
    names = named.values_list("name", "given_name", "family_name")
    forget_words_of((word for row in names for word in row), but=erasing.customer_ids)
    erase_rows(SegmentMember, erasing)
    erase_rows(AnswerMember, erasing)


look_through(View, "name", "tree")
look_through(Segment, "name", "tree", "trouble")
# What was worked out for a filter is worked out again, for the one that asks for nobody.
look_through(Answer, "tree", goes=True)
register_eraser("lists", (SegmentMember, AnswerMember), erase)
