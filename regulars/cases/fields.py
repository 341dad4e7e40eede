"""What a list of customers can ask of cases, and what a text may say of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regulars.cases.models import Case
from regulars.core.asking_links import AskingLink, register_asking_link
from regulars.core.list_fields import FieldKind, ListField, Many, register_list_field
from regulars.core.template_fields import TemplateField, Value, register_field

GROUP = _("Cases")
WAITING = {"state__in": ["open", "answered"]}

register_asking_link(AskingLink(
    "case_url", "case", "r", _("Link: is it right now, after a complaint"), occasion="case"
))  # fmt: skip
register_list_field(ListField(
    "cases.open", _("Open case due on"), GROUP, FieldKind.DAY,
    Many("cases.Case", "due_at", where=WAITING, order=("due_at", "pk"), is_moment=True),
))  # fmt: skip
register_list_field(ListField(
    "cases.what", _("What they wait for"), GROUP, FieldKind.TEXT,
    Many("cases.Case", "what", where=WAITING, order=("due_at", "pk")),
))  # fmt: skip
register_list_field(ListField(
    "cases.last_on", _("Last case on"), GROUP, FieldKind.DAY,
    Many("cases.Case", "opened_at", order=("-opened_at", "-pk"), is_moment=True),
))  # fmt: skip


def done_for(customer_ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
    """What was done last for each of these, to put a case right."""
    rows = Case.objects.filter(customer__in=customer_ids).exclude(resolution="")
    return dict(rows.order_by("resolved_at", "pk").values_list("customer_id", "resolution"))


register_field(TemplateField(
    "case_done", _("What we did to put it right"), _("a new loaf is on its way to you"),
    _("what was wrong"), done_for, listed=("cases.what",),
))  # fmt: skip
