"""The strictest of two consents wins, and what each said stays with the card that said it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from regulars.consent.actions import record_decisions
from regulars.consent.choices import Decision
from regulars.consent.deciding import Given
from regulars.consent.models import ConsentEvent, ConsentState, OptInRequest, Wish
from regulars.core.actor import SYSTEM
from regulars.core.models import Operation
from regulars.core.movers import OneEach, Reparent, Stays, later, register_mover


@dataclass(frozen=True, slots=True)
class Strictest:
    """A no of either is a no of both from now on; a yes of the one who goes raises nothing.

    It is not taken back when they are taken apart: consent is lowered by anything, raised by none
    (RELIABILITY C3). What was said no to in between stays said on both cards.
    """

    model: type[models.Model] = ConsentState
    column: str = "customer_id"

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        states = ConsentState.objects.filter(customer_id=from_id).order_by("channel", "purpose")
        for state in states.filter(decision=Decision.WITHDRAWN):
            source = _("merge %(number)s: said by customer %(id)s") % {
                "number": operation.pk, "id": from_id,
            }  # fmt: skip
            given = Given(to_id, source, happened_at=None)
            record_decisions(
                [given], state.channel, Decision.WITHDRAWN, purpose=state.purpose, by=SYSTEM, at=at
            )
        return states.exclude(decision=Decision.WITHDRAWN).count()

    def part(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> None:
        """Whoever said no while the two were one said it for both."""
        since = ConsentState.objects.filter(
            customer_id=to_id, decision=Decision.WITHDRAWN, changed_at__gte=operation.made_at
        )
        theirs = ConsentState.objects.filter(customer_id=from_id, decision=Decision.WITHDRAWN)
        said = set(theirs.values_list("channel", "purpose"))
        for state in since.order_by("channel", "purpose"):
            if (state.channel, state.purpose) in said:
                continue
            source = _("merge %(number)s: said by customer %(id)s") % {
                "number": operation.pk, "id": to_id,
            }  # fmt: skip
            given = Given(from_id, source, happened_at=None)
            record_decisions(
                [given], state.channel, Decision.WITHDRAWN, purpose=state.purpose, by=SYSTEM, at=at
            )

    def left_out(self) -> str:
        return ""


def _strictest_wish(survivor: Wish, merged: Wish) -> None:
    """The longer pause, the wider gap, the fewer topics; by whose clock they live is kept."""
    survivor.every_days = later(survivor.every_days, merged.every_days)
    survivor.paused_until = later(survivor.paused_until, merged.paused_until)
    survivor.links_void_before = later(survivor.links_void_before, merged.links_void_before)
    survivor.last_purchase_on = later(survivor.last_purchase_on, merged.last_purchase_on)
    survivor.channel = survivor.channel or merged.channel
    survivor.language = survivor.language or merged.language
    if merged.topics:
        both = set(survivor.topics) & set(merged.topics) if survivor.topics else merged.topics
        # Of two lists without a word in common the one who stays keeps theirs.
        survivor.topics = sorted(both) or survivor.topics
        survivor.only_for = Wish.as_only_for(survivor.topics)


register_mover(Strictest())
register_mover(Stays(ConsentEvent, "a decision is never rewritten: its page shows both cards'"))
register_mover(OneEach(Wish, _strictest_wish, moment="changed_at"))
register_mover(Reparent(OptInRequest))
