"""Whom a list may find by how a lot fell."""

from django.utils.translation import gettext_lazy as _

from regulars.core.actor import MANAGER, OWNER, VIEWER
from regulars.core.list_fields import FieldKind, ListField, Many, register_list_field
from regulars.verdicts.models import Trial

HELPED = _("What helped")
MOST_CHOICES = 200


def _trials() -> list[tuple[str, str]]:
    drawn = Trial.objects.filter(drawn_at__isnull=False).order_by("-begins_on", "-pk")
    return [(str(pk), name) for pk, name in drawn.values_list("pk", "name")[:MOST_CHOICES]]


def _listed(name: str, label: object, *, is_left_out: bool) -> None:
    source = Many("verdicts.Lot", "trial_id", where={"is_left_out": is_left_out}, cast=int)
    register_list_field(ListField(
        f"verdicts.{name}", label, HELPED, FieldKind.CHOICE, source,  # type: ignore[arg-type]
        choices=_trials, roles=frozenset({OWNER, MANAGER, VIEWER}),
    ))  # fmt: skip


_listed("left_out", _("Left out by lot of"), is_left_out=True)
_listed("meant", _("Meant by lot for"), is_left_out=False)
