"""What a text may know of how well we know a customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core.template_fields import TemplateField, Value, register_field
from regulars.customers.models import Customer, CustomerQuerySet


def _acquainted(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """Whoever spoke with us, or came to us of their own accord, is greeted by first name."""
    touches = Touch.objects.standing().filter(customer_id__in=customer_ids)
    spoken = touches.filter(outcome=Outcome.REACHED) | touches.filter(direction=Direction.IN)
    return dict.fromkeys(spoken.order_by().values_list("customer_id", flat=True).distinct(), "yes")


def _strangers() -> CustomerQuerySet:
    touches = Touch.objects.standing()
    spoken = touches.filter(outcome=Outcome.REACHED) | touches.filter(direction=Direction.IN)
    return Customer.objects.on_the_list().exclude(pk__in=spoken.values("customer_id"))


register_field(TemplateField(
    "acquainted", _("Whether we have spoken with them (for conditions)"), "yes", "",
    _acquainted, _strangers,
))  # fmt: skip
