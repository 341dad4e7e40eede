"""What a role does not see."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import OWNER, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.events import announce
from regulars.core.list_fields import every_list_field, list_events
from regulars.lists.events import FieldsHidden
from regulars.lists.models import HiddenField
from regulars.lists.rules import may_hide_fields
from regulars.team.choices import Role


@transaction.atomic
def hide_fields(role: str, names: Iterable[str], *, by: Actor, at: datetime) -> None:
    """Set which fields a role does not see, in columns, filters, orders, searches and exports."""
    if not may_hide_fields(by):
        raise NotAllowed(_("Only an owner decides what a role sees."))
    if role not in Role.values or role == OWNER:
        raise Refusal(_("Owners see everything."), _("Choose another role."))
    wanted = set(names)
    _check(wanted)
    HiddenField.objects.filter(role=role).exclude(field__in=wanted).delete()
    there = set(HiddenField.objects.filter(role=role).values_list("field", flat=True))
    HiddenField.objects.bulk_create(
        HiddenField(role=role, field=name, hidden_at=at, hidden_by_id=by.member_id)
        for name in sorted(wanted - there)
    )
    audit.record("hid fields", "lists.hiddenfield", by=by, at=at, role=role, fields=sorted(wanted))
    announce(FieldsHidden(role), at=at)


def _check(wanted: set[str]) -> None:
    known = every_list_field()
    plain = {name for name in wanted if name in known and known[name].is_plain}
    if plain:
        label = known[min(plain)].label
        raise Refusal(_("“%(field)s” is seen by everybody.") % {"field": label})
    unknown = wanted - set(known) - set(list_events.names())
    if unknown:
        raise Refusal(_("There is no field “%(field)s”.") % {"field": min(unknown)[:60]})
