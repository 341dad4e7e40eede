"""Telling a customer what was done, by voice or by mail, and asking whether it is right."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.cases.actions import tell_of_case
from regulars.cases.errors import NotTold
from regulars.cases.models import Case
from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core.actor import SYSTEM, Actor
from regulars.messaging.actions.many_messages import write_to_each
from regulars.messaging.actions.texts import bring_starter, use_text

TEXT = "starter:is-it-right"
VOICES = (Channel.CALL, Channel.VISIT)


@transaction.atomic
def tell_by_voice(case: Case, *, channel: Channel, by: Actor, at: datetime) -> Case:
    """Write down that somebody told them, which is a touch as well."""
    case = tell_of_case(case, how=str(Channel(channel).label), by=by, at=at).case
    log_touch(
        case.customer, channel=channel, direction=Direction.OUT, purpose=Purpose.SERVE,
        outcome=Outcome.REACHED, happened_at=at, by=by, at=at, body=case.resolution,
    )  # fmt: skip
    return case


@transaction.atomic
def tell_by_mail(case: Case, *, by: Actor, at: datetime) -> Case:
    """Write to them what was done, with a link under which they say whether it is right."""
    told = tell_of_case(case, how=str(Channel.EMAIL.label), by=by, at=at)
    version = use_text(bring_starter(TEXT, by=SYSTEM, at=at), by=SYSTEM, at=at)
    # Told once for each time that it was put right; the link leads to this telling.
    occasions = {told.case.customer_id: f"case:{told.pk}"}
    if not write_to_each(occasions, version=version, by=SYSTEM, at=at):
        raise NotTold(
            _("There is no e-mail address of %(name)s that works.")
            % {"name": told.case.customer.name},
            _("Call them, and write down that you did."),
        )
    return told.case
