"""Why either of two left, the one who stays left; of two that stand, the newer does."""

from dataclasses import dataclass
from datetime import datetime

from regulars.core.before_images import changing
from regulars.core.models import Operation
from regulars.core.movers import Reparent, register_mover
from regulars.departures.choices import DepartureState
from regulars.departures.models import Departure


@dataclass(frozen=True, slots=True)
class OneStands(Reparent):
    """Both may have left, and one departure of a customer stands."""

    def move(self, operation: Operation, from_id: int, to_id: int, at: datetime) -> int:
        both = Departure.objects.standing().filter(customer__in=[from_id, to_id])
        standing = list(both.order_by("-recorded_at", "-pk").values_list("pk", flat=True))
        newest, older = next(iter(standing), None), standing[1:]
        with changing(operation, Departure, ["state", "ended_at", "corrected_by_id"], older):
            # Named, so that undoing the newer lets the older stand again.
            Departure.objects.filter(pk__in=older).update(
                state=DepartureState.CORRECTED,
                ended_at=at,
                corrected_by_id=newest,
            )
        # Named, because a class of slots is made anew and is its own parent no more.
        return Reparent.move(self, operation, from_id, to_id, at)


register_mover(OneStands(Departure))
