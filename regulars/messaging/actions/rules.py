"""The house's rules: how often and when customers hear from us at all."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.jobs import enqueue
from regulars.messaging.events import RulesChanged
from regulars.messaging.models import Rules
from regulars.messaging.rules import may_set_rules

RECOUNT_JOB = "messaging.recount"


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What an owner decides. None is no limit, nought is never."""

    contacts_a_week: int | None
    emails_a_week: int | None
    texts_a_week: int | None
    serve_per_sell: int
    quiet_from: time
    quiet_to: time


@transaction.atomic
def set_rules(wanted: HouseRules, *, by: Actor, at: datetime) -> Rules:
    """Say how often, at what hours, and how much service before a sale; counts follow at once."""
    if not may_set_rules(by):
        raise NotAllowed(_("Only an owner sets the rules of the house."), _("Ask an owner."))
    values = {name: getattr(wanted, name) for name in HouseRules.__slots__}
    rules, _is_new = Rules.objects.update_or_create(pk=1, defaults=values)
    audit.record(
        "set rules", rules, by=by, at=at, **{name: str(value) for name, value in values.items()}
    )
    announce(RulesChanged(), at=at)
    # One that waits is enough; one that runs already began with the old rules.
    enqueue(RECOUNT_JOB, at=at, unique_key=f"{RECOUNT_JOB}:{at.isoformat()}")
    return rules
