"""What a list of customers can ask of when they should hear from us."""

from django.utils.translation import gettext_lazy as _

from regulars.core.list_fields import Column, FieldKind, ListField, register_list_field

HEARD = _("Touches")

register_list_field(ListField(
    "planning.next_contact", _("Next contact due"), HEARD, FieldKind.DAY,
    Column("next_contact__due_on", is_indexed=True), sortable=True,
))  # fmt: skip
