"""What texts may say of what was made right."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regulars.core.template_fields import TemplateField, Value, register_field
from regulars.core.templatetags.look import money
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.prices.models import Concern
from regulars.prices.queries.concerned import last_given


def _differences(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """What was last put on their account because a price fell below what they had paid."""
    return {one.customer_id: money(one.due) for one in last_given(customer_ids)}


def _without() -> CustomerQuerySet:
    given = Concern.objects.filter(remedy="credit", taken_back_at=None)
    return Customer.objects.on_the_list().exclude(pk__in=given.values("customer_id"))


register_field(TemplateField(
    "price_difference", _("What they got back because a price fell"), "£4.20", "",
    _differences, _without, listed=("order",),
))  # fmt: skip
