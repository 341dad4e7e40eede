"""The audit: one row per action, in the action's own transaction."""

from datetime import datetime
from typing import Any

from django.db import models

from regulars.core.actor import Actor
from regulars.core.models import AuditEntry


def record(
    verb: str, thing: models.Model | str, *, by: Actor, at: datetime, **detail: Any
) -> AuditEntry:
    """Write down who did what. A bulk action is one entry with its criteria and count.

    `detail` holds ids and counts, never a customer's values, so that erasing a customer
    later does not have to change the audit.
    """
    label = thing if isinstance(thing, str) else thing._meta.label_lower
    pk = "" if isinstance(thing, str) else str(thing.pk)
    return AuditEntry.objects.create(
        at=at,
        actor_kind=by.kind,
        actor_id=by.member_id,
        actor_name=by.name,
        verb=verb,
        thing=label,
        thing_id=pk,
        detail=detail,
    )
